//! Why a request is rejected, and the error code for the response.

use super::HeaderName;
use core::{error::Error, fmt};

/// A part of a request that is missing or malformed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Item {
    /// The header `Authorization`.
    Authorization,
    /// The algorithm in `Authorization`.
    Algorithm,
    /// `Credential=` in `Authorization`.
    Credential,
    /// `SignedHeaders=` in `Authorization`.
    SignedHeaders,
    /// `Signature=` in `Authorization`, or the parameter `Signature` of v1.
    Signature,
    /// The service in `Credential`, or in v1 that of the host.
    Service,
    /// The header `Host`, or `:authority` of HTTP/2.
    Host,
    /// The header `Content-Type`.
    ContentType,
    /// The header `X-TC-Action`, or the parameter `Action` of v1.
    Action,
    /// The header `X-TC-Version`.
    Version,
    /// The header `X-TC-Region`.
    Region,
    /// The header `X-TC-Timestamp`, or the parameter `Timestamp` of v1.
    Timestamp,
    /// The header `X-TC-Token`.
    Token,
    /// The header `X-TC-Content-SHA256`.
    ContentSha256,
    /// The parameter `Nonce` of v1.
    Nonce,
    /// The parameter `SecretId` of v1.
    SecretId,
    /// The parameter `SignatureMethod` of v1.
    SignatureMethod,
    /// The request target: path and query.
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
            Self::Service => "the service",
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

    /// The rule for the item. It completes the sentence "`name` must …".
    const fn requirement(self) -> &'static str {
        match self {
            Self::Authorization => "be 'TC3-HMAC-SHA256 Credential=..., SignedHeaders=..., Signature=...'",
            Self::Algorithm => "be TC3-HMAC-SHA256",
            Self::Credential => "be SecretId/YYYY-MM-DD/service/tc3_request, with the service in lower case",
            Self::SignedHeaders => "be up to 64 names in lower case and ascending order, joined by ';'",
            Self::Signature => "be 64 lower-case hex digits, or base64 in signature v1",
            Self::Service => "be in lower case",
            Self::Action | Self::Version | Self::Region | Self::Token | Self::SecretId => "be UTF-8",
            Self::Host => "consist of letters, digits and . - _ : [ ]",
            Self::ContentType => "be application/x-www-form-urlencoded in signature v1",
            Self::Timestamp => "be seconds since 1970 in decimal digits, without a leading zero",
            Self::ContentSha256 => "be UNSIGNED-PAYLOAD if it is sent",
            Self::Nonce => "be a positive number in decimal digits",
            Self::SignatureMethod => "be HmacSHA256: this verifier was built without HmacSHA1",
            Self::Target => "begin with '/'",
        }
    }

    /// Whether the service answers a wrong item with `AuthFailure.InvalidAuthorization`.
    const fn is_authorization(self) -> bool {
        matches!(
            self,
            Self::Authorization | Self::Algorithm | Self::Credential | Self::SignedHeaders | Self::Service
        )
    }
}

/// Why a request is rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Rejection {
    /// A method other than GET and POST.
    Method,
    /// An item is missing.
    Missing(Item),
    /// An item is malformed.
    Malformed(Item),
    /// `SignedHeaders` lists a header that the request does not have.
    MissingHeader(HeaderName),
    /// A header that is read or signed occurs twice, so that signer and receiver could read different values.
    RepeatedHeader(HeaderName),
    /// The value of a header that is read or signed contains a control character.
    MalformedHeader(HeaderName),
    /// `Host` and the pseudo-header `:authority` differ.
    Authority,
    /// A POST has a query, which would not be signed.
    Query,
    /// A v1 GET has a body, which would not be signed.
    Body,
    /// A v1 parameter has no name, contains a `%` without two hex digits, or occurs twice.
    Parameter {
        /// Index of the parameter, from 0, in the order received. For a name that occurs twice it is the index after sorting by name.
        index: usize,
    },
    /// There are more v1 parameters than the caller's buffer can hold.
    TooManyParameters {
        /// The number of parameters that the buffer can hold.
        capacity: usize,
    },
    /// The request is not signed: `Authorization: SKIP`.
    Unsigned,
    /// `SignedHeaders` lacks `content-type` or `host`, so that header is not signed.
    Uncovered,
    /// The date in `Credential` is not the UTC date of the timestamp.
    Date,
    /// The service in `Credential` is not the service of the host.
    Service,
    /// The body or URL is larger than the service accepts with TC3.
    TooLarge {
        /// Size of the body or URL in bytes.
        bytes: u64,
        /// Maximum size in bytes.
        limit: u64,
    },
    /// The body or URL is larger than the service accepts with v1.
    TooLargeForV1 {
        /// Size of the body or URL in bytes.
        bytes: u64,
        /// Maximum size in bytes.
        limit: u64,
    },
    /// The SecretId is not that of the verifier's credentials.
    SecretId,
    /// The token is not that of the verifier's credentials.
    Token,
    /// The timestamp and the verifier's clock differ by more than the window.
    Expired {
        /// The difference in seconds.
        seconds: u64,
        /// Maximum difference in seconds.
        window: u32,
    },
    /// The signature is wrong.
    Signature,
    /// [`Demands`](super::Demands) require that this header is signed, and it is not.
    UnsignedHeader(HeaderName),
    /// [`Demands`](super::Demands) require that the body is signed, and it is not: `UNSIGNED-PAYLOAD`.
    UnsignedBody,
    /// The host, service, action, version or region is not in the list of the [`Demands`](super::Demands).
    NotAllowed(Item),
}

impl Rejection {
    /// The error code that the service returns for this request. If only [`Demands`](super::Demands) refuse the
    /// request, it is the service's code with the nearest meaning.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Method => "UnsupportedProtocol",
            Self::Missing(item) | Self::Malformed(item) if item.is_authorization() => {
                "AuthFailure.InvalidAuthorization"
            }
            Self::Missing(_) => "MissingParameter",
            // A malformed signature counts as a wrong one: a `+` that a client did not percent-encode arrives as a space.
            Self::Malformed(Item::Signature) => "AuthFailure.SignatureFailure",
            Self::NotAllowed(Item::Action) => "InvalidAction",
            Self::NotAllowed(Item::Version) => "NoSuchVersion",
            Self::NotAllowed(Item::Region) => "UnsupportedRegion",
            Self::Malformed(_) => "InvalidParameterValue",
            Self::Query
            | Self::Body
            | Self::RepeatedHeader(_)
            | Self::MalformedHeader(_)
            | Self::Authority => "InvalidRequest",
            Self::Parameter { .. } | Self::TooManyParameters { .. } => "InvalidParameter",
            Self::Unsigned
            | Self::Uncovered
            | Self::Date
            | Self::Service
            | Self::MissingHeader(_)
            | Self::UnsignedHeader(_)
            | Self::UnsignedBody
            | Self::NotAllowed(_) => "AuthFailure.InvalidAuthorization",
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
            Self::Method => f.write_str("the method must be GET or POST"),
            Self::Missing(item) => write!(f, "{} is missing", item.name()),
            Self::Malformed(item) => write!(f, "{} must {}", item.name(), item.requirement()),
            Self::MissingHeader(name) => {
                write!(f, "SignedHeaders lists the header {name}, and the request does not have it")
            }
            Self::RepeatedHeader(name) => write!(f, "the header {name} occurs twice"),
            Self::MalformedHeader(name) => write!(f, "the header {name} contains a control character"),
            Self::Authority => f.write_str("Host and :authority differ"),
            Self::Query => f.write_str("a POST must not have a query: it would not be signed"),
            Self::Body => f.write_str("a GET must not have a body: it would not be signed"),
            Self::Parameter { index } => write!(
                f,
                "parameter at index {index}: the name is empty or occurs twice, or a '%' is not followed by two \
                 hex digits"
            ),
            Self::TooManyParameters { capacity } => write!(f, "too many parameters: the limit is {capacity}"),
            Self::Unsigned => f.write_str("the request is not signed (Authorization: SKIP)"),
            Self::Uncovered => f.write_str("SignedHeaders must contain content-type and host"),
            Self::Date => f.write_str("the date in Credential is not the UTC date of the timestamp"),
            Self::Service => f.write_str("the service in Credential is not the service of the host"),
            Self::TooLarge { bytes, limit } => {
                write!(f, "the body or URL has {bytes} bytes; the limit is {limit}")
            }
            Self::TooLargeForV1 { bytes, limit } => {
                write!(
                    f,
                    "the body or URL has {bytes} bytes; the limit of signature v1 is {limit}: use TC3-HMAC-SHA256"
                )
            }
            Self::SecretId => f.write_str("the SecretId is unknown"),
            Self::Token => f.write_str("the token does not belong to the SecretId"),
            Self::Expired { seconds, window } => {
                write!(f, "the timestamp is {seconds} s off; the limit is {window} s")
            }
            Self::Signature => f.write_str("the signature is wrong"),
            Self::UnsignedHeader(name) => {
                write!(f, "the header {name} is not signed, and this verifier demands that it is")
            }
            Self::UnsignedBody => {
                f.write_str("the body is not signed (UNSIGNED-PAYLOAD), and this verifier demands that it is")
            }
            Self::NotAllowed(item) => {
                write!(f, "{} is none of those that this verifier accepts", item.name())
            }
        }
    }
}

impl Error for Rejection {}
