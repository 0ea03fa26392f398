//! Credentials that were found, and what finds them.

use super::error::CredentialError;
use crate::signer::OwnedCredentials;
use std::fmt;
use tc3_core::{Credentials, Invalid, Timestamp};
use zeroize::Zeroizing;

/// A source of credentials.
pub trait Provider: Send + Sync {
    /// Reads the credentials from their source, each time anew.
    ///
    /// `now` decides whether temporary credentials have expired.
    ///
    /// # Errors
    /// [`CredentialError`] if the source is there but its credentials are incomplete, malformed or expired.
    fn find(&self, now: Timestamp) -> Result<Lookup, CredentialError>;
}

/// The answer of a [`Provider`].
#[derive(Debug)]
#[non_exhaustive]
pub enum Lookup {
    /// The source has credentials.
    Found(FoundCredentials),
    /// The source is not there. The text says what was looked for.
    Absent(String),
}

/// SecretId, SecretKey, token and expiry from one source.
///
/// All are wiped when dropped. `Debug` shows neither the key nor the token.
pub struct FoundCredentials {
    pub(super) owned: OwnedCredentials,
    pub(super) origin: String,
    pub(super) remark: Option<String>,
}

impl FoundCredentials {
    /// Credentials from a source of the caller's own. `origin` names it for a person.
    ///
    /// ```
    /// use tc3_core::Timestamp;
    /// use tc3_std::credentials::{CredentialChain, CredentialError, FoundCredentials, Lookup, Provider};
    ///
    /// struct Vault;
    ///
    /// impl Provider for Vault {
    ///     fn find(&self, now: Timestamp) -> Result<Lookup, CredentialError> {
    ///         let found = FoundCredentials::new("AKIDEXAMPLE", "key", None, None, "the vault");
    ///         Ok(found.map_or_else(|_| Lookup::Absent("the vault is empty".to_owned()), Lookup::Found))
    ///     }
    /// }
    ///
    /// let now = Timestamp::from_unix(1_795_279_182)?;
    /// assert_eq!(CredentialChain::of(Vault).find(now)?.origin(), "the vault");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`Credentials::new`] and [`Credentials::temporary`].
    pub fn new(
        id: &str,
        key: &str,
        token: Option<&str>,
        expires: Option<Timestamp>,
        origin: impl Into<String>,
    ) -> Result<Self, Invalid> {
        let [id, key] = [id, key].map(str::to_owned);
        let token = token.map(|token| Zeroizing::new(token.to_owned()));
        let owned = OwnedCredentials::checked(id, Zeroizing::new(key), token, expires)?;
        Ok(Self { owned, origin: origin.into(), remark: None })
    }

    /// Borrows the credentials for a [`Signer`](tc3_core::Signer).
    ///
    /// # Errors
    /// None from a source of this crate: the values were checked when they were read.
    pub fn credentials(&self) -> Result<Credentials<'_>, Invalid> {
        self.owned.credentials()
    }

    /// The SecretId, which is not secret.
    #[must_use]
    pub fn id(&self) -> &str {
        self.owned.id()
    }

    /// The key, unmasked.
    #[must_use]
    pub fn expose_key(&self) -> &str {
        self.owned.expose_key()
    }

    /// The token of temporary credentials, unmasked.
    #[must_use]
    pub fn expose_token(&self) -> Option<&str> {
        self.owned.expose_token()
    }

    /// When the credentials expire. `None` if they are long-term, or if their source does not tell.
    #[must_use]
    pub const fn expires(&self) -> Option<Timestamp> {
        self.owned.expires()
    }

    /// Where the credentials come from, as words for a person: a variable, or a file and its profile.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// What the user should know about the source although it works: a file that other users can read.
    #[must_use]
    pub fn remark(&self) -> Option<&str> {
        self.remark.as_deref()
    }
}

impl fmt::Debug for FoundCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FoundCredentials")
            .field("credentials", &self.owned)
            .field("origin", &self.origin)
            .finish_non_exhaustive()
    }
}
