//! The client side of HTTP/1.1, without a socket, a clock or a heap.
//!
//! [`RequestWriter`] returns the bytes to send, and [`ResponseParser`] parses the received bytes.
//! Neither does I/O, so both work with blocking and with asynchronous transports.
//!
//! One exchange in memory:
//!
//! ```
//! use tc3_core::{Credentials, Signer, Timestamp, api, response};
//! use tc3_embedded::http::{Event, Limits, RequestWriter, ResponseParser};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // The request: a signed head, then the signed body.
//! let mut signer = Signer::new(Credentials::new("AKIDEXAMPLE", "key")?);
//! let request = api!("cvm", "2017-03-12").action("DescribeZones").json("{}")?;
//! let signed = signer.sign(&request, Timestamp::from_unix(1_551_113_065)?);
//! let mut head = [0; 512];
//! let mut writer = RequestWriter::tc3(signed, &mut head)?;
//!
//! let mut wire = Vec::new();
//! let mut outgoing = writer.head();
//! while !outgoing.pending().is_empty() {
//!     // A transport that accepts at most 16 bytes at a time.
//!     let count = outgoing.pending().len().min(16);
//!     wire.extend_from_slice(&outgoing.pending()[..count]);
//!     outgoing.advance(count)?;
//! }
//! for piece in request.body() {
//!     let mut outgoing = writer.body(piece)?;
//!     wire.extend_from_slice(outgoing.pending());
//!     outgoing.advance(piece.len())?;
//! }
//! writer.finish()?;
//! assert!(wire.starts_with(b"POST / HTTP/1.1\r\nHost: cvm.") && wire.ends_with(b"\r\n\r\n{}"));
//!
//! // The response, in pieces as a transport might deliver it.
//! let mut received = [
//!     &b"HTTP/1.1 200 OK\r\nDate: Tue, 26 Feb 2019 00:44:25 GMT\r\nTransfer-Enc"[..],
//!     b"oding: chunked\r\n\r\n5\r\n{\"Res",
//!     b"\r\n1a\r\nponse\":{\"RequestId\":\"7f\"}}\r\n0\r\n\r\n",
//! ]
//! .into_iter();
//!
//! let mut buffer = [0; 512];
//! let mut parser = ResponseParser::new(&mut buffer, Limits { body: 4096, ..Limits::DEFAULT });
//! let mut input: &[u8] = &[];
//! let mut body = Vec::new();
//! loop {
//!     match parser.feed(&mut input)? {
//!         Event::NeedMore => match received.next() {
//!             Some(piece) => input = piece,
//!             None => break parser.end_of_stream()?,
//!         },
//!         Event::Head(head) => assert_eq!(head.status, 200),
//!         Event::Body(piece) => body.extend_from_slice(piece),
//!         Event::Done => break,
//!     }
//! }
//! assert_eq!(response::parse(&body)?.request_id().unwrap(), "7f");
//! assert_eq!(parser.date(), Some("Tue, 26 Feb 2019 00:44:25 GMT"));
//! assert!(parser.is_reusable());
//! # Ok(())
//! # }
//! ```
//!
//! **Not supported**, because the service does not need it: responses to `HEAD` and `CONNECT`,
//! protocol upgrades, compressed bodies, pipelining.

mod chunked;
mod error;
mod event;
mod framing;
mod head;
mod input;
mod request;
mod response;

pub use error::{Fault, RequestError, ResponseError};
pub use event::{Event, Limits, ResponseHead};
pub use framing::{AuthenticatedEnd, Framing};
pub(crate) use head::eq_ignore_case;
pub use head::{Fields, HeaderField, MAX_HEADERS};
pub(crate) use input::wide;
pub use request::{Outgoing, RequestWriter};
pub use response::ResponseParser;
