//! Answers that are not the service's, over a stream in memory.

use crate::bench::{CVM, now, signer};
use std::{
    cell::RefCell,
    io::{self, Read, Write},
    rc::Rc,
};
use tc3_std::{CallError, Connection, Reply};

/// Answers always the same, and takes only so many bytes of a request.
struct Peer {
    answer: &'static [u8],
    takes: usize,
    taken: Rc<RefCell<Vec<u8>>>,
}

impl Read for Peer {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // In small pieces, as networks do.
        let len = buffer.len().min(3);
        self.answer.read(&mut buffer[..len])
    }
}

impl Write for Peer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = bytes.len().min(100).min(self.takes);
        self.takes -= count;
        self.taken.borrow_mut().extend_from_slice(&bytes[..count]);
        if count == 0 { Err(io::ErrorKind::BrokenPipe.into()) } else { Ok(count) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn send(answer: &'static [u8], takes: usize) -> (Result<Reply, CallError>, Vec<u8>) {
    let request = CVM.action("DescribeZones").json("{}").unwrap();
    let taken = Rc::default();
    let mut connection = Connection::new(Peer { answer, takes, taken: Rc::clone(&taken) });
    let outcome = connection.send(signer().sign(&request, now()).into()).and_then(Reply::into_success);
    let taken = taken.borrow().clone();
    (outcome, taken)
}

fn outcome(answer: &'static [u8]) -> Result<Reply, CallError> {
    send(answer, usize::MAX).0
}

#[test]
fn the_bytes_signed_are_the_bytes_sent() {
    let ok = b"HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{\"Response\":{}}";
    let request = CVM.action("DescribeZones").json("{}").unwrap();
    let (reply, taken) = send(ok, usize::MAX);
    let reply = reply.unwrap();
    assert!(reply.is_reusable() && reply.request_id().is_none() && reply.body() == b"{\"Response\":{}}");
    let head = String::from_utf8(taken).unwrap();
    let at = head.split("X-TC-Timestamp: ").nth(1).unwrap()[..10].parse().unwrap();
    let signed = signer().sign(&request, tc3_core::Timestamp::from_unix(at).unwrap()).head().to_string();
    assert_eq!(head, signed + "{}");
}

#[test]
fn an_answer_that_is_not_the_services_is_an_error_of_its_own() {
    let answer = outcome(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 3\r\n\r\nno\n");
    assert!(
        matches!(answer, Err(CallError::Status(reply)) if reply.status() == 502 && reply.body() == b"no\n")
    );
    let answer = outcome(b"HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n<html></html>");
    assert!(matches!(answer, Err(CallError::NotAnAnswer(malformed, _)) if malformed.at == 0));
    assert!(matches!(outcome(b"SSH-2.0-OpenSSH_9.6\r\n"), Err(CallError::Http(_))));
    assert!(matches!(outcome(b""), Err(CallError::Http(_))));
    assert!(matches!(outcome(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n{}"), Err(CallError::Http(_))));
}

#[test]
fn debug_tells_an_answer_by_its_request_id_and_keeps_the_keys_in_it() {
    let assumed = b"HTTP/1.1 200 OK\r\nContent-Length: 77\r\n\r\n\
        {\"Response\":{\"Credentials\":{\"TmpSecretKey\":\"MARKER\"},\"RequestId\":\"r-123456\"}}";
    let failed = b"HTTP/1.1 200 OK\r\nContent-Length: 87\r\n\r\n\
        {\"Response\":{\"Error\":{\"Code\":\"InternalError\"},\"Token\":\"MARKER\",\"RequestId\":\"r-123456\"}}";
    let stray = b"HTTP/1.1 502 Bad Gateway\r\nX-Token: MARKER\r\nContent-Length: 6\r\n\r\nMARKER";
    for (answer, shown) in [(&assumed[..], "r-123456"), (&failed[..], "r-123456"), (&stray[..], "502")] {
        let text = format!("{:?}", outcome(answer));
        assert!(text.contains(shown) && !text.contains("MARKER"), "{text}");
    }
}

#[test]
fn an_event_stream_has_no_envelope_and_passes() {
    let answer = outcome(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: {}\n\n").unwrap();
    assert!(answer.body() == b"data: {}\n\n" && !answer.is_reusable());
}

#[test]
fn a_refusal_sent_before_the_request_was_taken_is_still_read() {
    let refusal = b"HTTP/1.1 200 OK\r\nContent-Length: 70\r\n\r\n\
        {\"Response\":{\"Error\":{\"Code\":\"InternalError\"},\"RequestId\":\"r-123456\"}}";
    let (answer, _) = send(refusal, 50);
    assert!(matches!(answer, Err(CallError::Service(failure)) if failure.code == "InternalError"));
    let (answer, _) = send(b"", 50);
    assert!(matches!(answer, Err(CallError::Transport(error)) if error.kind() == io::ErrorKind::BrokenPipe));
}

/// A stream over which TLS finds something wrong.
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
fn what_tls_finds_wrong_after_the_handshake_is_not_called_the_handshake() {
    let request = CVM.action("DescribeZones").json("{}").unwrap();
    let error = Connection::new(Damaged).send(signer().sign(&request, now()).into()).unwrap_err();
    let said = error.to_string();
    assert!(matches!(error, CallError::Transport(_)), "{error:?}");
    assert_eq!(said, format!("the connection broke: {}", rustls::Error::DecryptError));
}
