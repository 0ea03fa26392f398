//! The log of a gateway.

use super::diagnosis::Diagnosis;
use std::{fmt, net::SocketAddr};

/// One request and the outcome. `Display` writes one line, with the first line of an error's message.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Record {
    /// The client's address.
    pub peer: SocketAddr,
    /// The method.
    pub method: String,
    /// The Host header.
    pub host: String,
    /// The action, if it could be read.
    pub action: Option<String>,
    /// The length of the body in bytes.
    pub body_len: u64,
    /// Code and message of the error in the response. `None` if the response was a success.
    pub error: Option<(String, String)>,
    /// The HTTP status of the response.
    pub status: u16,
    /// The `RequestId` of the response. It is not in the response if `MockAnswer::body` set a body that is sent as it
    /// is.
    pub request_id: String,
    /// What was expected if the signature is wrong, otherwise `None`.
    pub diagnosis: Option<Diagnosis>,
}

impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let action = self.action.as_deref().unwrap_or("-");
        let Self { peer, method, host, body_len, request_id, .. } = self;
        write!(f, "{peer} {method} {host} {action} {body_len} bytes: ")?;
        match &self.error {
            None => write!(f, "accepted")?,
            Some((code, message)) => write!(f, "{code} ({})", message.lines().next().unwrap_or_default())?,
        }
        if self.status != 200 {
            write!(f, ", HTTP {}", self.status)?;
        }
        write!(f, " [{request_id}]")
    }
}
