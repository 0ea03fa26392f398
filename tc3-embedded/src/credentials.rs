//! Credentials that a device owns and renews.

use core::{fmt, time::Duration};
use heapless::String;
use tc3_core::{Credentials, Field, Invalid, Timestamp};
use zeroize::{Zeroize, Zeroizing};

/// A key pair, and its token if it is temporary, in memory of its own: replaced together, wiped
/// when replaced or dropped, masked in `Debug` and `defmt`.
///
/// "Token, which contains up to 4,096 bytes depending on the associated policies", "TmpSecretId",
/// "TmpSecretKey … up to 1,024 bytes": `OwnedCredentials<4096, 1024>` holds whatever the service
/// may ever issue. By default 1,024 bytes of token fit, and 128 of id and key each, of which
/// long-term ones use 36 and 32. What does not fit is refused with its length.
///
/// Keep it in one place: Rust moves by copying, and nobody wipes the place it was moved from.
///
/// ```
/// use core::time::Duration;
/// use tc3_core::{Invalid, Signer, Timestamp};
/// use tc3_embedded::credentials::OwnedCredentials;
///
/// let expires = Timestamp::from_unix(1_795_286_382)?; // `ExpiredTime` of the answer
/// let mut owned: OwnedCredentials = OwnedCredentials::temporary("AKIDOLD", "old", "token", expires)?;
///
/// let now = Timestamp::from_unix(1_795_286_100)?;
/// if owned.needs_renewal(now, Duration::from_secs(300)) {
///     let expires = Timestamp::from_unix(1_795_293_582)?;
///     owned.renew("AKIDNEW", "new", "token", expires)?; // else the old ones stay
/// }
/// let signer = Signer::new(owned.credentials()); // anew after each renewal
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
    /// A long-term key pair.
    ///
    /// # Errors
    /// As for [`Credentials::new`], and [`Invalid::TooLong`].
    pub fn new(id: &str, key: &str) -> Result<Self, Invalid> {
        let mut owned = Self::empty();
        owned.replace(id, key)?;
        Ok(owned)
    }

    /// A temporary key pair, its token and the time at which both cease to be valid.
    ///
    /// # Errors
    /// As for [`Credentials::temporary`], and [`Invalid::TooLong`].
    pub fn temporary(id: &str, key: &str, token: &str, expires: Timestamp) -> Result<Self, Invalid> {
        let mut owned = Self::empty();
        owned.renew(id, key, token, expires)?;
        Ok(owned)
    }

    /// Puts a long-term key pair in the place of what was there.
    ///
    /// # Errors
    /// As for [`new`](Self::new); what was there stays.
    pub fn replace(&mut self, id: &str, key: &str) -> Result<(), Invalid> {
        Credentials::new(id, key)?;
        self.store(id, key, "", None)
    }

    /// Puts a temporary key pair in the place of what was there.
    ///
    /// # Errors
    /// As for [`temporary`](Self::temporary); what was there stays.
    pub fn renew(&mut self, id: &str, key: &str, token: &str, expires: Timestamp) -> Result<(), Invalid> {
        Credentials::temporary(id, key, token)?;
        self.store(id, key, token, Some(expires))
    }

    /// What a signer takes. It cannot be renewed while a signer holds it.
    #[must_use]
    pub fn credentials(&self) -> Credentials<'_> {
        let credentials = match self.expires {
            None => Credentials::new(&self.id, &self.key),
            Some(_) => Credentials::temporary(&self.id, &self.key, &self.token),
        };
        // They passed the same check when they were stored; a panic would be worse than nobody.
        credentials.unwrap_or(NOBODY)
    }

    /// When temporary ones cease to be valid; never, for a long-term key pair.
    #[must_use]
    pub const fn expires(&self) -> Option<Timestamp> {
        self.expires
    }

    /// Whether there is no more than the margin left; never, for a long-term key pair.
    ///
    /// The official SDKs ask for new ones 300 s before the old ones expire.
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

    /// Compares every length first, so that nothing is lost if one does not fit.
    fn store(&mut self, id: &str, key: &str, token: &str, expires: Option<Timestamp>) -> Result<(), Invalid> {
        for (field, text, limit) in
            [(Field::SecretId, id, PAIR), (Field::SecretKey, key, PAIR), (Field::Token, token, TOKEN)]
        {
            if text.len() > limit {
                return Err(Invalid::TooLong { field, len: text.len(), limit });
            }
        }
        write(&mut self.id, id);
        write(&mut self.key, key);
        write(&mut self.token, token);
        self.expires = expires;
        Ok(())
    }
}

/// Wipes all of the room, for the new text may be shorter than the old one.
fn write<const ROOM: usize>(room: &mut String<ROOM>, text: &str) {
    room.zeroize();
    let _fits = room.push_str(text);
}

#[allow(clippy::panic, reason = "would not compile")]
const NOBODY: Credentials<'static> = match Credentials::new("-", "-") {
    Ok(nobody) => nobody,
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
