//! What came in.

use bytes::Bytes;
use std::{fmt, net::SocketAddr};
use tc3_core::HashedPayload;

/// How a request is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Scheme {
    /// TC3-HMAC-SHA256.
    Tc3,
    /// TC3-HMAC-SHA256 without the body.
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

/// A request that was accepted. `Debug` keeps the body to itself.
#[derive(Clone)]
#[non_exhaustive]
pub struct Received {
    /// `GET` or `POST`.
    pub method: String,
    /// How it was signed.
    pub scheme: Scheme,
    /// Whose it is.
    pub secret_id: String,
    /// The service: from the credential, or under v1 from the first label of the host, if it is
    /// one of Tencent's.
    pub service: Option<String>,
    /// The action.
    pub action: String,
    /// The version of the API.
    pub version: Option<String>,
    /// The region.
    pub region: Option<String>,
    /// The Content-Type.
    pub content_type: Option<String>,
    /// The query of a TC3 GET, as it came. Under v1 it may hold a token, and is left out.
    pub query: Option<String>,
    /// The body. Under v1 it may hold a token.
    pub body: Bytes,
    /// Hash and length of the body.
    pub payload: HashedPayload,
}

impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Received")
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

/// A request that was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Record {
    /// Who sent it.
    pub peer: SocketAddr,
    /// Its method.
    pub method: String,
    /// Its Host header.
    pub host: String,
    /// Its action, if it could be read.
    pub action: Option<String>,
    /// The length of its body.
    pub body_len: u64,
    /// What was answered: nothing but the request id, or a code and a message.
    pub error: Option<(String, String)>,
    /// The id in the answer.
    pub request_id: String,
}

impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let action = self.action.as_deref().unwrap_or("-");
        let Self { peer, method, host, body_len, request_id, .. } = self;
        write!(f, "{peer} {method} {host} {action} {body_len} bytes: ")?;
        match &self.error {
            None => write!(f, "accepted")?,
            Some((code, message)) => write!(f, "{code} ({message})")?,
        }
        write!(f, " [{request_id}]")
    }
}
