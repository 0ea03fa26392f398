//! What was expected of a request whose signature is wrong.

use std::fmt;

/// What the gateway expected of a request whose signature is wrong. It contains no key, and `***` in place of a token.
/// `Display` writes several lines.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Diagnosis {
    /// The canonical request of the request as received. `None` for v1, which has none.
    pub canonical_request: Option<String>,
    /// The string to sign of the request as received.
    pub string_to_sign: String,
    /// The mistake with which the signature fits. `None` if no known mistake explains the signature, or if the
    /// request is too long to try them.
    pub near_miss: Option<String>,
}

impl Diagnosis {
    /// What completes "the signature is wrong: ".
    pub(super) fn cause(&self) -> &str {
        self.near_miss.as_deref().unwrap_or(match self.canonical_request {
            Some(_) => {
                "none of the mistakes that were tried explains it. Compare the canonical request and the string to sign with those that \
                 were signed; if they are equal, the SecretKey is another one"
            }
            None => {
                "none of the mistakes that were tried explains it. Compare the string to sign with the one that was signed; if they are \
                 equal, the SecretKey is another one"
            }
        })
    }
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(request) = &self.canonical_request {
            writeln!(f, "expected canonical request:\n{request}")?;
        }
        write!(f, "expected string to sign:\n{}", self.string_to_sign)
    }
}
