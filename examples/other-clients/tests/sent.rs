//! What the clients send is accepted by a verifier.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may panic")]

use core::{
    convert::Infallible,
    pin::pin,
    task::{Context, Poll, Waker},
};

use embedded_svc::http::{
    Headers, Method, Status,
    client::{Client, Connection},
};
use embedded_svc::io::{self, ErrorType};
use other_clients::esp_idf::{Reason, Sent, post};
use other_clients::reqwless::PostError;
use tc3_core::{
    BufferTooSmall, Credentials, HeadersDoNotFit, Host, Query, Signed, Signer, Timestamp, api,
    verify::{Body, Message, Verifier, tc3::Claim},
};

const BODY: &str = r#"{"Limit":1}"#;
const ANSWER: &str = r#"{"Response":{"RequestId":"1"}}"#;

/// A token as long as those of the service.
fn token() -> String {
    "t".repeat(400)
}

/// The size of the buffer for the headers that both functions state.
const BUFFER: usize = 512 + 400;

/// Signs a request, sends it by `send`, and verifies what was sent: a target, headers and a body.
fn check(send: impl FnOnce(&Signed<'_>) -> (String, Vec<(String, String)>, Vec<u8>)) {
    let token = token();
    let credentials = Credentials::temporary("AKIDEXAMPLE", "key", &token).unwrap();
    let now = Timestamp::from_unix(1_551_113_065).unwrap();
    let api = api!("cvm", "2017-03-12").at(Host::Endpoint("gateway.example:8443")).path("/v3");
    let request = api.action("DescribeZones").region("ap-guangzhou").json(BODY).unwrap();
    let signed = Signer::new(credentials).sign(&request, now);

    let (target, headers, body) = send(&signed);
    let mut names: Vec<_> = headers.iter().map(|(name, _)| name.to_ascii_lowercase()).collect();
    let mut expected: Vec<_> = signed.headers().map(|(name, _)| name.to_ascii_lowercase()).collect();
    names.sort();
    expected.sort();
    assert_eq!(names, expected, "each header once");
    let headers: Vec<_> = headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    let message = Message { method: "POST", target: &target, headers: &headers, body: Body::Whole(&body) };
    Verifier::new().tc3(&Claim::read(&message).unwrap(), &credentials, now).unwrap();
}

/// A server behind an encrypted stream.
struct Server {
    received: Vec<u8>,
    unsent: Vec<u8>,
}

impl ErrorType for Server {
    type Error = Infallible;
}

impl embedded_io_async::Read for Server {
    async fn read(&mut self, to: &mut [u8]) -> Result<usize, Infallible> {
        let len = to.len().min(self.unsent.len());
        to[..len].copy_from_slice(&self.unsent[..len]);
        self.unsent.drain(..len);
        Ok(len)
    }
}

impl embedded_io_async::Write for Server {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        self.received.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    async fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

fn post_reqwless<'a>(
    server: &mut Server,
    signed: &Signed<'_>,
    buffer: &mut [u8],
    answer: &'a mut [u8],
) -> Result<(u16, &'a [u8]), PostError> {
    let call = other_clients::reqwless::post(server, signed, BODY.as_bytes(), buffer, answer);
    match pin!(call).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(outcome) => outcome,
        Poll::Pending => panic!("the server never waits"),
    }
}

#[test]
fn reqwless_sends_each_header_once_and_is_verified() {
    check(|signed| {
        let head = format!("HTTP/1.1 502 Bad\r\nContent-Length: {}\r\n\r\n", ANSWER.len());
        let mut server = Server { received: Vec::new(), unsent: (head + ANSWER).into_bytes() };
        let mut answer = [0; 256];
        let body = post_reqwless(&mut server, signed, &mut [0; BUFFER], &mut answer);
        assert_eq!(body.unwrap(), (502, ANSWER.as_bytes()));
        let received = String::from_utf8(server.received).unwrap();
        let (head, body) = received.split_once("\r\n\r\n").unwrap();
        let (line, fields) = head.split_once("\r\n").unwrap();
        let target = line.strip_prefix("POST ").unwrap().strip_suffix(" HTTP/1.1").unwrap();
        let pair =
            |line: &str| line.split_once(": ").map(|(name, value)| (name.to_owned(), value.to_owned()));
        (target.to_owned(), fields.lines().map(|line| pair(line).unwrap()).collect(), body.into())
    });
}

/// Imitates what the HTTP client of esp-idf does with headers. It takes `Host` from the URL. A header that is set
/// replaces one of the same name. Without a Content-Length in the list, the body is empty.
#[derive(Default)]
struct Esp {
    target: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    len: usize,
    unread: &'static [u8],
    is_requested: bool,
}

impl Esp {
    fn set(&mut self, name: &str, value: &str) {
        self.headers.retain(|(other, _)| !other.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.to_owned()));
    }
}

impl ErrorType for Esp {
    type Error = Infallible;
}

impl io::Read for Esp {
    fn read(&mut self, to: &mut [u8]) -> Result<usize, Infallible> {
        Ok(self.unread.read(to).unwrap())
    }
}

impl io::Write for Esp {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        self.body.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

impl Status for Esp {
    fn status(&self) -> u16 {
        502
    }

    fn status_message(&self) -> Option<&str> {
        None
    }
}

impl Headers for Esp {
    fn header(&self, _: &str) -> Option<&str> {
        None
    }
}

impl Connection for Esp {
    type Headers = Self;
    type Read = Self;
    type RawConnectionError = Infallible;
    type RawConnection = Self;

    fn initiate_request<'a>(
        &'a mut self,
        method: Method,
        url: &'a str,
        headers: &'a [(&'a str, &'a str)],
    ) -> Result<(), Infallible> {
        assert_eq!(method, Method::Post);
        let rest = url.strip_prefix("https://").unwrap();
        let (host, target) = rest.split_at(rest.find('/').unwrap());
        target.clone_into(&mut self.target);
        self.set("Host", host);
        for (name, value) in headers {
            self.set(name, value);
            if name.eq_ignore_ascii_case("Content-Length") {
                self.len = value.parse().unwrap();
            }
        }
        self.is_requested = true;
        Ok(())
    }

    fn is_request_initiated(&self) -> bool {
        self.is_requested && self.unread.is_empty()
    }

    fn initiate_response(&mut self) -> Result<(), Infallible> {
        self.set("Content-Length", &self.len.to_string());
        self.unread = ANSWER.as_bytes();
        Ok(())
    }

    fn is_response_initiated(&self) -> bool {
        !self.unread.is_empty()
    }

    fn split(&mut self) -> (&Self, &mut Self) {
        panic!("the function does not split")
    }

    fn raw_connection(&mut self) -> Result<&mut Self, Infallible> {
        Ok(self)
    }
}

#[test]
fn the_client_of_esp_idf_sends_each_header_once_and_is_verified() {
    let whole = Sent::Answered(502, ANSWER.len());
    for (size, expected) in
        [(256, whole), (ANSWER.len(), whole), (ANSWER.len() - 1, Sent::TooLong(502)), (0, Sent::TooLong(502))]
    {
        check(|signed| {
            let mut client = Client::wrap(Esp::default());
            let mut answer = vec![0; size];
            let sent = post(&mut client, signed, BODY.as_bytes(), &mut [0; BUFFER], &mut answer);
            assert_eq!(sent, Ok(expected), "{size}");
            assert!(answer.iter().zip(ANSWER.bytes()).all(|(found, sent)| *found == sent), "{answer:?}");
            let Esp { target, headers, mut body, len, .. } = client.release();
            body.truncate(len);
            (target, headers, body)
        });
    }
}

#[test]
fn what_does_not_fit_and_a_get_are_refused_for_their_reason_and_nothing_is_sent() {
    let (token, path) = (token(), format!("/{}", "p".repeat(128)));
    let now = Timestamp::from_unix(1_551_113_065).unwrap();
    let credentials = Credentials::temporary("AKIDEXAMPLE", "key", &token).unwrap();
    let api = api!("cvm", "2017-03-12");
    let call = api.action("DescribeZones");
    let long = api.path(&path).action("DescribeZones").json(BODY).unwrap();
    let rows = [
        ("a GET", call.get(Query::EMPTY).unwrap(), BUFFER),
        ("a long path", long, BUFFER),
        ("a buffer without room for the token", call.json(BODY).unwrap(), 512),
    ];
    for (name, request, size) in rows {
        let signed = Signer::new(credentials).sign(&request, now);
        let mut server = Server { received: Vec::new(), unsent: Vec::new() };
        let refused = post_reqwless(&mut server, &signed, &mut vec![0; size], &mut [0; 256]).unwrap_err();
        let mut client = Client::wrap(Esp::default());
        let sent = post(&mut client, &signed, BODY.as_bytes(), &mut vec![0; size], &mut [0; 256]).unwrap();
        let is_named = match name {
            "a GET" => matches!((&refused, sent), (PostError::NotPost, Sent::Nothing(Reason::NotPost))),
            "a long path" => matches!(
                (&refused, sent),
                (
                    PostError::Url(BufferTooSmall { needed: 129, .. }),
                    Sent::Nothing(Reason::Url(BufferTooSmall { needed: 160, .. }))
                )
            ),
            _ => matches!(
                (&refused, sent),
                (
                    PostError::Headers(HeadersDoNotFit { bytes_given: 512, .. }),
                    Sent::Nothing(Reason::Headers(HeadersDoNotFit { bytes_given: 512, .. }))
                )
            ),
        };
        assert!(is_named, "{name}: {refused:?}, {sent:?}");
        assert!(server.received.is_empty() && !client.release().is_requested, "{name}");
    }
}

#[test]
fn the_page_shows_the_functions_that_are_compiled() {
    let page = include_str!("../../../tc3-core/src/with_other_http_clients.md");
    for source in [include_str!("../src/reqwless.rs"), include_str!("../src/esp_idf.rs")] {
        let (_, code) = source.split_once("\n\n").unwrap();
        assert!(page.contains(&format!("```rs\n{code}```")), "the page differs from\n{code}");
    }
}
