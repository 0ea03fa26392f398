//! What can be wrong with a request, each with its evidence.

use crate::time::Timestamp;
use core::{error::Error, fmt, str};

/// A text that a caller supplies.
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
    /// The credential's id.
    SecretId,
    /// The credential's key.
    SecretKey,
    /// The token of a temporary credential.
    Token,
    /// A query that is percent-encoded already.
    Query,
    /// The boundary between the parts of a multipart body.
    Boundary,
    /// A body that has to be UTF-8.
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
}

/// A list that a caller supplies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum List {
    /// Parameters of a query or form.
    Parameters,
    /// Further headers.
    Headers,
    /// Parts of a multipart body.
    Parts,
}

/// What is wrong with one item of a [`List`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Fault {
    /// It has no name.
    EmptyName,
    /// It has no value, where the protocol leaves open what an empty one means.
    EmptyValue,
    /// Its name has a byte that may not stand there.
    Name {
        /// Offset in the name.
        at: usize,
        /// The byte.
        byte: u8,
    },
    /// Its v1 name has an `_`, which SDKs and the service spell in different ways.
    Underscore {
        /// Offset in the name.
        at: usize,
    },
    /// Its value has a byte that may not stand there.
    Value {
        /// Offset in the value.
        at: usize,
        /// The byte.
        byte: u8,
    },
    /// Its value begins or ends with a blank, which a receiver trims.
    Blank,
    /// An item of this name is in the list already.
    Duplicate,
    /// Its name is one that the signer itself writes.
    Reserved,
    /// A v1 name such as `A.0` beside a list or object called `A`.
    Overlap,
    /// Lists and objects nested deeper than [`MAX_DEPTH`](crate::MAX_DEPTH).
    TooDeep,
    /// More items than can be put in order without storage.
    TooMany {
        /// The most that can.
        limit: usize,
    },
    /// Its data holds the boundary that should end it.
    Boundary,
    /// It should be signed, and the call does not send it.
    Absent,
    /// Signature v1 signs no headers.
    Unsignable,
}

/// A size that the service limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Limit {
    /// The whole URL of a GET: 32 KiB.
    GetUrl,
    /// The form body of a v1 POST: 1 MiB.
    FormBody,
    /// The body of a TC3 POST: 10 MiB.
    Body,
}

impl Limit {
    /// The limit in bytes: "The size of a GET request packet is up to 32 KB. The size of a POST
    /// request is up to 1 MB when the HmacSHA1 or HmacSHA256 signature algorithm is used, and up
    /// to 10 MB when TC3-HMAC-SHA256 is used."
    #[must_use]
    pub const fn bytes(self) -> u64 {
        match self {
            Self::GetUrl => 32 * 1024,
            Self::FormBody => 1024 * 1024,
            Self::Body => 10 * 1024 * 1024,
        }
    }

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
/// let wrong = Api::new("cvm.tencentcloudapi.com", "2017-03-12");
/// assert_eq!(wrong.unwrap_err(), Invalid::Byte { field: Field::Service, at: 3, byte: b'.' });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Invalid {
    /// A text is missing.
    Empty {
        /// Which.
        field: Field,
    },
    /// A text has a byte that may not stand there.
    Byte {
        /// Which.
        field: Field,
        /// Offset of the byte.
        at: usize,
        /// The byte.
        byte: u8,
    },
    /// A text is too long.
    TooLong {
        /// Which.
        field: Field,
        /// Its length in bytes.
        len: usize,
        /// The longest allowed.
        limit: usize,
    },
    /// The request is larger than the service takes.
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
    /// A time after the year 9999: milliseconds, most likely.
    Milliseconds {
        /// What was given as seconds.
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
                write!(f, "query has a % at byte {at} that two hex digits should follow")
            }
            Self::Byte { field, at, byte: b' ' } => write!(f, "{} has a blank at byte {at}", field.name()),
            Self::Byte { field, at, byte } => {
                write!(f, "{} has 0x{byte:02x} at byte {at}", field.name())
            }
            Self::TooLong { field, len, limit } => {
                write!(f, "{} has {len} bytes, at most {limit} fit", field.name())
            }
            Self::TooLarge { limit, bytes } => {
                let what = match limit {
                    Limit::GetUrl => "URL of a GET",
                    Limit::FormBody => "form body",
                    Limit::Body => "body",
                };
                write!(f, "{what} has {bytes} bytes, the service takes {}", limit.bytes())
            }
            Self::Item { list, index, fault } => {
                let item = match list {
                    List::Parameters => "parameter",
                    List::Headers => "header",
                    List::Parts => "part",
                };
                write!(f, "{item} {index} {fault}")
            }
            Self::Milliseconds { seconds } => {
                write!(f, "{seconds} s is after the year 9999: seconds are wanted, not milliseconds")
            }
            Self::Isolated => f.write_str(
                "a finance region is reached by its own host only: Host::Regional of the same region",
            ),
            Self::OtherService => f.write_str("the host belongs to another service"),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::EmptyName => f.write_str("has no name"),
            Self::EmptyValue => f.write_str("has an empty value"),
            Self::Name { at, byte } => write!(f, "has 0x{byte:02x} at byte {at} of its name"),
            Self::Underscore { at } => write!(f, "has an underscore at byte {at} of its name"),
            Self::Value { at, byte } => write!(f, "has 0x{byte:02x} at byte {at} of its value"),
            Self::Blank => f.write_str("has a value that begins or ends with a blank"),
            Self::Duplicate => f.write_str("has the name of another one"),
            Self::Reserved => f.write_str("has a name that the signer writes itself"),
            Self::Overlap => f.write_str("has a name inside that of a list or object"),
            Self::TooDeep => write!(f, "is nested deeper than {}", crate::MAX_DEPTH),
            Self::TooMany { limit } => write!(f, "is one too many: {limit} can be ordered"),
            Self::Boundary => f.write_str("has the boundary in its data"),
            Self::Absent => f.write_str("should be signed and is not sent"),
            Self::Unsignable => f.write_str("cannot be signed by signature v1"),
        }
    }
}

impl Error for Invalid {}

/// The buffer cannot hold the text; nothing of it is left in the buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct BufferTooSmall {
    /// Bytes that the text needs.
    pub needed: usize,
    /// Bytes that the buffer has.
    pub given: usize,
}

impl fmt::Display for BufferTooSmall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "text needs {} bytes, buffer has {}", self.needed, self.given)
    }
}

impl Error for BufferTooSmall {}

/// The text is not the value of an HTTP `Date` header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct NotADate {
    /// Offset of the first byte that does not fit.
    pub at: usize,
}

impl fmt::Display for NotADate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "byte {} does not fit the form `Sun, 06 Nov 1994 08:49:37 GMT`", self.at)
    }
}

impl Error for NotADate {}

/// A [`SigningKey`](crate::SigningKey) was asked for what it does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum WrongKey {
    /// The key is for another UTC day; both in days since 1970-01-01.
    Day {
        /// The key's day.
        key: u32,
        /// The day of the request's timestamp.
        request: u32,
    },
    /// The key is for another service: [`SigningKey::service`](crate::SigningKey::service) says for which.
    Service,
}

impl fmt::Display for WrongKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day { key, request } => {
                let dates = [key, request].map(|day| Timestamp::of_day(*day).date());
                let [key, request] = dates.each_ref().map(|date| str::from_utf8(date).unwrap_or_default());
                write!(f, "signing key is for {key}, request is of {request} (both in UTC)")
            }
            Self::Service => f.write_str("signing key is for another service"),
        }
    }
}

impl Error for WrongKey {}
