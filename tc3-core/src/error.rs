//! Errors in the values that a caller supplies.

use crate::limit::Limit;
use core::{error::Error, fmt};

/// A string or body that a caller supplies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Field {
    /// The name of the service, which is the first label of its host name.
    Service,
    /// API version, such as `2017-03-12`.
    Version,
    /// The signed host.
    Host,
    /// The path of the request target.
    Path,
    /// The name of the action.
    Action,
    /// The region whose data the action works on.
    Region,
    /// `X-TC-RequestClient`.
    RequestClient,
    /// `X-TC-TraceId`.
    TraceId,
    /// The SecretId of the credentials.
    SecretId,
    /// The SecretKey of the credentials.
    SecretKey,
    /// The token of temporary credentials.
    Token,
    /// A query that is percent-encoded already.
    Query,
    /// The boundary between the parts of a multipart body.
    Boundary,
    /// A body that must be UTF-8.
    Body,
}

impl Field {
    const fn name(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Version => "version",
            Self::Host => "host",
            Self::Path => "path",
            Self::Action => "action",
            Self::Region => "region",
            Self::RequestClient => "request client",
            Self::TraceId => "trace id",
            Self::SecretId => "secret id",
            Self::SecretKey => "secret key",
            Self::Token => "token",
            Self::Query => "query",
            Self::Boundary => "boundary",
            Self::Body => "body",
        }
    }

    const fn allowed(self) -> &'static str {
        match self {
            Self::Service => "letters, digits and '-'",
            Self::TraceId | Self::SecretKey | Self::Token => "visible ASCII characters",
            Self::Version => "dates such as 2017-03-12",
            Self::Host => "letters, digits and .-_:[]",
            Self::Path => "characters of a URL path after '/'",
            Self::Region => "lower-case letters, digits and '-'",
            Self::RequestClient => "letters, digits, inner spaces and -_,;.",
            Self::Action | Self::SecretId => "visible ASCII characters but '/' and ','",
            Self::Query => "characters of a URL query",
            Self::Boundary => "lower-case letters, digits and !#$%&'*+-.^_`{|}~",
            Self::Body => "bytes of UTF-8",
        }
    }
}

/// A list that a caller supplies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum List {
    /// Parameters of a query or form.
    Parameters,
    /// Headers that the caller adds.
    Headers,
    /// Parts of a multipart body.
    Parts,
}

impl List {
    const fn item(self) -> &'static str {
        match self {
            Self::Parameters => "parameter",
            Self::Headers => "header",
            Self::Parts => "part",
        }
    }

    const fn allowed(self, fault: Fault) -> &'static str {
        match (self, fault) {
            (Self::Parameters, Fault::Name { .. } | Fault::Underscore { .. }) => {
                " (letters, digits and '.' are)"
            }
            (Self::Headers, Fault::Name { .. }) => " (letters, digits and !#$%&'*+-.^_`|~ are)",
            (Self::Headers, Fault::Value { .. }) => " (printable ASCII characters and tabs are)",
            (Self::Parts, Fault::Name { .. } | Fault::Value { .. }) => " (all but control characters are)",
            _ => "",
        }
    }
}

/// What is wrong with one item of a [`List`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Fault {
    /// The name is empty.
    EmptyName,
    /// The value of a v1 parameter is empty. SDKs treat empty values in different ways.
    EmptyValue,
    /// The name contains a byte that is not allowed.
    Name {
        /// Offset in the name.
        at: usize,
        /// The byte.
        byte: u8,
    },
    /// The name of a v1 parameter contains `_`, which SDKs and the service write in different ways.
    Underscore {
        /// Offset in the name.
        at: usize,
    },
    /// The value of a header, or the file name or Content-Type of a part, contains a byte that is not allowed.
    Value {
        /// Offset in the value.
        at: usize,
        /// The byte.
        byte: u8,
    },
    /// The value begins or ends with a space or tab, which a receiver would remove.
    Padded,
    /// An earlier item of the list has the same name.
    Duplicate,
    /// The signer writes this name itself.
    Reserved,
    /// A v1 parameter has a name such as `A.0`, and another one named `A` is a list or object.
    Overlap,
    /// Lists and objects are nested too deeply.
    TooDeep {
        /// Maximum nesting depth.
        limit: usize,
    },
    /// The list of parameters, or an object in it, has too many members.
    TooMany {
        /// Maximum number of members.
        limit: usize,
    },
    /// The data of a part contains `--` and the boundary.
    Boundary,
    /// The call has `SignRegion` but no region.
    Absent,
    /// The header is marked as signed, but signature v1 signs no headers.
    Unsignable,
}

impl Limit {
    pub(crate) const fn check(self, bytes: u64) -> Result<(), Invalid> {
        if bytes > self.bytes() { Err(Invalid::TooLarge { limit: self, bytes }) } else { Ok(()) }
    }
}

/// Why a value cannot become part of a request.
///
/// When this error is returned, nothing has been signed or written.
///
/// ```
/// use tc3_core::{Api, Field, Invalid};
///
/// let wrong = Api::new("cvm.tencentcloudapi.com", "2017-03-12").unwrap_err();
/// assert_eq!(wrong, Invalid::Byte { field: Field::Service, at: 3, byte: b'.' });
/// assert_eq!(wrong.to_string(), "service: '.' is not allowed at byte 3 (letters, digits and '-' are)");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Invalid {
    /// A field is empty.
    Empty {
        /// The empty field.
        field: Field,
    },
    /// A field contains a byte that is not allowed.
    Byte {
        /// The field that contains the byte.
        field: Field,
        /// Offset of the byte.
        at: usize,
        /// The byte.
        byte: u8,
    },
    /// A field is too long.
    TooLong {
        /// The field that is too long.
        field: Field,
        /// Its length in bytes.
        len: usize,
        /// Maximum length in bytes.
        limit: usize,
    },
    /// A field is too short.
    TooShort {
        /// The field that is too short.
        field: Field,
        /// Its length in bytes.
        len: usize,
        /// Minimum length in bytes.
        least: usize,
    },
    /// The request is larger than the service accepts.
    TooLarge {
        /// The limit that is exceeded.
        limit: Limit,
        /// Size of the URL or body in bytes.
        bytes: u64,
    },
    /// One item of a list is wrong.
    Item {
        /// The list that contains the item.
        list: List,
        /// Position in the list, from 0.
        index: usize,
        /// What is wrong.
        fault: Fault,
    },
    /// The time is after the year 9999, probably because it is in milliseconds.
    Milliseconds {
        /// The number that was passed as seconds.
        seconds: u64,
    },
    /// Finance regions are isolated: only the regional host of the same region reaches them.
    Isolated,
    /// The host is one of Tencent's, but belongs to another service.
    OtherService,
    /// What is in brackets is not an IPv6 address, or the host has more than one colon outside brackets.
    NotIpv6,
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Empty { field } => write!(f, "{} is empty", field.name()),
            Self::Byte { field: Field::Query, at, byte: b'%' } => {
                write!(f, "query: '%' at byte {at} must be followed by two hex digits")
            }
            Self::Byte { field, at, byte } => {
                let (name, shown, allowed) = (field.name(), Shown(byte), field.allowed());
                write!(f, "{name}: {shown} is not allowed at byte {at} ({allowed} are)")?;
                match (field, at, byte) {
                    (Field::Version, 0, b'A'..=b'Z') => f.write_str("; action and version may be swapped"),
                    (Field::Version, 0, b'a'..=b'z') => f.write_str("; service and version may be swapped"),
                    _ => Ok(()),
                }
            }
            Self::TooLong { field, len, limit } => {
                write!(f, "{} has {len} bytes; the limit is {limit}", field.name())
            }
            Self::TooShort { field, len, least } => {
                write!(f, "{} has {len} bytes; {least} are needed", field.name())
            }
            Self::TooLarge { limit, bytes } => {
                let what = match limit {
                    Limit::GetUrl => "the URL of the GET",
                    Limit::FormBody => "the form body",
                    Limit::Body => "the body",
                };
                write!(f, "{what} has {bytes} bytes; the service's limit is {}", limit.bytes())
            }
            Self::Item { list, index, fault: Fault::TooMany { limit } } if index == limit => {
                write!(f, "too many {}s: the limit is {limit}", list.item())
            }
            Self::Item { list, index, fault } => {
                let (name, allowed) = (list.item(), list.allowed(fault));
                write!(f, "{name} at index {index}: {fault}{allowed}")
            }
            Self::Milliseconds { seconds } => {
                write!(f, "{seconds} s is after the year 9999: pass seconds, not milliseconds")
            }
            Self::Isolated => f.write_str("a finance region is reached only by its own regional host"),
            Self::OtherService => f.write_str("the host belongs to another service"),
            Self::NotIpv6 => f.write_str("host: not an IPv6 address such as [::1] or [2001:db8::1]:8443"),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::EmptyName => f.write_str("the name is empty"),
            Self::EmptyValue => f.write_str("the value is empty"),
            Self::Name { at, byte } => write!(f, "{} is not allowed at byte {at} of the name", Shown(byte)),
            Self::Underscore { at } => Self::Name { at, byte: b'_' }.fmt(f),
            Self::Value { at, byte } => write!(f, "{} is not allowed at byte {at} of the value", Shown(byte)),
            Self::Padded => f.write_str("the value begins or ends with a space or tab"),
            Self::Duplicate => f.write_str("the name occurs twice"),
            Self::Reserved => f.write_str("the signer writes this name itself"),
            Self::Overlap => f.write_str("the name lies inside a list or object"),
            Self::TooDeep { limit } => write!(f, "nested deeper than {limit}"),
            Self::TooMany { limit } => write!(f, "too many members: the limit is {limit}"),
            Self::Boundary => f.write_str("the data contains the boundary"),
            Self::Absent => f.write_str("SignRegion needs a region, and the call has none"),
            Self::Unsignable => f.write_str("signature v1 cannot sign headers"),
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
            b'\r' => "a carriage return",
            b'!'..=b'~' => return write!(f, "'{}'", char::from(self.0)),
            byte => return write!(f, "0x{byte:02x}"),
        };
        f.write_str(name)
    }
}

impl Error for Invalid {}
