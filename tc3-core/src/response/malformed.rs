//! Why the body of a response is refused.

use core::fmt;

/// The body of a response is not valid JSON (RFC 8259), or does not have the form that Tencent's document describes.
///
/// [`parse`](super::parse) uses no part of such a body. If a success were misread as a failure, the request could be
/// sent twice. A failure that is misread as a success would go unnoticed. To report what such a body contains, see
/// [`found`](super::found).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Malformed {
    /// Offset of the wrong byte, or of the first byte of the wrong character, field or value. If the body ends too
    /// early, its length.
    pub at: usize,
    /// What is wrong at this offset.
    pub reason: Reason,
    /// Whether the body begins like an answer of the service: it is an object that has the key `Response` before this
    /// offset. If this is `false` and the body is not [truncated](Reason::Truncated), something other than the service
    /// answered.
    pub is_envelope: bool,
}

/// What is wrong with a body, at the offset [`Malformed::at`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Reason {
    /// The body ends too early: the rest was lost, or has not been received yet.
    Truncated,
    /// JSON does not allow this byte at this offset. Examples are a trailing comma, a leading zero, an unquoted word,
    /// and a control character in a string.
    Syntax(u8),
    /// A string contains an escape that JSON does not define.
    BadEscape,
    /// A string is not UTF-8.
    NotUtf8,
    /// Objects and arrays are nested deeper than [`MAX_DEPTH`](super::MAX_DEPTH).
    TooDeep,
    /// The body is not an object that contains `Response`. It might be a proxy's error page, an event stream, or the
    /// JSON of another service.
    NotEnvelope,
    /// The outermost object is followed by more than white space.
    Trailing,
    /// The value of this field does not have the type that Tencent's document defines.
    WrongType(EnvelopeField),
    /// This field occurs twice in its object, so two parsers could read different values.
    Duplicate(EnvelopeField),
    /// `Response.Error` has no `Code`.
    NoCode,
}

/// A field of the envelope, the part of the body that all actions have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum EnvelopeField {
    /// `Response`: an object.
    Response,
    /// `Response.RequestId`: a string or `null`.
    RequestId,
    /// `Response.Error`: an object or `null`.
    Error,
    /// `Response.Error.Code`: a string.
    Code,
    /// `Response.Error.Message`: a string or `null`.
    Message,
}

impl EnvelopeField {
    /// The name of the field, without its path.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Response => "Response",
            Self::RequestId => "RequestId",
            Self::Error => "Error",
            Self::Code => "Code",
            Self::Message => "Message",
        }
    }

    const fn allowed(self) -> &'static str {
        match self {
            Self::Response => "an object",
            Self::Error => "an object or null",
            Self::RequestId | Self::Message => "a string or null",
            Self::Code => "a string",
        }
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.at;
        match self.reason {
            Reason::Truncated => write!(f, "the answer ends too early, after {at} bytes"),
            Reason::Syntax(byte) => {
                write!(f, "the answer is not JSON: {} is not allowed at byte {at}", Shown(byte))
            }
            Reason::BadEscape => write!(
                f,
                r#"the answer is not JSON: invalid escape at byte {at} (\" \\ \/ \b \f \n \r \t and \uhhhh are allowed)"#
            ),
            Reason::NotUtf8 => write!(f, "the answer is not UTF-8 at byte {at}"),
            Reason::TooDeep => {
                write!(
                    f,
                    "the answer is nested deeper than {} objects and arrays at byte {at}",
                    super::MAX_DEPTH
                )
            }
            Reason::NotEnvelope => {
                write!(f, "the answer is not an object with `Response` in it (byte {at})")
            }
            Reason::Trailing => write!(f, "the answer is followed by more data at byte {at}"),
            Reason::WrongType(field) => {
                write!(f, "`{}` must be {} (byte {at})", field.name(), field.allowed())
            }
            Reason::Duplicate(field) => {
                write!(f, "`{}` occurs twice, again at byte {at}", field.name())
            }
            Reason::NoCode => write!(f, "`Error` has no `Code` (byte {at})"),
        }
    }
}

/// Displays a byte as a character, by name or in hex.
struct Shown(u8);

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self.0 {
            b' ' => "a space",
            b'\n' => "a line feed",
            b'!'..=b'~' => return write!(f, "'{}'", char::from(self.0)),
            byte => return write!(f, "0x{byte:02x}"),
        };
        f.write_str(name)
    }
}

impl core::error::Error for Malformed {}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::string::ToString;

    #[test]
    fn each_reason_names_what_is_wrong_and_where() {
        let sentences = [
            (Reason::Truncated, "the answer ends too early, after 7 bytes"),
            (Reason::Syntax(b','), "the answer is not JSON: ',' is not allowed at byte 7"),
            (Reason::Syntax(b' '), "the answer is not JSON: a space is not allowed at byte 7"),
            (Reason::Syntax(b'\n'), "the answer is not JSON: a line feed is not allowed at byte 7"),
            (Reason::Syntax(0x1f), "the answer is not JSON: 0x1f is not allowed at byte 7"),
            (Reason::Syntax(0xa0), "the answer is not JSON: 0xa0 is not allowed at byte 7"),
            (
                Reason::BadEscape,
                r#"the answer is not JSON: invalid escape at byte 7 (\" \\ \/ \b \f \n \r \t and \uhhhh are allowed)"#,
            ),
            (Reason::NotUtf8, "the answer is not UTF-8 at byte 7"),
            (Reason::TooDeep, "the answer is nested deeper than 64 objects and arrays at byte 7"),
            (Reason::NotEnvelope, "the answer is not an object with `Response` in it (byte 7)"),
            (Reason::Trailing, "the answer is followed by more data at byte 7"),
            (Reason::WrongType(EnvelopeField::Response), "`Response` must be an object (byte 7)"),
            (Reason::WrongType(EnvelopeField::Error), "`Error` must be an object or null (byte 7)"),
            (Reason::WrongType(EnvelopeField::Message), "`Message` must be a string or null (byte 7)"),
            (Reason::WrongType(EnvelopeField::Code), "`Code` must be a string (byte 7)"),
            (Reason::Duplicate(EnvelopeField::RequestId), "`RequestId` occurs twice, again at byte 7"),
            (Reason::NoCode, "`Error` has no `Code` (byte 7)"),
        ];
        for (reason, sentence) in sentences {
            assert_eq!(Malformed { at: 7, reason, is_envelope: true }.to_string(), sentence);
        }
    }
}
