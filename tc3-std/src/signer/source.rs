//! Credentials that own their memory, and where they come from.

use std::{error::Error, fmt};
use tc3_core::{Credentials, Invalid, Timestamp};
use zeroize::Zeroizing;

/// Where a [`SharedSigner`](super::SharedSigner) gets its credentials, and renews them.
///
/// A closure from the current time to credentials is a source.
pub trait CredentialSource: Send + Sync {
    /// Loads credentials. The expiry of temporary ones decides when this is called again.
    ///
    /// Only one thread of a signer calls this at a time, and it waits for the answer. `now` is the time of the
    /// signature that the credentials are for.
    ///
    /// # Errors
    /// Why there are no credentials. The text must contain neither key nor token.
    fn load(&self, now: Timestamp) -> Result<OwnedCredentials, Box<dyn Error + Send + Sync>>;
}

impl<F> CredentialSource for F
where
    F: Fn(Timestamp) -> Result<OwnedCredentials, Box<dyn Error + Send + Sync>> + Send + Sync,
{
    fn load(&self, now: Timestamp) -> Result<OwnedCredentials, Box<dyn Error + Send + Sync>> {
        self(now)
    }
}

/// SecretId, SecretKey, token and expiry, which were checked and own their memory.
///
/// Key and token are wiped when dropped. `Debug` shows neither.
#[derive(Clone)]
pub struct OwnedCredentials {
    id: String,
    key: Zeroizing<String>,
    token: Option<Zeroizing<String>>,
    expires: Option<Timestamp>,
}

impl OwnedCredentials {
    /// A long-term key pair.
    ///
    /// # Errors
    /// As [`Credentials::new`].
    pub fn new(id: &str, key: &str) -> Result<Self, Invalid> {
        Self::checked(id.into(), Zeroizing::new(key.into()), None, None)
    }

    /// A temporary key pair and its token. `expires` is `None` if nothing tells when they expire, as with a token from
    /// an environment variable.
    ///
    /// # Errors
    /// As [`Credentials::temporary`].
    pub fn temporary(id: &str, key: &str, token: &str, expires: Option<Timestamp>) -> Result<Self, Invalid> {
        let token = Some(Zeroizing::new(token.into()));
        Self::checked(id.into(), Zeroizing::new(key.into()), token, expires)
    }

    /// Takes values that are owned already.
    pub(crate) fn checked(
        id: String,
        key: Zeroizing<String>,
        token: Option<Zeroizing<String>>,
        expires: Option<Timestamp>,
    ) -> Result<Self, Invalid> {
        let owned = Self { id, key, token, expires };
        owned.credentials()?;
        Ok(owned)
    }

    /// Borrows the credentials for a [`Signer`](tc3_core::Signer).
    ///
    /// # Errors
    /// None: the values were checked when they were stored.
    pub fn credentials(&self) -> Result<Credentials<'_>, Invalid> {
        match &self.token {
            None => Credentials::new(&self.id, &self.key),
            Some(token) => Credentials::temporary(&self.id, &self.key, token),
        }
    }

    /// The SecretId, which is not secret.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// When the credentials expire. `None` if they are long-term, or if the expiry is unknown.
    #[must_use]
    pub const fn expires(&self) -> Option<Timestamp> {
        self.expires
    }

    /// The key, unmasked.
    #[must_use]
    pub fn expose_key(&self) -> &str {
        &self.key
    }

    /// The token of temporary credentials, unmasked.
    #[must_use]
    pub fn expose_token(&self) -> Option<&str> {
        self.token.as_deref().map(String::as_str)
    }

    pub(super) fn is_same_as(&self, other: &Self) -> bool {
        let Self { id, key, token, expires } = self;
        (id, key, token, expires) == (&other.id, &other.key, &other.token, &other.expires)
    }

    pub(super) fn is_expired(&self, now: Timestamp) -> bool {
        self.expires.is_some_and(|expires| expires <= now)
    }
}

impl fmt::Debug for OwnedCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let token = self.token.as_ref().map(|_| "***");
        f.debug_struct("OwnedCredentials")
            .field("id", &self.id)
            .field("token", &token)
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}
