//! An account whose requests are accepted.

use std::fmt;
use tc3_core::{Credentials, Invalid};
use zeroize::Zeroizing;

/// A SecretId, its SecretKey, and a token if the key is temporary. `Debug` shows only the id. Key and token
/// are wiped when dropped.
pub struct Account {
    id: String,
    key: Zeroizing<String>,
    token: Option<Zeroizing<String>>,
}

impl Account {
    /// An account with a long-term key.
    pub fn new(id: impl Into<String>, key: impl Into<String>) -> Self {
        Self { id: id.into(), key: Zeroizing::new(key.into()), token: None }
    }

    /// An account with a temporary key.
    pub fn temporary(id: impl Into<String>, key: impl Into<String>, token: impl Into<String>) -> Self {
        Self { token: Some(Zeroizing::new(token.into())), ..Self::new(id, key) }
    }

    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// Only to recompute signatures.
    pub(super) fn key(&self) -> &str {
        &self.key
    }

    pub(super) fn has_token(&self) -> bool {
        self.token.is_some()
    }

    pub(super) fn credentials(&self) -> Result<Credentials<'_>, Invalid> {
        match &self.token {
            None => Credentials::new(&self.id, &self.key),
            Some(token) => Credentials::temporary(&self.id, &self.key, token),
        }
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account").field("id", &self.id).finish_non_exhaustive()
    }
}
