//! A request that the gateway has verified.

use bytes::Bytes;
use std::fmt;
use tc3_core::HashedPayload;

/// The signature scheme of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Scheme {
    /// TC3-HMAC-SHA256.
    Tc3,
    /// TC3-HMAC-SHA256 with `UNSIGNED-PAYLOAD`: the signature does not include the body.
    Tc3Unsigned,
    /// Signature v1 with HmacSHA1.
    HmacSha1,
    /// Signature v1 with HmacSHA256.
    HmacSha256,
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tc3 => "TC3-HMAC-SHA256",
            Self::Tc3Unsigned => "TC3-HMAC-SHA256 UNSIGNED-PAYLOAD",
            Self::HmacSha1 => "HmacSHA1",
            Self::HmacSha256 => "HmacSHA256",
        })
    }
}

/// A request whose signature is valid. `Debug` shows only the length of its body.
#[derive(Clone)]
#[non_exhaustive]
pub struct Accepted {
    /// `GET` or `POST`.
    pub method: String,
    /// The signature scheme.
    pub scheme: Scheme,
    /// The SecretId of the account that signed the request.
    pub secret_id: String,
    /// The service in lower case. TC3 names it in the credential scope. For v1 it is the first label of the
    /// host, or `None` if the host is not one of Tencent's.
    pub service: Option<String>,
    /// The action.
    pub action: String,
    /// The version of the API.
    pub version: Option<String>,
    /// The region.
    pub region: Option<String>,
    /// The Content-Type.
    pub content_type: Option<String>,
    /// The query of a TC3 request, percent-encoded as received. `None` for v1, whose query can contain a
    /// token.
    pub query: Option<String>,
    /// The body. For v1 it can contain a token.
    pub body: Bytes,
    /// Hash and length of the body.
    pub payload: HashedPayload,
}

impl fmt::Debug for Accepted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Accepted")
            .field("method", &self.method)
            .field("scheme", &self.scheme)
            .field("secret_id", &self.secret_id)
            .field("service", &self.service)
            .field("action", &self.action)
            .field("version", &self.version)
            .field("region", &self.region)
            .field("content_type", &self.content_type)
            .field("query", &self.query)
            .field("body_len", &self.payload.len())
            .finish_non_exhaustive()
    }
}
