//! What can be wrong with a value that a caller supplies, with the evidence.

use crate::limit::Limit;
use core::{error::Error, fmt};

/// A string or body that a caller supplies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Field {
    /// Product name, the first label of the host.
    Service,
    /// API version, such as `2017-03-12`.
    Version,
    /// The signed host.
    Host,
    /// The path of the request target.
    Path,
    /// The action called.
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
            Self::Version | Self::Action | Self::TraceId | Self::SecretKey | Self::Token => {
                "visible ASCII characters"
            }
            Self::Host => "letters, digits and . - _ : [ ]",
            Self::Path => "characters of a URL path",
            Self::Region => "lower-case letters, digits and '-'",
            Self::RequestClient => "letters, digits, - _ , ; . and spaces inside",
            Self::SecretId => "visible ASCII characters but '/' and ','",
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
    /// Headers of the caller.
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

    const fn allowed_in_names(self) -> &'static str {
        match self {
            Self::Parameters => "letters, digits and '.'",
            Self::Headers => "letters, digits and !#$%&'*+-.^_`|~",
            Self::Parts => UNQUOTED,
        }
    }

    const fn allowed_in_values(self) -> &'static str {
        match self {
            Self::Headers => "printable ASCII characters and tabs",
            Self::Parameters | Self::Parts => UNQUOTED,
        }
    }
}

const UNQUOTED: &str = "all characters but '\"', '\\' and control characters";

/// What is wrong with one item of a [`List`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Fault {
    /// The name is empty.
    EmptyName,
    /// The value is empty. The protocol does not define what that means.
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
    /// The value contains a byte that is not allowed.
    Value {
        /// Offset in the value.
        at: usize,
        /// The byte.
        byte: u8,
    },
    /// The value begins or ends with a space or tab, which a receiver removes.
    Padded,
    /// An earlier item of the list has the same name.
    Duplicate,
    /// The signer writes this name itself.
    Reserved,
    /// A v1 name such as `A.0` beside a list or object called `A`.
    Overlap,
    /// Lists and objects are nested too deeply.
    TooDeep {
        /// The deepest nesting allowed.
        limit: usize,
    },
    /// The list has too many items.
    TooMany {
        /// The largest number allowed.
        limit: usize,
    },
    /// The data contains the boundary that ends it.
    Boundary,
    /// `SignRegion` in a call without a region.
    Absent,
    /// A signed header under signature v1, which signs none.
    Unsignable,
}

impl Limit {
    pub(crate) const fn check(self, bytes: u64) -> Result<(), Invalid> {
        if bytes > self.bytes() { Err(Invalid::TooLarge { limit: self, bytes }) } else { Ok(()) }
    }
}

/// Why a value cannot become part of a request.
///
/// Nothing has been signed or written when it is returned.
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
        /// Which.
        field: Field,
    },
    /// A field contains a byte that is not allowed.
    Byte {
        /// Which.
        field: Field,
        /// Offset of the byte.
        at: usize,
        /// The byte.
        byte: u8,
    },
    /// A field is too long.
    TooLong {
        /// Which.
        field: Field,
        /// Its length in bytes.
        len: usize,
        /// The longest allowed.
        limit: usize,
    },
    /// The request is larger than the service accepts.
    TooLarge {
        /// What is limited.
        limit: Limit,
        /// Its size in bytes.
        bytes: u64,
    },
    /// One item of a list is wrong.
    Item {
        /// Which list.
        list: List,
        /// Position in the list, from 0.
        index: usize,
        /// What is wrong.
        fault: Fault,
    },
    /// A time after the year 9999, most likely in milliseconds.
    Milliseconds {
        /// The number that was passed as seconds.
        seconds: u64,
    },
    /// Finance regions are isolated: only the regional host of the same region reaches them.
    Isolated,
    /// A host under `tencentcloudapi` that belongs to another service.
    OtherService,
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Empty { field } => write!(f, "{} is empty", field.name()),
            Self::Byte { field: Field::Query, at, byte: b'%' } => {
                write!(f, "query: '%' at byte {at} must be followed by two hex digits")
            }
            Self::Byte { field: Field::Path, at: 0, byte } if byte.is_ascii_graphic() => {
                write!(f, "path: must begin with '/', not with {}", Shown(byte))
            }
            Self::Byte { field, at, byte } => {
                let (name, shown, allowed) = (field.name(), Shown(byte), field.allowed());
                write!(f, "{name}: {shown} is not allowed at byte {at} ({allowed} are)")
            }
            Self::TooLong { field, len, limit } => {
                write!(f, "{} has {len} bytes; the limit is {limit}", field.name())
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
                write!(f, "{} at index {index}: {fault}", list.item())?;
                match fault {
                    Fault::Name { .. } => write!(f, " ({} are)", list.allowed_in_names()),
                    Fault::Value { .. } => write!(f, " ({} are)", list.allowed_in_values()),
                    _ => Ok(()),
                }
            }
            Self::Milliseconds { seconds } => {
                write!(f, "{seconds} s is after the year 9999: pass seconds, not milliseconds")
            }
            Self::Isolated => {
                f.write_str("a finance region is reached only through the regional host of the same region")
            }
            Self::OtherService => f.write_str("the host belongs to another service"),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::EmptyName => f.write_str("the name is empty"),
            Self::EmptyValue => f.write_str("the value is empty"),
            Self::Name { at, byte } => write!(f, "{} is not allowed at byte {at} of the name", Shown(byte)),
            Self::Underscore { at } => write!(f, "'_' is not allowed at byte {at} of the name"),
            Self::Value { at, byte } => write!(f, "{} is not allowed at byte {at} of the value", Shown(byte)),
            Self::Padded => f.write_str("the value begins or ends with a space or tab"),
            Self::Duplicate => f.write_str("the name occurs twice"),
            Self::Reserved => f.write_str("the signer writes this name itself"),
            Self::Overlap => f.write_str("the name is also a name inside a list or object"),
            Self::TooDeep { limit } => write!(f, "nested deeper than {limit} lists and objects"),
            Self::TooMany { limit } => write!(f, "too many members: the limit is {limit}"),
            Self::Boundary => f.write_str("the data contains the boundary"),
            Self::Absent => f.write_str("SignRegion needs a region, and the call has none"),
            Self::Unsignable => f.write_str("signature v1 cannot sign headers"),
        }
    }
}

/// A byte as a person would name it.
struct Shown(u8);

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            b' ' => f.write_str("a space"),
            b'\t' => f.write_str("a tab"),
            b'\n' => f.write_str("a line feed"),
            b'\r' => f.write_str("a carriage return"),
            byte if byte.is_ascii_graphic() => write!(f, "'{}'", char::from(byte)),
            byte if byte.is_ascii() => write!(f, "control character 0x{byte:02x}"),
            byte => write!(f, "non-ASCII byte 0x{byte:02x}"),
        }
    }
}

impl Error for Invalid {}
