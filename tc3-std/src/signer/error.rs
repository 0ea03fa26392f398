//! Why there are no credentials to sign with.

use std::{error::Error, fmt, sync::Arc};
use tc3_core::Timestamp;

/// Shared, because one answer of a source can be the error of many threads.
pub(super) type Cause = Arc<dyn Error + Send + Sync>;

/// Why a [`SharedSigner`](super::SharedSigner) has no credentials to sign with.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum SignerError {
    /// The signer has neither credentials nor a source.
    NoCredentials,
    /// The credentials have expired, and nothing renewed them.
    Expired {
        /// When they expired.
        expires: Timestamp,
        /// The time of the signature.
        now: Timestamp,
    },
    /// The source gave no credentials.
    Source {
        /// Why.
        cause: Arc<dyn Error + Send + Sync>,
        /// When the last credentials expired or will expire. `None` if there never were any, or if they do not expire.
        expires: Option<Timestamp>,
    },
}

impl fmt::Display for SignerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoCredentials => f.write_str("the signer has no credentials yet"),
            Self::Expired { expires, now } => write!(
                f,
                "the temporary credentials expired at {expires}, and the clock shows {now}: renew them, or set the \
                 clock if it is ahead"
            ),
            Self::Source { cause, expires: None } => write!(f, "no credentials: {cause}"),
            Self::Source { cause, expires: Some(expires) } => {
                write!(f, "the credentials that expire at {expires} could not be renewed: {cause}")
            }
        }
    }
}

impl Error for SignerError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Source { cause, .. } => Some(&**cause),
            _ => None,
        }
    }
}
