//! Credentials: SecretId, SecretKey and token.

use crate::{
    allowed_bytes::{SECRET_ID, check, check_secret},
    error::{Field, Invalid},
};
use core::fmt;

/// The part of credentials that requests contain: the SecretId and, for temporary credentials, the token.
#[derive(Clone, Copy)]
pub struct Identity<'c> {
    pub(crate) id: &'c str,
    pub(crate) token: Option<&'c str>,
}

impl<'c> Identity<'c> {
    /// The identity of a long-term key, which has no token.
    ///
    /// # Errors
    /// [`Invalid`] if the id is empty, or contains `/`, `,` or anything but visible ASCII characters.
    pub const fn new(id: &'c str) -> Result<Self, Invalid> {
        match check(id, Field::SecretId, &SECRET_ID) {
            Ok(()) => Ok(Self { id, token: None }),
            Err(invalid) => Err(invalid),
        }
    }

    /// The identity of a temporary key and its token.
    ///
    /// # Errors
    /// As [`new`](Self::new), and if the token is empty or contains anything but visible ASCII characters.
    pub const fn temporary(id: &'c str, token: &'c str) -> Result<Self, Invalid> {
        match (Self::new(id), check_secret(token, Field::Token)) {
            (Ok(identity), Ok(())) => Ok(Self { token: Some(token), ..identity }),
            (Err(invalid), _) | (_, Err(invalid)) => Err(invalid),
        }
    }
}

/// A SecretId, its SecretKey and, for temporary credentials, the token.
///
/// All three are borrowed; their owner must wipe them. `Debug` and `defmt` show only the SecretId.
///
/// ```
/// use tc3_core::{Credentials, Field, Invalid};
///
/// let credentials = Credentials::new("AKIDEXAMPLE", "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE")?;
/// assert!(!format!("{credentials:?}").contains("Gu5t9"));
///
/// // pasted with a line feed
/// let pasted = Credentials::new("AKIDEXAMPLE\n", "key");
/// assert_eq!(pasted.unwrap_err(), Invalid::Byte { field: Field::SecretId, at: 11, byte: b'\n' });
/// # Ok::<(), Invalid>(())
/// ```
#[derive(Clone, Copy)]
pub struct Credentials<'c> {
    pub(crate) identity: Identity<'c>,
    pub(crate) key: &'c str,
}

impl<'c> Credentials<'c> {
    /// A long-term key pair.
    ///
    /// # Errors
    /// [`Invalid`] if the id or key is empty or contains anything but visible ASCII characters, or if the id
    /// contains `/` or `,`.
    pub const fn new(id: &'c str, key: &'c str) -> Result<Self, Invalid> {
        match Identity::new(id) {
            Ok(identity) => Self::of(identity, key),
            Err(invalid) => Err(invalid),
        }
    }

    /// A temporary key pair and its token.
    ///
    /// # Errors
    /// As [`new`](Self::new), and if the token is empty or contains anything but visible ASCII characters.
    pub const fn temporary(id: &'c str, key: &'c str, token: &'c str) -> Result<Self, Invalid> {
        match Identity::temporary(id, token) {
            Ok(identity) => Self::of(identity, key),
            Err(invalid) => Err(invalid),
        }
    }

    const fn of(identity: Identity<'c>, key: &'c str) -> Result<Self, Invalid> {
        match check_secret(key, Field::SecretKey) {
            Ok(()) => Ok(Self { identity, key }),
            Err(invalid) => Err(invalid),
        }
    }

    /// The credentials without the SecretKey.
    #[must_use]
    pub const fn identity(&self) -> Identity<'c> {
        self.identity
    }
}

impl fmt::Debug for Identity<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let token = self.token.map(|_| "***");
        f.debug_struct("Identity").field("id", &self.id).field("token", &token).finish()
    }
}

impl fmt::Debug for Credentials<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("identity", &self.identity).field("key", &"***").finish()
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Identity<'_> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "Identity({=str})", self.id);
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Credentials<'_> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "Credentials({})", self.identity);
    }
}
