//! Why a case could not be signed.

use core::fmt;
use tc3_core::Invalid;

/// Why a case could not be signed.
#[derive(Debug)]
pub enum Refused {
    /// The case does not follow the schema.
    Unreadable(serde_json::Error),
    /// The signer refuses the case.
    Invalid(Invalid),
    /// The signer's interface cannot express the case.
    Unsupported(&'static str),
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(error) => write!(f, "case cannot be read: {error}"),
            Self::Invalid(invalid) => invalid.fmt(f),
            Self::Unsupported(reason) => f.write_str(reason),
        }
    }
}

impl core::error::Error for Refused {}

impl From<Invalid> for Refused {
    fn from(invalid: Invalid) -> Self {
        Self::Invalid(invalid)
    }
}

impl From<serde_json::Error> for Refused {
    fn from(error: serde_json::Error) -> Self {
        Self::Unreadable(error)
    }
}
