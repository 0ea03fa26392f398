//! Determines where the body of a response ends (RFC 9112, section 6.3). Where the RFC lets a client
//! repair or ignore ambiguous framing, this crate returns an error.

use super::error::{Fault, ResponseError};
use super::head::{Fields, StatusLine, eq_ignore_case};
use super::input::{wide, with_digit};

/// What determines the end of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Framing {
    /// There is no body, because the status is 204 or 304.
    Empty,
    /// `Content-Length`, in bytes.
    Length(u64),
    /// `Transfer-Encoding: chunked`.
    Chunked,
    /// The end of the connection: the body is close-delimited. It might be truncated, unless the stream
    /// is an [`AuthenticatedEnd`].
    UntilClose,
}

/// A stream that reports its end (a read of zero bytes) only after TLS `close_notify`. Any other end
/// is an error.
///
/// Implementing this trait promises that.
pub trait AuthenticatedEnd {}

impl<S: AuthenticatedEnd + ?Sized> AuthenticatedEnd for &mut S {}

/// Returns the framing of the body, and whether the connection stays open after the response. `start`
/// is the offset of the head in the response.
pub(super) fn decide(line: StatusLine, head: &[u8], start: u64) -> Result<(Framing, bool), ResponseError> {
    let mut seen = Seen::default();
    for field in Fields::of(head) {
        let at = start.saturating_add(wide(field.at));
        seen.note(at, field.name, field.value)?;
    }
    let framing = match (line.code, seen.length, seen.chunked) {
        // RFC 9112, section 6.3: "Such a message might indicate an attempt to perform request
        // smuggling (Section 11.2) or response splitting (Section 11.1)".
        (_, Some(length), Some(_)) => return Err(ResponseError::LengthAndChunked { length }),
        // RFC 9112, section 6.1, of `Transfer-Encoding` in HTTP/1.0: "[…] MUST treat the message as if
        // the framing is faulty".
        (_, _, Some(at)) if line.minor == 0 => return Err(ResponseError::TransferEncoding { at }),
        (204 | 304, _, _) => Framing::Empty,
        (_, _, Some(_)) => Framing::Chunked,
        (_, Some(length), _) => Framing::Length(length),
        (_, None, None) => Framing::UntilClose,
    };
    let persistent = !seen.close && (line.minor == 1 || seen.keep_alive);
    Ok((framing, persistent && framing != Framing::UntilClose))
}

/// The header fields that determine the framing and whether the connection stays open.
#[derive(Default)]
struct Seen {
    length: Option<u64>,
    /// Offset of `Transfer-Encoding: chunked`.
    chunked: Option<u64>,
    close: bool,
    keep_alive: bool,
}

impl Seen {
    fn note(&mut self, at: u64, name: &[u8], value: &[u8]) -> Result<(), ResponseError> {
        if eq_ignore_case(name, "content-length") {
            let fault = Fault::ContentLength;
            let length = decimal(value).ok_or(ResponseError::Malformed { fault, at })?;
            if let Some(first) = self.length.replace(length) {
                let second = length;
                return Err(ResponseError::LengthTwice { first, second });
            }
        } else if eq_ignore_case(name, "transfer-encoding") {
            let known = eq_ignore_case(value, "chunked");
            if self.chunked.replace(at).is_some() || !known {
                return Err(ResponseError::TransferEncoding { at });
            }
        } else if eq_ignore_case(name, "content-encoding") {
            if !eq_ignore_case(value, "identity") {
                return Err(ResponseError::ContentEncoding { at });
            }
        } else if eq_ignore_case(name, "connection") {
            for option in value.split(|byte| *byte == b',') {
                let option = option.trim_ascii();
                self.close |= eq_ignore_case(option, "close");
                self.keep_alive |= eq_ignore_case(option, "keep-alive");
            }
        }
        Ok(())
    }
}

fn decimal(value: &[u8]) -> Option<u64> {
    let digits = Some(value).filter(|value| !value.is_empty())?;
    digits.iter().try_fold(0, |number, byte| with_digit(number, *byte, 10))
}
