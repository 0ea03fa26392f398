//! Requests of the crate `http` that are signed, and sent by other people's clients.

use crate::server::{CVM, ID, KEY, TEMPORARY_ID, TOKEN, TestServer, hex, now, signer, write};
use http::{Method, Request};
use serde_json::{Value, json};
use std::fs::File;
use std::net::SocketAddr;
use tc3_core::{Call, ContentType, HashedPayload, Header, Host};
use tc3_std::gateway::{Config, Transport};
use tc3_std::http::{hash, request, sign};
use tc3_std::signer::{OwnedCredentials, SharedSigner};
use tokio::runtime::{self, Runtime};
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};

pub(crate) const HOST: &str = "cvm.tencentcloudapi.com";
pub(crate) const URL: &str = "https://cvm.tencentcloudapi.com/";

pub(crate) fn call() -> Call<'static> {
    CVM.action("DescribeZones").region("ap-guangzhou")
}

/// Resolves every name to the gateway.
#[derive(Debug)]
struct Local(SocketAddr);

impl Resolver for Local {
    fn resolve(
        &self,
        _: &http::Uri,
        _: &ureq::config::Config,
        _: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let mut found = self.empty();
        found.push(self.0);
        Ok(found)
    }
}

pub(crate) struct Clients {
    ureq: ureq::Agent,
    blocking: reqwest::blocking::Client,
    asynchronous: reqwest::Client,
    runtime: Runtime,
}

pub(crate) const NAMES: [&str; 3] = ["ureq", "reqwest, blocking", "reqwest"];

impl Clients {
    fn of(server: &TestServer) -> Self {
        Self::new(server.gateway.addr(), server.gateway.ca_der())
    }

    pub(crate) fn new(address: SocketAddr, ca: Option<&[u8]>) -> Self {
        let mut tls = ureq::tls::TlsConfig::builder();
        // Without a provider of its own, `reqwest` takes the one of the process.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let (mut blocking, mut asynchronous) =
            (reqwest::blocking::Client::builder(), reqwest::Client::builder());
        if let Some(ca) = ca {
            let root = ureq::tls::Certificate::from_der(ca).to_owned();
            tls = tls.root_certs(ureq::tls::RootCerts::new_with_certs(&[root]));
            let root = reqwest::Certificate::from_der(ca).unwrap();
            blocking = blocking.tls_certs_only([root.clone()]);
            asynchronous = asynchronous.tls_certs_only([root]);
        }
        let agent =
            ureq::Agent::config_builder().tls_config(tls.build()).proxy(None).max_redirects(0).build();
        Self {
            ureq: ureq::Agent::with_parts(agent, DefaultConnector::default(), Local(address)),
            blocking: blocking.resolve(HOST, address).no_proxy().build().unwrap(),
            asynchronous: asynchronous.resolve(HOST, address).no_proxy().build().unwrap(),
            runtime: runtime::Builder::new_current_thread().enable_all().build().unwrap(),
        }
    }

    pub(crate) fn send(&self, name: &str, request: Request<Vec<u8>>) -> Vec<u8> {
        match name {
            "ureq" if request.method() == Method::GET => read(self.ureq.run(request.map(drop))),
            "ureq" => read(self.ureq.run(request)),
            "reqwest" => self.execute(request.try_into().unwrap()),
            _ => self.blocking.execute(request.try_into().unwrap()).unwrap().bytes().unwrap().into(),
        }
    }

    /// Sends a body from a file.
    fn stream(&self, name: &str, head: Request<()>, path: &str) -> Vec<u8> {
        let file = File::open(path).unwrap();
        match name {
            "ureq" => read(self.ureq.run(head.map(|()| file))),
            "reqwest" => {
                let file = self.runtime.block_on(tokio::fs::File::open(path)).unwrap();
                self.execute(head.map(|()| file).try_into().unwrap())
            }
            _ => {
                let request = head.map(|()| file).try_into().unwrap();
                self.blocking.execute(request).unwrap().bytes().unwrap().into()
            }
        }
    }

    fn execute(&self, request: reqwest::Request) -> Vec<u8> {
        let answer = async { self.asynchronous.execute(request).await.unwrap().bytes().await.unwrap() };
        self.runtime.block_on(answer).into()
    }
}

fn read(answer: Result<http::Response<ureq::Body>, ureq::Error>) -> Vec<u8> {
    answer.unwrap().body_mut().read_to_vec().unwrap()
}

/// Fails unless the gateway accepted the request, and received what was signed.
fn check(server: &TestServer, answer: &[u8], host: &str, echo: Value, name: &str) {
    let answer = serde_json::from_slice::<Value>(answer).unwrap()["Response"].take();
    let fields = echo.as_object().unwrap().iter();
    let found: Value = fields.map(|(field, _)| (field.clone(), answer["Echo"][field].clone())).collect();
    assert_eq!(found, echo, "{name}: {answer}");
    let hosts: Vec<_> = server.records().into_iter().map(|record| record.host).collect();
    assert_eq!(hosts, [host], "{name}");
}

#[test]
fn every_kind_of_request_that_is_signed_in_place_is_accepted_from_every_client() {
    let server = TestServer::new();
    let clients = Clients::of(&server);
    let long_term = SharedSigner::new(OwnedCredentials::new(ID, KEY).unwrap());
    let temporary = OwnedCredentials::temporary(TEMPORARY_ID, KEY, TOKEN, None).unwrap();
    let temporary = SharedSigner::new(temporary);
    let headers =
        [Header::SignAction, Header::Signed("X-CLS-Hash", "Cd"), Header::Unsigned("X-CLS-TopicId", "Ab")];
    let (json, form) = ("application/json", "multipart/form-data; boundary=b1");
    let parts = "--b1\r\nContent-Disposition: form-data; name=\"A\"\r\n\r\n1\r\n--b1--\r\n";
    let get = "application/x-www-form-urlencoded";
    let with_query = "https://cvm.tencentcloudapi.com/?Limit=10&Name=%E6%B8%A9+1";
    for (name, method, url, sent, body, call, signer, received) in [
        ("JSON", Method::POST, URL, None, "{}", call(), &long_term, json),
        ("a token", Method::POST, URL, Some(json), "{}", call(), &temporary, json),
        ("a type in capitals", Method::POST, URL, Some("Application/JSON"), "{}", call(), &long_term, json),
        ("headers", Method::POST, URL, None, "{}", call().headers(&headers), &temporary, json),
        ("a form", Method::POST, URL, Some(form), parts, call(), &long_term, form),
        ("nothing", Method::POST, URL, Some("application/octet-stream"), "", call(), &long_term, {
            "application/octet-stream"
        }),
        (
            "the default port",
            Method::POST,
            "https://cvm.tencentcloudapi.com:443/",
            None,
            "{}",
            call(),
            &long_term,
            { json },
        ),
        ("no path", Method::POST, "https://cvm.tencentcloudapi.com", None, "{}", call(), &long_term, json),
        ("GET", Method::GET, URL, None, "", call(), &long_term, get),
        ("GET with a query", Method::GET, with_query, None, "", call(), &temporary, get),
    ] {
        for client in NAMES {
            let name = format!("{name}, {client}");
            let mut request = Request::builder().method(method.clone()).uri(url).header("X-Own", "1");
            request = sent.into_iter().fold(request, |request, value| request.header("Content-Type", value));
            let mut request = request.body(body.as_bytes().to_vec()).unwrap();
            sign(signer.at(now()).unwrap(), call, &mut request, now()).unwrap();
            assert!(!format!("{request:?}").contains("MARKER"), "{name}: {request:?}");
            assert!(request.headers()["authorization"].is_sensitive(), "{name}");
            let query = url.split_once('?').map(|(_, query)| query);
            let echo = json!({
                "Signature": "TC3-HMAC-SHA256", "Action": "DescribeZones", "Region": "ap-guangzhou", "Query": query,
                "SecretId": signer.at(now()).unwrap().id(), "ContentType": received,
                "BodySha256": hex(HashedPayload::of(body.as_bytes()).digest()), "BodySize": body.len(),
            });
            check(&server, &clients.send(client, request), HOST, echo, &name);
        }
    }
}

#[test]
fn a_file_is_accepted_hashed_in_a_first_pass_or_unsigned_from_every_client() {
    let server = TestServer::new();
    let clients = Clients::of(&server);
    let content: Vec<u8> = (0..=u8::MAX).cycle().take(3_000_000).collect();
    let path = write("uploaded", &content);
    let payload = hash(File::open(&path).unwrap()).unwrap();
    assert_eq!(payload, HashedPayload::of(&content));
    for (signed, scheme) in [
        (call().streamed(ContentType::Octets, &payload).unwrap(), "TC3-HMAC-SHA256"),
        (call().unsigned(ContentType::Octets, payload.len()).unwrap(), "TC3-HMAC-SHA256 UNSIGNED-PAYLOAD"),
    ] {
        for client in NAMES {
            let head = request(&signer().sign(&signed, now())).unwrap();
            let echo = json!({
                "Signature": scheme, "BodySha256": hex(payload.digest()), "BodySize": content.len(),
                "ContentType": "application/octet-stream",
            });
            check(&server, &clients.stream(client, head, &path), HOST, echo, &format!("{scheme}, {client}"));
        }
    }
}

#[test]
fn a_port_is_signed_and_sent_by_every_client() {
    let server = TestServer::with(Config::new().transport(Transport::PlainHttp));
    let clients = Clients::of(&server);
    let call = CVM.at(Host::Unchecked(&server.address)).action("DescribeZones");
    for client in NAMES {
        let mut request = Request::post(format!("http://{}/", server.address)).body(b"{}".to_vec()).unwrap();
        sign(signer(), call, &mut request, now()).unwrap();
        let echo = json!({ "Signature": "TC3-HMAC-SHA256" });
        check(&server, &clients.send(client, request), &server.address, echo, client);
    }
}
