//! Calls over a stream in memory that takes and gives small pieces.

use crate::server::{CVM, now, signer};
use std::{
    cell::RefCell,
    io::{self, Read, Write},
    rc::Rc,
};
use tc3_std::{CallError, Connection, Reply};

/// Always sends the same answer, and accepts only a number of bytes of a request.
struct Pieces {
    answer: &'static [u8],
    accepts: usize,
    accepted: Rc<RefCell<Vec<u8>>>,
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let len = buffer.len().min(3);
        self.answer.read(&mut buffer[..len])
    }
}

impl Write for Pieces {
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

/// The outcome of a call, and whether the peer accepted all of it.
fn send(answer: &'static [u8], accepts: usize) -> (Result<Reply, CallError>, bool) {
    let request = CVM.action("DescribeZones").json("{}").unwrap();
    let accepted = Rc::default();
    let mut connection = Connection::new(Pieces { answer, accepts, accepted: Rc::clone(&accepted) });
    let signed = signer().sign(&request, now());
    let outcome = connection.send(signed.into()).and_then(Reply::into_success);
    let whole = accepted.borrow().as_slice() == (signed.head().to_string() + "{}").as_bytes();
    (outcome, whole)
}

#[test]
fn headers_are_read_one_by_one_although_another_is_not_utf_8() {
    let (answer, whole) = send(
        b"HTTP/1.1 200 OK\r\nServer: \xe9\r\nDate: Tue, 26 Feb 2019 00:44:25 GMT\r\n\
          Content-Length: 15\r\n\r\n{\"Response\":{}}",
        usize::MAX,
    );
    let answer = answer.unwrap();
    assert_eq!(answer.date().unwrap().to_string(), "2019-02-26T00:44:25Z");
    assert_eq!(answer.header("SERVER"), Some(&b"\xe9"[..]));
    assert_eq!((answer.is_reusable(), answer.request_id(), whole), (true, None, true));
    let stream =
        b"HTTP/1.1 200 OK\r\nServer: \xe9\r\ncontent-type: Text/Event-Stream; a=b\r\n\r\ndata: {}\n\n";
    let answer = send(stream, usize::MAX).0.unwrap();
    assert_eq!((answer.body(), answer.is_reusable()), (&b"data: {}\n\n"[..], false));
}

#[test]
fn debug_shows_an_answers_request_id_and_not_its_body() {
    let assumed = b"HTTP/1.1 200 OK\r\nContent-Length: 77\r\n\r\n\
        {\"Response\":{\"Credentials\":{\"TmpSecretKey\":\"MARKER\"},\"RequestId\":\"r-123456\"}}";
    let failed = b"HTTP/1.1 200 OK\r\nContent-Length: 87\r\n\r\n\
        {\"Response\":{\"Error\":{\"Code\":\"InternalError\"},\"Token\":\"MARKER\",\"RequestId\":\"r-123456\"}}";
    let stray = b"HTTP/1.1 502 Bad Gateway\r\nX-Token: MARKER\r\nContent-Length: 6\r\n\r\nMARKER";
    for (answer, shown) in [(&assumed[..], "r-123456"), (&failed[..], "r-123456"), (&stray[..], "502")] {
        let debug = format!("{:?}", send(answer, usize::MAX).0);
        assert!(debug.contains(shown) && !debug.contains("MARKER"), "{debug}");
    }
}

#[test]
fn an_answer_to_a_request_that_could_not_be_sent_is_read() {
    let refusal = b"HTTP/1.1 200 OK\r\nContent-Length: 70\r\n\r\n\
        {\"Response\":{\"Error\":{\"Code\":\"InternalError\"},\"RequestId\":\"r-123456\"}}";
    let (outcome, whole) = send(refusal, 50);
    let refused = matches!(&outcome, Err(CallError::Service(failure)) if failure.code == "InternalError");
    assert!(refused && !whole, "{outcome:?}, and the request was sent: {whole}");
    let (outcome, _) = send(b"", 50);
    let kind = |error: &io::Error| error.kind() == io::ErrorKind::BrokenPipe;
    assert!(matches!(&outcome, Err(CallError::Transport(error)) if kind(error)), "{outcome:?}");
}
