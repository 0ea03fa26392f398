//! A signer that owns its credentials.

use super::{Sign, SignV1, error::SignError};
use core::{fmt, time::Duration};
use heapless::String;
use tc3_core::{
    Credentials, Field, Invalid, KeyCache, Request, Sha256Engine, Signed, Software, Timestamp, v1,
};
use zeroize::Zeroize;

/// A signer that owns its credentials: SecretId and SecretKey, and a token if they are temporary.
///
/// The credentials can be replaced between two calls of a client, in place and all together. The key of the
/// day stays cached until then.
///
/// `TOKEN` is the maximum length of the token in bytes. `SECRET` is that of the id and also that of the
/// key. The defaults are 1,024 and 128. A long-term id has 36 bytes and a long-term key 32. Tencent
/// documents a "Token, which contains up to 4,096 bytes depending on the associated policies", and up
/// to 1,024 bytes each for "TmpSecretId" and "TmpSecretKey", which `OwnedSigner<4096, 1024>` can hold. A
/// longer value is refused. `H` is the SHA-256 engine.
///
/// Key and token are wiped when they are replaced or the signer is dropped. `Debug` and `defmt` show neither.
/// Do not move a signer that has credentials: a move copies them, and the old memory is not wiped. Even
/// [`new`](Self::new) and [`temporary`](Self::temporary) can leave such a copy, because they return the
/// signer by value. To leave none, place an [`empty`](Self::empty) signer in static memory and give it
/// credentials there.
///
/// Temporary credentials sign until they expire. After that, signing fails with [`SignError::Expired`], and
/// nothing is sent. A clock that is far ahead has the same effect, and no response can
/// [correct](crate::client::Client::correcting_clock) it: ask the RTC or SNTP for the time again.
///
/// ```
/// use core::time::Duration;
/// use tc3_core::{Timestamp, api};
/// use tc3_embedded::signer::{OwnedSigner, Sign, SignError};
///
/// let expires = Timestamp::from_unix(1_795_286_382)?; // `ExpiredTime` of the response
/// let mut signer: OwnedSigner = OwnedSigner::temporary("AKIDOLD", "old", "token", expires)?;
/// let request = api!("iotcloud", "2021-04-08").action("PublishMessage").json("{}")?;
///
/// let now = Timestamp::from_unix(1_795_286_100)?;
/// signer.sign(&request, now)?;
/// assert_eq!(signer.sign(&request, expires).unwrap_err(), SignError::Expired { expires, now: expires });
///
/// if signer.needs_renewal(now, Duration::from_secs(300)) {
///     let expires = Timestamp::from_unix(1_795_293_582)?;
///     signer.renew("AKIDNEW", "new", "token", expires)?; // on error the old credentials stay
/// }
/// signer.sign(&request, expires)?;
/// # assert!(format!("{signer:?}").contains("AKIDNEW"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct OwnedSigner<const TOKEN: usize = 1024, const SECRET: usize = 128, H: Sha256Engine = Software> {
    id: String<SECRET>,
    key: String<SECRET>,
    token: String<TOKEN>,
    expires: Option<Timestamp>,
    cache: KeyCache<H>,
}

impl<const TOKEN: usize, const SECRET: usize> OwnedSigner<TOKEN, SECRET> {
    /// A signer with long-term credentials.
    ///
    /// # Errors
    /// As [`replace`](Self::replace).
    pub fn new(id: &str, key: &str) -> Result<Self, Invalid> {
        let mut signer = Self::empty();
        signer.replace(id, key)?;
        Ok(signer)
    }

    /// A signer with temporary credentials, and the time at which they expire.
    ///
    /// # Errors
    /// As [`renew`](Self::renew).
    pub fn temporary(id: &str, key: &str, token: &str, expires: Timestamp) -> Result<Self, Invalid> {
        let mut signer = Self::empty();
        signer.renew(id, key, token, expires)?;
        Ok(signer)
    }

    /// A signer without credentials, for a device that receives them later. Until then, signing fails with
    /// [`SignError::NoCredentials`].
    ///
    /// ```
    /// use static_cell::ConstStaticCell;
    /// use tc3_embedded::signer::OwnedSigner;
    ///
    /// static SIGNER: ConstStaticCell<OwnedSigner> = ConstStaticCell::new(OwnedSigner::empty());
    ///
    /// let signer = SIGNER.take();
    /// signer.replace("AKIDEXAMPLE", "key")?;
    /// # Ok::<(), tc3_core::Invalid>(())
    /// ```
    #[must_use]
    pub const fn empty() -> Self {
        Self::with_hash(Software::new())
    }
}

impl<const TOKEN: usize, const SECRET: usize, H: Sha256Engine> OwnedSigner<TOKEN, SECRET, H> {
    /// A signer without credentials that hashes with `hash`.
    #[must_use]
    pub const fn with_hash(hash: H) -> Self {
        Self {
            id: String::new(),
            key: String::new(),
            token: String::new(),
            expires: None,
            cache: KeyCache::with_hash(hash),
        }
    }

    /// Replaces the credentials with long-term ones, and wipes the old ones and the cached key.
    ///
    /// # Errors
    /// As [`Credentials::new`], or [`Invalid::TooLong`] if a value exceeds its maximum length. The old
    /// credentials then stay.
    pub fn replace(&mut self, id: &str, key: &str) -> Result<(), Invalid> {
        Credentials::new(id, key)?;
        self.store(id, key, "", None)
    }

    /// Replaces the credentials with temporary ones, and wipes the old ones and the cached key. `expires` is
    /// the time at which the new ones expire.
    ///
    /// # Errors
    /// As [`Credentials::temporary`], or [`Invalid::TooLong`] if a value exceeds its maximum length. The old
    /// credentials then stay.
    pub fn renew(&mut self, id: &str, key: &str, token: &str, expires: Timestamp) -> Result<(), Invalid> {
        Credentials::temporary(id, key, token)?;
        self.store(id, key, token, Some(expires))
    }

    /// When the credentials expire. `None` if they are long-term, or if there are no credentials.
    #[must_use]
    pub const fn expires(&self) -> Option<Timestamp> {
        self.expires
    }

    /// Whether to get new credentials: there are none, or they expire within `margin` after `now`. Always
    /// `false` for long-term credentials.
    ///
    /// The official SDKs renew 300 s before the expiry.
    #[must_use]
    pub fn needs_renewal(&self, now: Timestamp, margin: Duration) -> bool {
        let soon = now.unix().saturating_add(margin.as_secs());
        self.id.is_empty() || self.expires.is_some_and(|expires| expires.unix() <= soon)
    }

    /// The credentials if they can sign now, and the cache to sign with.
    fn usable(&mut self, now: Timestamp) -> Result<(Credentials<'_>, &mut KeyCache<H>), SignError> {
        let Self { id, key, token, expires, cache } = self;
        let credentials = match *expires {
            Some(expires) if expires <= now => return Err(SignError::Expired { expires, now }),
            Some(_) => Credentials::temporary(id, key, token),
            None => Credentials::new(id, key),
        };
        // `replace` and `renew` made the same check, so only a signer without credentials fails.
        Ok((credentials.map_err(|_| SignError::NoCredentials)?, cache))
    }

    /// Checks all lengths first, so that nothing is replaced if one value is too long.
    fn store(&mut self, id: &str, key: &str, token: &str, expires: Option<Timestamp>) -> Result<(), Invalid> {
        for (field, value, limit) in
            [(Field::SecretId, id, SECRET), (Field::SecretKey, key, SECRET), (Field::Token, token, TOKEN)]
        {
            if value.len() > limit {
                return Err(Invalid::TooLong { field, len: value.len(), limit });
            }
        }
        write(&mut self.id, id);
        write(&mut self.key, key);
        write(&mut self.token, token);
        self.expires = expires;
        self.cache.clear();
        Ok(())
    }
}

/// Wipes the whole buffer first, because the new value can be shorter than the old one.
fn write<const CAPACITY: usize>(buffer: &mut String<CAPACITY>, value: &str) {
    buffer.zeroize();
    let _fits = buffer.push_str(value);
}

impl<const TOKEN: usize, const SECRET: usize, H: Sha256Engine> Sign for OwnedSigner<TOKEN, SECRET, H> {
    fn sign<'s>(&'s mut self, request: &'s Request<'s>, now: Timestamp) -> Result<Signed<'s>, SignError> {
        let (credentials, cache) = self.usable(now)?;
        Ok(cache.sign(credentials, request, now))
    }
}

impl<const TOKEN: usize, const SECRET: usize, H: Sha256Engine> SignV1 for OwnedSigner<TOKEN, SECRET, H> {
    fn sign_v1<'s>(
        &'s mut self,
        request: &'s v1::Request<'s>,
        now: Timestamp,
        nonce: v1::Nonce,
    ) -> Result<v1::Signed<'s>, SignError> {
        let (credentials, cache) = self.usable(now)?;
        Ok(cache.sign_v1(credentials, request, now, nonce)?)
    }
}

impl<const TOKEN: usize, const SECRET: usize, H: Sha256Engine> Drop for OwnedSigner<TOKEN, SECRET, H> {
    fn drop(&mut self) {
        self.key.zeroize();
        self.token.zeroize();
    }
}

impl<const TOKEN: usize, const SECRET: usize, H: Sha256Engine> fmt::Debug for OwnedSigner<TOKEN, SECRET, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("OwnedSigner");
        shown.field("id", &self.id.as_str()).field("expires", &self.expires).finish_non_exhaustive()
    }
}

#[cfg(feature = "defmt")]
impl<const TOKEN: usize, const SECRET: usize, H: Sha256Engine> defmt::Format
    for OwnedSigner<TOKEN, SECRET, H>
{
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "OwnedSigner({=str}, expires {})", self.id.as_str(), self.expires);
    }
}
