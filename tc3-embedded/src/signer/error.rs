//! Why a request is not signed.

use core::{error::Error, fmt};
use tc3_core::{Invalid, Timestamp, WrongKey};

/// Why a request cannot be signed, and is therefore not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum SignError {
    /// The [`OwnedSigner`](super::OwnedSigner) has no credentials yet.
    NoCredentials,
    /// The temporary credentials have expired by the client's clock. If the clock is right, the service would
    /// refuse them: renew them. If the clock may be ahead, set it.
    Expired {
        /// When they expired.
        expires: Timestamp,
        /// The time of the signature.
        now: Timestamp,
    },
    /// The key of a [`DaySigner`](tc3_core::DaySigner) is for another day or service.
    WrongKey(WrongKey),
    /// The v1 request exceeds a limit of the service.
    Invalid(Invalid),
}

impl fmt::Display for SignError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoCredentials => f.write_str("the signer has no credentials yet"),
            Self::Expired { expires, now } => {
                write!(
                    f,
                    "the temporary credentials expired at {expires}, and the clock shows {now}: renew them, \
                     or set the clock if it is ahead"
                )
            }
            Self::WrongKey(error) => error.fmt(f),
            Self::Invalid(error) => error.fmt(f),
        }
    }
}

impl Error for SignError {}

impl From<WrongKey> for SignError {
    fn from(error: WrongKey) -> Self {
        Self::WrongKey(error)
    }
}

impl From<Invalid> for SignError {
    fn from(error: Invalid) -> Self {
        Self::Invalid(error)
    }
}
