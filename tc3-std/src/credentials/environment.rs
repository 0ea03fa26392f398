//! Credentials from the environment.

use crate::signer::OwnedCredentials;
use std::{
    env::{self, VarError},
    error::Error,
    fmt,
};
use tc3_core::{Credentials, Field, Invalid};
use zeroize::Zeroizing;

/// Environment variable for the SecretId.
pub const SECRET_ID: &str = "TENCENTCLOUD_SECRET_ID";
/// Environment variable for the SecretKey.
pub const SECRET_KEY: &str = "TENCENTCLOUD_SECRET_KEY";
/// Environment variable for the token of a temporary key, with the name that tccli uses.
pub const TOKEN: &str = "TENCENTCLOUD_TOKEN";
/// Environment variable for the token of a temporary key, with the name that Terraform uses.
pub const SECURITY_TOKEN: &str = "TENCENTCLOUD_SECURITY_TOKEN";
/// Environment variable for the token of a temporary key, with a name that other tools use.
pub const SESSION_TOKEN: &str = "TENCENTCLOUD_SESSION_TOKEN";

/// The variables that can hold the token.
const TOKENS: [&str; 3] = [TOKEN, SECURITY_TOKEN, SESSION_TOKEN];

/// SecretId, SecretKey and token from the environment. All are wiped when dropped. `Debug` shows neither
/// the key nor the token.
///
/// ```no_run
/// use tc3_core::Signer;
/// use tc3_std::EnvCredentials;
///
/// let owned = EnvCredentials::read()?;
/// let signer = Signer::new(owned.credentials()?);
/// # Ok::<(), tc3_std::EnvError>(())
/// ```
pub struct EnvCredentials {
    id: Zeroizing<String>,
    key: Zeroizing<String>,
    token: Option<(&'static str, Zeroizing<String>)>,
}

impl EnvCredentials {
    /// Reads [`SECRET_ID`] and [`SECRET_KEY`], and the optional [`TOKEN`], [`SECURITY_TOKEN`] or
    /// [`SESSION_TOKEN`]. An empty token counts as unset.
    ///
    /// # Errors
    /// [`EnvError`] if the id or the key is unset or empty, if a variable is not UTF-8 or has quotes around its
    /// value, or if two different tokens are set.
    pub fn read() -> Result<Self, EnvError> {
        Self::read_by(|variable| env::var(variable))
    }

    pub(super) fn read_by(read: impl Fn(&str) -> Result<String, VarError>) -> Result<Self, EnvError> {
        let find = |variable| match read(variable).map(Zeroizing::new) {
            Ok(value) if is_quoted(&value) => Err(EnvError::Quoted { variable }),
            Ok(value) => Ok(Some(value)),
            Err(VarError::NotPresent) => Ok(None),
            Err(VarError::NotUnicode(_)) => Err(EnvError::NotUnicode { variable }),
        };
        let require = |variable| match find(variable)? {
            None => Err(EnvError::Unset { variable }),
            Some(value) if value.is_empty() => Err(EnvError::Empty { variable }),
            Some(value) => Ok(value),
        };
        let mut token: Option<(&'static str, Zeroizing<String>)> = None;
        for variable in TOKENS {
            match (&token, find(variable)?.filter(|token| !token.is_empty())) {
                (Some((one, first)), Some(second)) if *first != second => {
                    return Err(EnvError::Differ { one, other: variable });
                }
                (None, Some(value)) => token = Some((variable, value)),
                _ => {}
            }
        }
        Ok(Self { id: require(SECRET_ID)?, key: require(SECRET_KEY)?, token })
    }

    /// Whether one of the variables is set. Then the others must be too.
    #[cfg(feature = "credentials")]
    pub(super) fn is_there(read: impl Fn(&str) -> Result<String, VarError>) -> bool {
        let is_set =
            |variable: &str| !matches!(read(variable).map(Zeroizing::new), Err(VarError::NotPresent));
        let has_token = |variable: &str| match read(variable).map(Zeroizing::new) {
            Ok(token) => !token.is_empty(),
            Err(error) => error != VarError::NotPresent,
        };
        is_set(SECRET_ID) || is_set(SECRET_KEY) || TOKENS.iter().any(|variable| has_token(variable))
    }

    /// Checks the values and borrows them as credentials.
    ///
    /// # Errors
    /// [`EnvError::Malformed`] names the variable and what is wrong with it: often a space or line end that
    /// was pasted with the value.
    pub fn credentials(&self) -> Result<Credentials<'_>, EnvError> {
        let credentials = match &self.token {
            None => Credentials::new(&self.id, &self.key),
            Some((_, token)) => Credentials::temporary(&self.id, &self.key, token),
        };
        credentials.map_err(|invalid| EnvError::Malformed { variable: self.variable_of(invalid), invalid })
    }

    /// The id, which is not secret.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The key, unmasked.
    #[must_use]
    pub fn expose_key(&self) -> &str {
        &self.key
    }

    /// The variable that the token was read from, and the unmasked token.
    #[must_use]
    pub fn expose_token(&self) -> Option<(&'static str, &str)> {
        self.token.as_ref().map(|(variable, token)| (*variable, token.as_str()))
    }

    fn variable_of(&self, invalid: Invalid) -> &'static str {
        match invalid {
            Invalid::Byte { field: Field::SecretKey, .. } => SECRET_KEY,
            Invalid::Byte { field: Field::Token, .. } => {
                self.token.as_ref().map_or(TOKEN, |(variable, _)| variable)
            }
            _ => SECRET_ID,
        }
    }
}

/// Whether the same quote begins and ends the value.
pub(super) fn is_quoted(value: &str) -> bool {
    ['"', '\''].iter().any(|quote| value.starts_with(*quote) && value.ends_with(*quote))
}

/// For a [`SharedSigner`](crate::signer::SharedSigner). The environment does not tell when a token expires.
impl TryFrom<&EnvCredentials> for OwnedCredentials {
    type Error = EnvError;

    fn try_from(env: &EnvCredentials) -> Result<Self, EnvError> {
        let owned = match &env.token {
            None => Self::new(&env.id, &env.key),
            Some((_, token)) => Self::temporary(&env.id, &env.key, token, None),
        };
        owned.map_err(|invalid| EnvError::Malformed { variable: env.variable_of(invalid), invalid })
    }
}

impl fmt::Debug for EnvCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let token = self.token.as_ref().map(|(variable, _)| (variable, "***"));
        f.debug_struct("EnvCredentials")
            .field("id", &self.id())
            .field("token", &token)
            .finish_non_exhaustive()
    }
}

/// Why credentials could not be read from the environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EnvError {
    /// The variable is not set.
    Unset {
        /// The variable's name.
        variable: &'static str,
    },
    /// The variable is set but empty.
    Empty {
        /// The variable's name.
        variable: &'static str,
    },
    /// The value is not UTF-8.
    NotUnicode {
        /// The variable's name.
        variable: &'static str,
    },
    /// The value has quotes around it, which would be part of it. An env file keeps them.
    Quoted {
        /// The variable's name.
        variable: &'static str,
    },
    /// The value has a character that no credential has.
    Malformed {
        /// The variable's name.
        variable: &'static str,
        /// The character and its position.
        invalid: Invalid,
    },
    /// The value is not a whole number.
    NotANumber {
        /// The variable's name.
        variable: &'static str,
    },
    /// Two variables for the same setting are set, and differ.
    Differ {
        /// A variable's name.
        one: &'static str,
        /// The other's.
        other: &'static str,
    },
}

impl fmt::Display for EnvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unset { variable } => write!(f, "{variable} is not set"),
            Self::Empty { variable } => write!(f, "{variable} is set but empty"),
            Self::NotUnicode { variable } => write!(f, "{variable} is not UTF-8"),
            Self::Malformed { variable, invalid } => write!(f, "{variable} is malformed: {invalid}"),
            Self::Quoted { variable } => {
                write!(f, "{variable} has quotes around its value (an env file keeps them)")
            }
            Self::NotANumber { variable } => write!(f, "{variable} is not a whole number"),
            Self::Differ { one, other } => write!(f, "{one} and {other} hold different values"),
        }
    }
}

impl Error for EnvError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Malformed { invalid, .. } => Some(invalid),
            _ => None,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<EnvCredentials, EnvError> {
        EnvCredentials::read_by(|name| {
            let found = variables.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| (*value).to_owned()).ok_or(VarError::NotPresent)
        })
    }

    #[test]
    fn each_error_names_its_variable() {
        let (id, key) = ((SECRET_ID, "id"), (SECRET_KEY, "key"));
        let malformed = |variable, field, at, byte| {
            let invalid = Invalid::Byte { field, at, byte };
            EnvError::Malformed { variable, invalid }
        };
        for (variables, error) in [
            (vec![key], EnvError::Unset { variable: SECRET_ID }),
            (vec![id, (SECRET_KEY, "")], EnvError::Empty { variable: SECRET_KEY }),
            (vec![(SECRET_ID, " id"), key], malformed(SECRET_ID, Field::SecretId, 0, b' ')),
            (vec![id, (SECRET_KEY, "key\n")], malformed(SECRET_KEY, Field::SecretKey, 3, b'\n')),
            (vec![id, key, (SECURITY_TOKEN, " t")], malformed(SECURITY_TOKEN, Field::Token, 0, b' ')),
            (
                vec![id, key, (TOKEN, "a"), (SECURITY_TOKEN, "b")],
                EnvError::Differ { one: TOKEN, other: SECURITY_TOKEN },
            ),
            (
                vec![id, key, (TOKEN, "a"), (SESSION_TOKEN, "b")],
                EnvError::Differ { one: TOKEN, other: SESSION_TOKEN },
            ),
            (vec![id, (SECRET_KEY, "\"key\"")], EnvError::Quoted { variable: SECRET_KEY }),
            (vec![(SECRET_ID, "'id'"), key], EnvError::Quoted { variable: SECRET_ID }),
        ] {
            let outcome = read(&variables).and_then(|owned| owned.credentials().map(drop));
            assert_eq!(outcome, Err(error), "{variables:?}");
        }
        let damaged = EnvCredentials::read_by(|_| Err(VarError::NotUnicode("\u{fffd}".into())));
        assert_eq!(damaged.unwrap_err(), EnvError::NotUnicode { variable: TOKEN });
    }

    #[test]
    fn the_token_is_read_from_either_variable() {
        for (tokens, expected) in [
            (&[][..], None),
            (&[(TOKEN, "")], None),
            (&[(TOKEN, "a")], Some((TOKEN, "a"))),
            (&[(SECURITY_TOKEN, "b")], Some((SECURITY_TOKEN, "b"))),
            (&[(SESSION_TOKEN, "c")], Some((SESSION_TOKEN, "c"))),
            (&[(TOKEN, "a"), (SECURITY_TOKEN, "a")], Some((TOKEN, "a"))),
        ] {
            let owned = read(&[&[(SECRET_ID, "id"), (SECRET_KEY, "key")], tokens].concat()).unwrap();
            assert_eq!(owned.expose_token(), expected, "{tokens:?}");
        }
    }

    #[test]
    fn debug_shows_neither_key_nor_token() {
        let owned = read(&[(SECRET_ID, "id"), (SECRET_KEY, "MARKER"), (TOKEN, "MARKER")]).unwrap();
        assert!(!format!("{owned:?}").contains("MARKER"));
    }
}
