//! Credentials that are owned and can be renewed.

use core::{fmt, time::Duration};
use heapless::String;
use tc3_core::{Credentials, Field, Invalid, Timestamp};
use zeroize::{Zeroize, Zeroizing};

/// A SecretId and SecretKey, with a token if they are temporary. All are replaced together. Key and
/// token are wiped when replaced or dropped, and masked in `Debug` and `defmt`.
///
/// `TOKEN` is the maximum length of the token in bytes. `PAIR` is that of the id and also that of the
/// key. The defaults are 1,024 and 128. A long-term id has 36 bytes and a long-term key 32. Tencent
/// documents a "Token, which contains up to 4,096 bytes depending on the associated policies", and up
/// to 1,024 bytes each for "TmpSecretId" and "TmpSecretKey", which `OwnedCredentials<4096, 1024>`
/// can hold. A longer value is refused.
///
/// Do not move the value: a move copies it, and the old memory is not wiped.
///
/// ```
/// use core::time::Duration;
/// use tc3_core::{Invalid, Signer, Timestamp};
/// use tc3_embedded::credentials::OwnedCredentials;
///
/// let expires = Timestamp::from_unix(1_795_286_382)?; // `ExpiredTime` of the response
/// let mut owned: OwnedCredentials = OwnedCredentials::temporary("AKIDOLD", "old", "token", expires)?;
///
/// let now = Timestamp::from_unix(1_795_286_100)?;
/// if owned.needs_renewal(now, Duration::from_secs(300)) {
///     let expires = Timestamp::from_unix(1_795_293_582)?;
///     owned.renew("AKIDNEW", "new", "token", expires)?; // on error the old credentials stay
/// }
/// let signer = Signer::new(owned.credentials()); // a new signer after each renewal
/// # assert!(format!("{owned:?}").contains("AKIDNEW"));
/// # Ok::<(), Invalid>(())
/// ```
pub struct OwnedCredentials<const TOKEN: usize = 1024, const PAIR: usize = 128> {
    id: String<PAIR>,
    key: Zeroizing<String<PAIR>>,
    token: Zeroizing<String<TOKEN>>,
    expires: Option<Timestamp>,
}

impl<const TOKEN: usize, const PAIR: usize> OwnedCredentials<TOKEN, PAIR> {
    /// Long-term credentials.
    ///
    /// # Errors
    /// As [`Credentials::new`], or [`Invalid::TooLong`] if a value exceeds its maximum length.
    pub fn new(id: &str, key: &str) -> Result<Self, Invalid> {
        let mut owned = Self::empty();
        owned.replace(id, key)?;
        Ok(owned)
    }

    /// Temporary credentials and the time at which they expire.
    ///
    /// # Errors
    /// As [`Credentials::temporary`], or [`Invalid::TooLong`] if a value exceeds its maximum length.
    pub fn temporary(id: &str, key: &str, token: &str, expires: Timestamp) -> Result<Self, Invalid> {
        let mut owned = Self::empty();
        owned.renew(id, key, token, expires)?;
        Ok(owned)
    }

    /// Replaces the credentials with long-term ones.
    ///
    /// # Errors
    /// As [`new`](Self::new). The credentials are then unchanged.
    pub fn replace(&mut self, id: &str, key: &str) -> Result<(), Invalid> {
        Credentials::new(id, key)?;
        self.store(id, key, "", None)
    }

    /// Replaces the credentials with temporary ones.
    ///
    /// # Errors
    /// As [`temporary`](Self::temporary). The credentials are then unchanged.
    pub fn renew(&mut self, id: &str, key: &str, token: &str, expires: Timestamp) -> Result<(), Invalid> {
        Credentials::temporary(id, key, token)?;
        self.store(id, key, token, Some(expires))
    }

    /// Borrows the credentials for a signer. They cannot be replaced while the signer exists.
    #[must_use]
    pub fn credentials(&self) -> Credentials<'_> {
        let credentials = match self.expires {
            None => Credentials::new(&self.id, &self.key),
            Some(_) => Credentials::temporary(&self.id, &self.key, &self.token),
        };
        // Never fails: `replace` and `renew` made the same check. The fallback avoids a panic.
        credentials.unwrap_or(FALLBACK)
    }

    /// When temporary credentials expire, or `None` for long-term ones.
    #[must_use]
    pub const fn expires(&self) -> Option<Timestamp> {
        self.expires
    }

    /// Whether the credentials expire within `margin` from `now`. Always `false` for long-term
    /// credentials.
    ///
    /// The official SDKs renew 300 s before the expiry.
    #[must_use]
    pub fn needs_renewal(&self, now: Timestamp, margin: Duration) -> bool {
        let soon = now.unix().saturating_add(margin.as_secs());
        self.expires.is_some_and(|expires| expires.unix() <= soon)
    }

    fn empty() -> Self {
        Self {
            id: String::new(),
            key: Zeroizing::new(String::new()),
            token: Zeroizing::new(String::new()),
            expires: None,
        }
    }

    /// Checks all lengths first, so that nothing is replaced if one value is too long.
    fn store(&mut self, id: &str, key: &str, token: &str, expires: Option<Timestamp>) -> Result<(), Invalid> {
        for (field, value, limit) in
            [(Field::SecretId, id, PAIR), (Field::SecretKey, key, PAIR), (Field::Token, token, TOKEN)]
        {
            if value.len() > limit {
                return Err(Invalid::TooLong { field, len: value.len(), limit });
            }
        }
        write(&mut self.id, id);
        write(&mut self.key, key);
        write(&mut self.token, token);
        self.expires = expires;
        Ok(())
    }
}

/// Wipes the whole buffer first, because the new value can be shorter than the old one.
fn write<const CAPACITY: usize>(buffer: &mut String<CAPACITY>, value: &str) {
    buffer.zeroize();
    let _fits = buffer.push_str(value);
}

#[allow(clippy::panic, reason = "would not compile")]
const FALLBACK: Credentials<'static> = match Credentials::new("-", "-") {
    Ok(fallback) => fallback,
    Err(_) => panic!("not credentials"),
};

impl<const TOKEN: usize, const PAIR: usize> fmt::Debug for OwnedCredentials<TOKEN, PAIR> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OwnedCredentials")
            .field("credentials", &self.credentials())
            .field("expires", &self.expires)
            .finish()
    }
}

#[cfg(feature = "defmt")]
impl<const TOKEN: usize, const PAIR: usize> defmt::Format for OwnedCredentials<TOKEN, PAIR> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "OwnedCredentials({}, {})", self.credentials(), self.expires);
    }
}
