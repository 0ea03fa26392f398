//! Why there are no credentials: the source, the place in it, and the cause.

use super::environment::EnvError;
#[cfg(feature = "tls")]
use crate::client::CallError;
use std::{error::Error, fmt, io, path::PathBuf};
use tc3_core::{Invalid, Timestamp};

/// Why a [`CredentialChain`](super::CredentialChain) or a [`Provider`](super::Provider) has no credentials. Neither
/// `Debug` nor `Display` shows a key or a token.
#[derive(Debug)]
#[non_exhaustive]
pub enum CredentialError {
    /// No source is there.
    Nowhere {
        /// What each source was looked for by, in their order.
        looked: String,
    },
    /// A variable of the environment is missing or malformed.
    Environment(EnvError),
    /// A file is there, or was asked for, and is unreadable or malformed.
    File {
        /// The file.
        path: PathBuf,
        /// The line, from 1, if the fault has one.
        line: Option<usize>,
        /// What is wrong.
        fault: FileFault,
    },
    /// The credentials have expired. This crate renews those of roles, and never those in a file.
    Expired {
        /// The source, as words for a person.
        origin: String,
        /// When they expired.
        expires: Timestamp,
    },
    /// A role needs calls over the network, and this crate was built without its feature `tls`.
    NeedsNetwork {
        /// The source, as words for a person.
        origin: String,
    },
    /// A metadata service or STS did not give credentials.
    #[cfg(feature = "tls")]
    Remote {
        /// The source, as words for a person.
        origin: String,
        /// What is wrong.
        fault: RemoteFault,
    },
}

/// What is wrong with a file of credentials.
#[derive(Debug)]
#[non_exhaustive]
pub enum FileFault {
    /// It cannot be read.
    Unreadable(io::Error),
    /// It is larger than 1 MiB.
    TooLarge,
    /// It is not UTF-8.
    NotUtf8,
    /// A line is neither a section, a setting, a comment, nor empty.
    Syntax,
    /// A section or a setting occurs twice.
    Twice {
        /// Its name.
        name: String,
    },
    /// It has no such profile.
    NoProfile {
        /// The profile that was looked for.
        profile: String,
        /// The profiles that it has.
        known: Vec<String>,
    },
    /// It is not one JSON object.
    Json {
        /// The column of the line, from 1.
        column: usize,
    },
    /// The profile does not have this setting.
    Missing {
        /// The setting's name.
        name: &'static str,
    },
    /// The setting is empty.
    Empty {
        /// The setting's name.
        name: &'static str,
    },
    /// The setting has another type of JSON, such as a number.
    WrongType {
        /// The setting's name.
        name: &'static str,
    },
    /// The value has quotes around it, which would be part of it.
    Quoted {
        /// The setting's name.
        name: &'static str,
    },
    /// The value has a character that no credential has.
    Malformed {
        /// The setting's name.
        name: &'static str,
        /// The character and its position.
        invalid: Invalid,
    },
}

/// Why a metadata service or STS did not give credentials.
#[cfg(feature = "tls")]
#[derive(Debug)]
#[non_exhaustive]
pub enum RemoteFault {
    /// A setting of the request is malformed.
    Setting {
        /// Its name in the service's documents.
        name: &'static str,
    },
    /// The request was refused before it was sent.
    Refused(Invalid),
    /// The call failed.
    Call(Box<CallError>),
    /// The metadata service answered with another status than 200.
    Status(u16),
    /// The answer has no such field, or one of another type or malformed.
    Field {
        /// The field's name.
        name: &'static str,
    },
    /// The answer is not a JSON object.
    NotJson,
    /// The name of the role has characters that no role has.
    RoleName,
    /// The metadata service reported another `Code` than `Success`.
    Code(String),
}

impl fmt::Display for CredentialError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nowhere { looked } => write!(f, "no credentials were found: {looked}"),
            Self::Environment(error) => error.fmt(f),
            Self::File { path, line: Some(line), fault } => {
                write!(f, "{}, line {line}: {fault}", path.display())
            }
            Self::File { path, line: None, fault } => write!(f, "{}: {fault}", path.display()),
            Self::Expired { origin, expires } => {
                write!(f, "the credentials of {origin} expired at {expires}")
            }
            Self::NeedsNetwork { origin } => {
                write!(f, "{origin} needs calls over the network, which this build cannot make")
            }
            #[cfg(feature = "tls")]
            Self::Remote { origin, fault } => write!(f, "{origin}: {fault}"),
        }
    }
}

impl fmt::Display for FileFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(error) => write!(f, "could not read: {error}"),
            Self::TooLarge => f.write_str("larger than 1 MiB: not a file of credentials"),
            Self::NotUtf8 => f.write_str("not UTF-8"),
            Self::Syntax => f.write_str("neither [PROFILE] nor NAME = VALUE"),
            Self::Twice { name } => write!(f, "{name} occurs twice"),
            Self::NoProfile { profile, known } if known.is_empty() => {
                write!(f, "no profile [{profile}], and no other")
            }
            Self::NoProfile { profile, known } => {
                write!(f, "no profile [{profile}], but [{}]", known.join("], ["))
            }
            Self::Json { column } => write!(f, "not a JSON object: see column {column}"),
            Self::Missing { name } => write!(f, "{name} is missing"),
            Self::Empty { name } => write!(f, "{name} is empty"),
            Self::WrongType { name } => write!(f, "{name} has the wrong type"),
            Self::Quoted { name } => write!(f, "{name} has quotes around it, which would be part of it"),
            Self::Malformed { name, invalid } => write!(f, "{name} is malformed: {invalid}"),
        }
    }
}

#[cfg(feature = "tls")]
impl fmt::Display for RemoteFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Setting { name } => write!(f, "{name} is malformed"),
            Self::Refused(invalid) => invalid.fmt(f),
            Self::Call(error) => error.fmt(f),
            Self::Status(status) => write!(f, "the answer has HTTP status {status}, not 200"),
            Self::Field { name } => write!(f, "the answer's {name} is missing or malformed"),
            Self::NotJson => f.write_str("the answer is not a JSON object"),
            Self::RoleName => f.write_str("the name of the role is malformed"),
            Self::Code(code) => write!(f, "the answer has the Code {code}, not Success"),
        }
    }
}

impl Error for CredentialError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Environment(error) => Some(error),
            Self::File { fault: FileFault::Unreadable(error), .. } => Some(error),
            Self::File { fault: FileFault::Malformed { invalid, .. }, .. } => Some(invalid),
            #[cfg(feature = "tls")]
            Self::Remote { fault: RemoteFault::Call(error), .. } => Some(error),
            #[cfg(feature = "tls")]
            Self::Remote { fault: RemoteFault::Refused(invalid), .. } => Some(invalid),
            _ => None,
        }
    }
}

impl From<EnvError> for CredentialError {
    fn from(error: EnvError) -> Self {
        Self::Environment(error)
    }
}
