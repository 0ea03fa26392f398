//! Requests of the crate `http` that are refused, that are received, and that pass a `tower` service.

use crate::http_clients::{Clients, HOST, NAMES, URL, call};
use crate::server::{CVM, ID, KEY, now, signer};
use http::{Request, Version};
use http_body_util::BodyExt;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::future::ready;
use std::net::SocketAddr;
use std::sync::{Arc, mpsc};
use std::task::{Context, Poll};
use std::thread;
use tc3_core::verify::{Body, Demands, HeaderName, Item, Rejection, Verifier, tc3};
use tc3_core::{Credentials, HashedPayload, Header, Host, Query};
use tc3_std::http::{HttpError, NoCall, Received, SignLayer, request, sign};
use tc3_std::signer::{OwnedCredentials, SharedSigner, SignerError};
use tokio::runtime;
use tower::{Layer, Service, ServiceExt};

#[test]
fn a_request_that_conflicts_with_its_call_is_refused_and_unchanged() {
    let conflict =
        |name: &str| format!("the request has a header {name} that conflicts with what is signed: remove it");
    let post = || Request::post(URL);
    let host = |url: &str| format!("the call is signed for the host {HOST}, but the URL has {url}");
    for (builder, body, call, expected) in [
        (post().header("Authorization", "TC3-HMAC-SHA256 …"), "{}", call(), conflict("authorization")),
        (post().header("X-TC-Action", "Other"), "{}", call(), conflict("x-tc-action")),
        (post().header("X-TC-Action", "describezones"), "{}", call(), conflict("x-tc-action")),
        (post().header("X-TC-Region", "ap-beijing"), "{}", call(), conflict("x-tc-region")),
        (post().header("X-TC-Region", "ap-beijing"), "{}", CVM.action("A"), conflict("x-tc-region")),
        (post().header("X-TC-Token", "left over"), "{}", call(), conflict("x-tc-token")),
        (
            post().header("X-TC-Content-SHA256", "UNSIGNED-PAYLOAD"),
            "{}",
            call(),
            conflict("x-tc-content-sha256"),
        ),
        (post().header("X-TC-Timestamp", "1"), "{}", call(), conflict("x-tc-timestamp")),
        (post().header("Content-Length", "3"), "{}", call(), conflict("content-length")),
        (post().header("Transfer-Encoding", "chunked"), "{}", call(), conflict("transfer-encoding")),
        (post().header("Host", "other"), "{}", call(), conflict("host")),
        (post().header("Host", HOST).header("Host", HOST), "{}", call(), conflict("host")),
        (Request::get(URL).header("Content-Type", "application/json"), "", call(), conflict("content-type")),
        (
            post().header("X-Own", "2"),
            "{}",
            call().headers(&[Header::Signed("X-Own", "1")]),
            conflict("x-own"),
        ),
        (
            post().header("Content-Type", "text/plain"),
            "{}",
            call(),
            "the service accepts no body of the Content-Type \"text/plain\"".to_owned(),
        ),
        (Request::put(URL), "{}", call(), "the method is neither GET nor POST".to_owned()),
        (Request::get(URL), "{}", call(), "a GET has a body: its parameters belong in the query".to_owned()),
        (
            Request::post("https://cvm.tencentcloudapi.com/?A=1"),
            "{}",
            call(),
            "a POST has a query: its parameters belong in the body".to_owned(),
        ),
        (Request::post("https://cvm.tencentcloudapi.com:80/"), "{}", call(), host(&format!("{HOST}:80"))),
        (
            Request::post("https://me@cvm.tencentcloudapi.com/"),
            "{}",
            call(),
            "the URL has a user or a password, which the service does not know".to_owned(),
        ),
        (Request::post("https://CVM.tencentcloudapi.com/"), "{}", call(), host("CVM.tencentcloudapi.com")),
        (post().header("Host", "CVM.tencentcloudapi.com"), "{}", call(), conflict("host")),
        (Request::post("https://example.com/"), "{}", call(), host("example.com")),
        (
            Request::post("https://cvm.tencentcloudapi.com/v3"),
            "{}",
            call(),
            "the call is signed for the path /, but the URL has /v3".to_owned(),
        ),
        (post(), "\u{e9}", call(), String::new()),
    ] {
        let mut request = builder.body(body.as_bytes().to_vec()).unwrap();
        if expected.is_empty() {
            request.body_mut().pop();
        }
        let before = request.headers().clone();
        let error = sign(signer(), call, &mut request, now()).unwrap_err();
        match error {
            HttpError::Invalid(invalid) => assert!(expected.is_empty(), "{invalid}"),
            error => assert_eq!(error.to_string(), expected),
        }
        assert_eq!(*request.headers(), before, "headers after: {expected}");
    }
    // What the request has already may be what is signed.
    let request =
        post().header("X-TC-Action", "DescribeZones").header("Host", HOST).header("Content-Length", "2");
    sign(signer(), call(), &mut request.body("{}").unwrap(), now()).unwrap();
}

/// The verdict on a received request, with strict demands.
fn verdict(received: &Received<'_>) -> Result<(), Rejection> {
    let demands = Demands::new().hosts(&[HOST, "127.0.0.1"]).services(&["cvm"]).signed_body();
    let demands = demands.signed(&["X-TC-Action"]).actions(&["DescribeZones"]);
    let message = received.message();
    let claim = tc3::Claim::read(&message)?;
    Verifier::new().demanding(demands).tc3(&claim, &Credentials::new(ID, KEY).unwrap(), now())
}

#[test]
fn a_received_request_is_verified_however_its_host_came() {
    type Change = fn(&mut Request<Vec<u8>>);
    let changes: [(&str, Change, Result<(), Rejection>); 8] = [
        ("as the server of HTTP/1.1 hands it out", |_| (), Ok(())),
        (
            "HTTP/2",
            |request| {
                request.headers_mut().remove("host");
                *request.version_mut() = Version::HTTP_2;
                *request.uri_mut() = URL.parse().unwrap();
            },
            Ok(()),
        ),
        (
            "HTTP/2 with another host",
            |request| {
                *request.version_mut() = Version::HTTP_2;
                *request.uri_mut() = "https://other.tencentcloudapi.com/".parse().unwrap();
            },
            Err(Rejection::Authority),
        ),
        (
            "HTTP/1.1 in absolute form",
            |request| *request.uri_mut() = URL.parse().unwrap(),
            Err(Rejection::Malformed(Item::Target)),
        ),
        ("another body", |request| request.body_mut().push(b' '), Err(Rejection::Signature)),
        ("a query", |request| *request.uri_mut() = "/?A=1".parse().unwrap(), Err(Rejection::Query)),
        (
            "another action",
            |request| drop(request.headers_mut().insert("x-tc-action", "Terminate".parse().unwrap())),
            Err(Rejection::NotAllowed(Item::Action)),
        ),
        (
            "a header twice",
            |request| {
                request.headers_mut().append("x-tc-action", "DescribeZones".parse().unwrap());
            },
            Err(Rejection::RepeatedHeader(HeaderName::new("x-tc-action"))),
        ),
    ];
    for (name, change, expected) in changes {
        let mut request = Request::post("/").body(b"{}".to_vec()).unwrap();
        sign(signer(), call().headers(&[Header::SignAction]), &mut request, now()).unwrap();
        change(&mut request);
        let received = Received::new(&request);
        assert_eq!(verdict(&received), expected, "{name}");
        assert!(!format!("{received:?}").contains("AKID"), "{name}");
        let (head, body) = request.into_parts();
        let body = Body::Hashed(HashedPayload::of(&body));
        assert_eq!(verdict(&Received::from_parts(&head, body)), expected, "{name}, hashed");
    }
    let get = call().headers(&[Header::SignAction]).get(Query::encoded("A=1").unwrap()).unwrap();
    let signed = request(&signer().sign(&get, now())).unwrap();
    let mut received = Request::get("/?A=1").header("Host", HOST).body(Vec::new()).unwrap();
    received.headers_mut().extend(signed.headers().clone());
    assert_eq!(verdict(&Received::new(&received)), Ok(()));
}

/// A server that verifies requests over plain HTTP, and answers with the verdict. It ends with the process.
fn receiver() -> SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    listener.set_nonblocking(true).unwrap();
    let verify = |request: Request<hyper::body::Incoming>| async {
        let (head, body) = request.into_parts();
        let body = body.collect().await?.to_bytes();
        let verdict = verdict(&Received::from_parts(&head, Body::Whole(&body)));
        Ok::<_, hyper::Error>(http::Response::new(Full::from(format!("{verdict:?}"))))
    };
    thread::spawn(move || {
        runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            loop {
                let stream = TokioIo::new(listener.accept().await.unwrap().0);
                let serve =
                    http1::Builder::new().serve_connection(stream, hyper::service::service_fn(verify));
                tokio::spawn(async { drop(serve.await) });
            }
        })
    });
    address
}

#[test]
fn what_a_server_receives_from_every_client_is_verified() {
    let address = receiver();
    let clients = Clients::new(address, None);
    for client in NAMES {
        for (action, expected) in
            [("DescribeZones", "Ok(())"), ("TerminateInstances", "Err(NotAllowed(Action))")]
        {
            let host = address.to_string();
            let call = CVM.at(Host::Unchecked(&host)).action(action).headers(&[Header::SignAction]);
            let mut request = Request::post(format!("http://{host}/")).body(b"{}".to_vec()).unwrap();
            sign(signer(), call, &mut request, now()).unwrap();
            let answer = clients.send(client, request);
            assert_eq!(String::from_utf8(answer).unwrap(), expected, "{action}, {client}");
        }
    }
}

/// A service that must be asked whether it is ready, as those of `tower` that limit or buffer.
#[derive(Default)]
struct ReadyOnce(bool, Option<mpsc::Sender<Vec<u8>>>);

impl Clone for ReadyOnce {
    fn clone(&self) -> Self {
        Self(false, self.1.clone())
    }
}

type Full = http_body_util::Full<bytes::Bytes>;

impl Service<Request<Full>> for ReadyOnce {
    type Response = ();
    type Error = Infallible;
    type Future = std::future::Ready<Result<(), Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.0 = true;
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Full>) -> Self::Future {
        assert!(self.0, "called before it was ready");
        self.0 = false;
        let authorization = request.headers()["authorization"].as_bytes().to_vec();
        self.1.as_ref().unwrap().send(authorization).unwrap();
        ready(Ok(()))
    }
}

#[test]
fn the_layer_signs_each_request_for_the_service_that_is_ready_and_refuses_what_it_cannot_sign() {
    let (sender, sent) = mpsc::channel();
    let signer = Arc::new(SharedSigner::empty());
    let mut service = SignLayer::new(Arc::clone(&signer)).layer(ReadyOnce(false, Some(sender)));
    let runtime = runtime::Builder::new_current_thread().build().unwrap();
    let mut send = |request: http::request::Builder, len: usize| {
        let request = request.body(Full::from(vec![b' '; len])).unwrap();
        let ready = ServiceExt::<Request<Full>>::ready(&mut service);
        runtime.block_on(async { ready.await.unwrap().call(request).await })
    };
    let post = || Request::post(URL).extension(call());
    let error = send(post(), 2).unwrap_err();
    assert!(matches!(error.downcast_ref(), Some(SignerError::NoCredentials)), "{error:?}");
    signer.replace(OwnedCredentials::new(ID, KEY).unwrap());
    for turn in 0..2 {
        send(post(), 2).unwrap();
        let authorization = sent.try_recv().unwrap();
        assert!(authorization.starts_with(b"TC3-HMAC-SHA256 Credential=AKIDEXAMPLE/"), "{turn}");
    }
    assert!(send(Request::post(URL), 2).unwrap_err().is::<NoCall>());
    let error = send(Request::put(URL).extension(call()), 2).unwrap_err();
    assert!(matches!(error.downcast_ref(), Some(HttpError::Method)), "{error:?}");
    assert!(send(post(), 10 * 1024 * 1024 + 1).unwrap_err().is::<http_body_util::LengthLimitError>());
    assert!(sent.try_recv().is_err(), "a refused request was sent");
}
