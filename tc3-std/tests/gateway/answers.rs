//! Answers that the gateway never sends, over a stream in memory.

use crate::server::{CVM, now, signer};
use std::{
    cell::RefCell,
    io::{self, Read, Write},
    rc::Rc,
};
use tc3_std::{CallError, Connection, Reply};

/// Always sends the same answer, and accepts only a number of bytes of a request.
struct Peer {
    answer: &'static [u8],
    accepts: usize,
    accepted: Rc<RefCell<Vec<u8>>>,
}

impl Read for Peer {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // In small pieces, as a network may deliver it.
        let len = buffer.len().min(3);
        self.answer.read(&mut buffer[..len])
    }
}

impl Write for Peer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = bytes.len().min(100).min(self.accepts);
        self.accepts -= count;
        self.accepted.borrow_mut().extend_from_slice(&bytes[..count]);
        if count == 0 { Err(io::ErrorKind::BrokenPipe.into()) } else { Ok(count) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn send(answer: &'static [u8], accepts: usize) -> (Result<Reply, CallError>, Vec<u8>) {
    let request = CVM.action("DescribeZones").json("{}").unwrap();
    let accepted = Rc::default();
    let mut connection = Connection::new(Peer { answer, accepts, accepted: Rc::clone(&accepted) });
    let outcome = connection.send(signer().sign(&request, now()).into()).and_then(Reply::into_success);
    let accepted = accepted.borrow().clone();
    (outcome, accepted)
}

fn outcome(answer: &'static [u8]) -> Result<Reply, CallError> {
    send(answer, usize::MAX).0
}

#[test]
fn the_bytes_signed_are_the_bytes_sent() {
    let ok = b"HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{\"Response\":{}}";
    let request = CVM.action("DescribeZones").json("{}").unwrap();
    let (reply, accepted) = send(ok, usize::MAX);
    let reply = reply.unwrap();
    assert!(reply.is_reusable() && reply.request_id().is_none() && reply.body() == b"{\"Response\":{}}");
    let head = String::from_utf8(accepted).unwrap();
    let at = head.split("X-TC-Timestamp: ").nth(1).unwrap()[..10].parse().unwrap();
    let signed = signer().sign(&request, tc3_core::Timestamp::from_unix(at).unwrap()).head().to_string();
    assert_eq!(head, signed + "{}");
}

#[test]
fn an_answer_that_is_not_the_services_has_its_own_error() {
    let answer = outcome(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 3\r\n\r\nno\n");
    assert!(
        matches!(answer, Err(CallError::Status(reply)) if reply.status() == 502 && reply.body() == b"no\n")
    );
    let answer = outcome(b"HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n<html></html>");
    assert!(matches!(answer, Err(CallError::Malformed(malformed, _)) if malformed.at == 0));
    assert!(matches!(outcome(b"SSH-2.0-OpenSSH_9.6\r\n"), Err(CallError::Http(_))));
    assert!(matches!(outcome(b""), Err(CallError::Http(_))));
    assert!(matches!(outcome(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n{}"), Err(CallError::Http(_))));
}

#[test]
fn debug_shows_an_answers_request_id_and_not_its_body() {
    let assumed = b"HTTP/1.1 200 OK\r\nContent-Length: 77\r\n\r\n\
        {\"Response\":{\"Credentials\":{\"TmpSecretKey\":\"MARKER\"},\"RequestId\":\"r-123456\"}}";
    let failed = b"HTTP/1.1 200 OK\r\nContent-Length: 87\r\n\r\n\
        {\"Response\":{\"Error\":{\"Code\":\"InternalError\"},\"Token\":\"MARKER\",\"RequestId\":\"r-123456\"}}";
    let stray = b"HTTP/1.1 502 Bad Gateway\r\nX-Token: MARKER\r\nContent-Length: 6\r\n\r\nMARKER";
    for (answer, shown) in [(&assumed[..], "r-123456"), (&failed[..], "r-123456"), (&stray[..], "502")] {
        let debug = format!("{:?}", outcome(answer));
        assert!(debug.contains(shown) && !debug.contains("MARKER"), "{debug}");
    }
}

#[test]
fn an_event_stream_has_no_envelope_and_is_a_success() {
    for head in [
        &b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: {}\n\n"[..],
        b"HTTP/1.1 200 OK\r\nServer: \xe9\r\ncontent-type: Text/Event-Stream; a=b\r\n\r\ndata: {}\n\n",
    ] {
        let answer = outcome(head).unwrap();
        assert!(answer.body() == b"data: {}\n\n" && !answer.is_reusable());
    }
}

#[test]
fn the_date_is_read_although_another_header_is_not_utf_8() {
    let answer = b"HTTP/1.1 200 OK\r\nServer: \xe9\r\nDate: Tue, 26 Feb 2019 00:44:25 GMT\r\n\
        Content-Length: 15\r\n\r\n{\"Response\":{}}";
    let answer = outcome(answer).unwrap();
    assert_eq!(answer.date().unwrap().to_string(), "2019-02-26T00:44:25Z");
    assert_eq!(answer.header("SERVER"), Some(&b"\xe9"[..]));
}

#[test]
fn a_status_of_200_to_299_is_a_success_and_a_failure_of_the_service_counts_before_the_status() {
    assert!(outcome(b"HTTP/1.1 201 Created\r\nContent-Length: 15\r\n\r\n{\"Response\":{}}").is_ok());
    let failed = outcome(
        b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 47\r\n\r\n\
        {\"Response\":{\"Error\":{\"Code\":\"InternalError\"}}}",
    );
    assert!(matches!(failed, Err(CallError::Service(failure)) if failure.code == "InternalError"));
}

#[test]
fn an_answer_sent_before_the_whole_request_was_received_is_read() {
    let refusal = b"HTTP/1.1 200 OK\r\nContent-Length: 70\r\n\r\n\
        {\"Response\":{\"Error\":{\"Code\":\"InternalError\"},\"RequestId\":\"r-123456\"}}";
    let (answer, _) = send(refusal, 50);
    assert!(matches!(answer, Err(CallError::Service(failure)) if failure.code == "InternalError"));
    let (answer, _) = send(b"", 50);
    assert!(matches!(answer, Err(CallError::Transport(error)) if error.kind() == io::ErrorKind::BrokenPipe));
}

/// A stream whose data TLS cannot decrypt.
struct Damaged;

impl Read for Damaged {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::new(io::ErrorKind::InvalidData, rustls::Error::DecryptError))
    }
}

impl Write for Damaged {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_tls_error_after_the_handshake_is_a_transport_error() {
    let request = CVM.action("DescribeZones").json("{}").unwrap();
    let error = Connection::new(Damaged).send(signer().sign(&request, now()).into()).unwrap_err();
    let sentence = error.to_string();
    assert!(matches!(error, CallError::Transport(_)), "{error:?}");
    assert_eq!(sentence, format!("the connection broke: {}", rustls::Error::DecryptError));
}
