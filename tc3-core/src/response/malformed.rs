//! Why a body could not be read as the gateway's answer.

use core::fmt;

/// The body is not the gateway's envelope, or not all of it.
///
/// A body may be refused for its JSON (RFC 8259) or for its shape; either way nothing in it is believed, because a
/// success misread as a failure may be sent twice and a failure misread as a success is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Malformed {
    /// Where, in bytes from 0: the byte that cannot be right, the first byte of a character, field or value that cannot
    /// be right, or the end of the body if that came too early.
    pub at: usize,
    /// What is wrong there.
    pub reason: Reason,
}

/// What is wrong with a body, at the byte [`Malformed::at`] names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Reason {
    /// The body ends too early: the rest was lost, or has yet to arrive.
    Truncated,
    /// JSON does not allow this byte here: a trailing comma, a leading zero, a bare word,
    /// a control byte in a string.
    Syntax(u8),
    /// An escape in a string is none of JSON's.
    BadEscape,
    /// A character in a string is not UTF-8.
    NotUtf8,
    /// Objects and lists are nested deeper than [`MAX_DEPTH`](super::MAX_DEPTH).
    TooDeep,
    /// No object with an object `Response` in it: an error page of a proxy, an event stream, another service's JSON.
    NotEnvelope,
    /// Something other than white space follows the envelope.
    Trailing,
    /// The value of this field is not of the type the document gives.
    WrongType(Field),
    /// This field appears twice in its object, so that two readers could believe two different answers.
    Duplicate(Field),
    /// `Response.Error` is an object without a `Code`.
    NoCode,
}

/// A field of the envelope that is read here; every other field is the product's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Field {
    /// `Response`: an object.
    Response,
    /// `Response.RequestId`: text.
    RequestId,
    /// `Response.Error`: an object.
    Error,
    /// `Response.Error.Code`: text.
    Code,
    /// `Response.Error.Message`: text.
    Message,
}

impl Field {
    /// The field's own name, without the path to it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Response => "Response",
            Self::RequestId => "RequestId",
            Self::Error => "Error",
            Self::Code => "Code",
            Self::Message => "Message",
        }
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.at;
        match self.reason {
            Reason::Truncated => write!(f, "the answer breaks off after {at} bytes"),
            Reason::Syntax(byte) => {
                write!(f, "byte {at} of the answer is 0x{byte:02x}, which JSON does not allow there")
            }
            Reason::BadEscape => {
                write!(f, "a string in the answer has an escape unknown to JSON at byte {at}")
            }
            Reason::NotUtf8 => write!(f, "a string in the answer is not UTF-8 at byte {at}"),
            Reason::TooDeep => {
                write!(f, "the answer is nested deeper than {} at byte {at}", super::MAX_DEPTH)
            }
            Reason::NotEnvelope => {
                write!(f, "not an answer of the service: no object `Response` up to byte {at}")
            }
            Reason::Trailing => write!(f, "the answer is complete, but something follows it at byte {at}"),
            Reason::WrongType(field) => {
                write!(f, "`{}` has a value of the wrong type at byte {at}", field.name())
            }
            Reason::Duplicate(field) => {
                write!(f, "`{}` appears a second time at byte {at}", field.name())
            }
            Reason::NoCode => write!(f, "`Error` ends at byte {at} without a `Code`"),
        }
    }
}

impl core::error::Error for Malformed {}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::string::ToString;

    #[test]
    fn each_reason_is_a_sentence_with_its_evidence() {
        let sentences = [
            (Reason::Truncated, "the answer breaks off after 7 bytes"),
            (Reason::Syntax(b','), "byte 7 of the answer is 0x2c, which JSON does not allow there"),
            (Reason::BadEscape, "a string in the answer has an escape unknown to JSON at byte 7"),
            (Reason::NotUtf8, "a string in the answer is not UTF-8 at byte 7"),
            (Reason::TooDeep, "the answer is nested deeper than 64 at byte 7"),
            (Reason::NotEnvelope, "not an answer of the service: no object `Response` up to byte 7"),
            (Reason::Trailing, "the answer is complete, but something follows it at byte 7"),
            (Reason::WrongType(Field::Error), "`Error` has a value of the wrong type at byte 7"),
            (Reason::Duplicate(Field::RequestId), "`RequestId` appears a second time at byte 7"),
            (Reason::NoCode, "`Error` ends at byte 7 without a `Code`"),
        ];
        for (reason, sentence) in sentences {
            assert_eq!(Malformed { at: 7, reason }.to_string(), sentence);
        }
    }
}
