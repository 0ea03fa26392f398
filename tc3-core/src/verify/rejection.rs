//! Why a request is refused, and the code that the service answers with.

use core::{error::Error, fmt};

/// A part of a request that has to be there, and to be well formed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Item {
    /// The header Authorization.
    Authorization,
    /// The algorithm in it.
    Algorithm,
    /// `Credential=` in it.
    Credential,
    /// `SignedHeaders=` in it: strictly ascending lower-case names.
    SignedHeaders,
    /// `Signature=` in it, or the parameter.
    Signature,
    /// A header that is named in SignedHeaders.
    SignedHeader,
    /// The header Host.
    Host,
    /// The header Content-Type.
    ContentType,
    /// `X-TC-Action` or the parameter.
    Action,
    /// `X-TC-Version` or the parameter.
    Version,
    /// `X-TC-Region`.
    Region,
    /// `X-TC-Timestamp` or the parameter.
    Timestamp,
    /// `X-TC-Token` or the parameter.
    Token,
    /// `X-TC-Content-SHA256`.
    ContentSha256,
    /// The parameter Nonce.
    Nonce,
    /// The parameter SecretId.
    SecretId,
    /// The parameter SignatureMethod.
    SignatureMethod,
    /// The request target.
    Target,
}

impl Item {
    const fn name(self) -> &'static str {
        match self {
            Self::Authorization => "Authorization",
            Self::Algorithm => "the algorithm of Authorization",
            Self::Credential => "Credential",
            Self::SignedHeaders => "SignedHeaders",
            Self::Signature => "Signature",
            Self::SignedHeader => "a header of SignedHeaders",
            Self::Host => "Host",
            Self::ContentType => "Content-Type",
            Self::Action => "Action",
            Self::Version => "Version",
            Self::Region => "Region",
            Self::Timestamp => "Timestamp",
            Self::Token => "Token",
            Self::ContentSha256 => "X-TC-Content-SHA256",
            Self::Nonce => "Nonce",
            Self::SecretId => "SecretId",
            Self::SignatureMethod => "SignatureMethod",
            Self::Target => "the request target",
        }
    }

    /// Whether it belongs to what the service calls the Authorization.
    const fn is_authorization(self) -> bool {
        matches!(
            self,
            Self::Authorization
                | Self::Algorithm
                | Self::Credential
                | Self::SignedHeaders
                | Self::SignedHeader
        )
    }
}

/// Why a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Rejection {
    /// A method other than GET and POST.
    Method,
    /// Something is missing.
    Missing(Item),
    /// Something is not of its form, or there twice.
    Malformed(Item),
    /// A POST with a query, which no signature covers.
    Query,
    /// A v1 GET with a body, which the signature does not cover.
    Body,
    /// A parameter that is percent-encoded in a wrong way, or that is there twice.
    Parameter {
        /// Its position among the parameters received, or, for one there twice, among the sorted.
        index: usize,
    },
    /// More parameters than the caller has lent room for.
    TooManyParameters {
        /// The room.
        room: usize,
    },
    /// `Authorization: SKIP`.
    Unsigned,
    /// SignedHeaders without content-type or without host.
    Uncovered,
    /// The date of the credential is not the UTC date of the timestamp.
    Date,
    /// The service of the credential is not that of the host.
    Service,
    /// The body or URL is larger than the service takes under TC3.
    TooLarge {
        /// Its size in bytes.
        bytes: u64,
        /// The most there may be.
        limit: u64,
    },
    /// The body or URL is larger than the service takes under v1.
    TooLargeForV1 {
        /// Its size in bytes.
        bytes: u64,
        /// The most there may be.
        limit: u64,
    },
    /// The id is not that of the credentials.
    SecretId,
    /// The token is not that of the credentials.
    Token,
    /// The clocks differ by more than the window.
    Expired {
        /// By how many seconds they differ.
        seconds: u64,
        /// The most they may.
        window: u32,
    },
    /// The signature is wrong.
    Signature,
}

impl Rejection {
    /// The error code that the service answers with.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Method => "UnsupportedProtocol",
            Self::Missing(item) | Self::Malformed(item) if item.is_authorization() => {
                "AuthFailure.InvalidAuthorization"
            }
            Self::Missing(_) => "MissingParameter",
            // An unencoded `+` in a v1 signature, for one, arrives as a blank.
            Self::Malformed(Item::Signature) => "AuthFailure.SignatureFailure",
            Self::Malformed(_) => "InvalidParameterValue",
            Self::Query | Self::Body => "InvalidRequest",
            Self::Parameter { .. } | Self::TooManyParameters { .. } => "InvalidParameter",
            Self::Unsigned | Self::Uncovered | Self::Date | Self::Service => {
                "AuthFailure.InvalidAuthorization"
            }
            Self::TooLarge { .. } => "RequestSizeLimitExceeded",
            Self::SecretId => "AuthFailure.SecretIdNotFound",
            Self::Token => "AuthFailure.TokenFailure",
            Self::Expired { .. } => "AuthFailure.SignatureExpire",
            Self::Signature | Self::TooLargeForV1 { .. } => "AuthFailure.SignatureFailure",
        }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Method => f.write_str("the method is neither GET nor POST"),
            Self::Missing(item) => write!(f, "{} is missing", item.name()),
            Self::Malformed(item) => write!(f, "{} is malformed", item.name()),
            Self::Query => f.write_str("a POST has a query, which no signature covers"),
            Self::Body => f.write_str("a GET has a body, which no signature covers"),
            Self::Parameter { index } => write!(f, "parameter {index} is malformed or there twice"),
            Self::TooManyParameters { room } => write!(f, "there are more than {room} parameters"),
            Self::Unsigned => f.write_str("the request is not signed"),
            Self::Uncovered => f.write_str("SignedHeaders lacks content-type or host"),
            Self::Date => f.write_str("the date in Credential is not the UTC date of the timestamp"),
            Self::Service => f.write_str("the service in Credential is not that of the host"),
            Self::TooLarge { bytes, limit } => write!(f, "{bytes} bytes are more than {limit}"),
            Self::TooLargeForV1 { bytes, limit } => {
                write!(f, "{bytes} bytes are more than {limit}: please use TC3-HMAC-SHA256")
            }
            Self::SecretId => f.write_str("the secret id is not found"),
            Self::Token => f.write_str("the token is not that of the secret id"),
            Self::Expired { seconds, window } => {
                write!(f, "the timestamp is {seconds} s off, at most {window} s are allowed")
            }
            Self::Signature => f.write_str("the signature is wrong"),
        }
    }
}

impl Error for Rejection {}
