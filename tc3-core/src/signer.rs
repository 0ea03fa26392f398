//! The signer, which makes TC3 and v1 signatures.

use crate::{
    api::Api,
    credentials::Credentials,
    crypto::{sha256::Sha256Engine, software::Software},
    error::Invalid,
    tc3::{
        canonical::{hash_canonical, hash_with_payload},
        credential_scope::Scope,
        explain::Explanation,
        key::{CachedKey, SigningKey},
        request::Request,
        signed::Signed,
    },
    time::Timestamp,
    v1,
};
use core::fmt;

/// Signs requests, and caches the derived key of the last day and service.
///
/// It borrows its credentials for as long as it lives. A [`KeyCache`] borrows them for one signature.
///
/// ```
/// use tc3_core::{Credentials, Signer, Timestamp, api};
///
/// let mut signer = Signer::new(Credentials::new("AKIDEXAMPLE", "key")?);
/// let call = api!("cvm", "2017-03-12").action("DescribeInstances").region("ap-guangzhou");
/// let request = call.json(r#"{"Limit":1}"#)?;
///
/// let mut buffer = [0; 512];
/// let now = Timestamp::from_unix(1_551_113_065)?;
/// let head = signer.sign(&request, now).head().encode_str(&mut buffer)?;
/// assert!(head.starts_with("POST / HTTP/1.1\r\nHost: cvm.tencentcloudapi.com\r\n"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Signer<'c, H: Sha256Engine = Software> {
    credentials: Credentials<'c>,
    cache: Cache<H>,
}

impl<'c> Signer<'c> {
    /// A signer that hashes in software.
    #[must_use]
    pub const fn new(credentials: Credentials<'c>) -> Self {
        Self::with_hash(credentials, Software::new())
    }
}

impl<'c, H: Sha256Engine> Signer<'c, H> {
    /// A signer that hashes with `hash`.
    #[must_use]
    pub const fn with_hash(credentials: Credentials<'c>, hash: H) -> Self {
        Self { credentials, cache: Cache::with_hash(hash) }
    }

    /// Signs a request with TC3-HMAC-SHA256. This cannot fail: the request was checked when it was built.
    ///
    /// Sign again each time you send the request. Tencent's document: "A greater-than-5-minute difference
    /// between your local current time and the API server time can cause your signature to expire."
    pub fn sign<'r>(&mut self, request: &'r Request<'r>, now: Timestamp) -> Signed<'r>
    where
        'c: 'r,
    {
        self.cache.sign(self.credentials, request, now)
    }

    /// Hashes a request once, to sign it many times.
    ///
    /// ```
    /// use tc3_core::{Credentials, Signer, Timestamp, api};
    ///
    /// let mut signer = Signer::new(Credentials::new("AKIDEXAMPLE", "key")?);
    /// let heartbeat = api!("iotcloud", "2021-04-08").action("Heartbeat").json("{}")?;
    /// let prepared = signer.prepare(&heartbeat);
    /// for second in [1_551_113_065, 1_551_113_125] {
    ///     let now = Timestamp::from_unix(second)?;
    ///     let again = signer.sign_prepared(&prepared, now).authorization().to_string();
    ///     assert_eq!(again, signer.sign(&heartbeat, now).authorization().to_string());
    /// }
    /// # Ok::<(), tc3_core::Invalid>(())
    /// ```
    pub fn prepare<'r>(&mut self, request: &'r Request<'r>) -> Prepared<'r> {
        let mut prepared = Prepared { request, canonical: [0; 32] };
        hash_canonical(&mut self.cache.hash, request, &mut prepared.canonical);
        prepared
    }

    /// Signs a prepared request.
    pub fn sign_prepared<'r>(&mut self, prepared: &Prepared<'r>, now: Timestamp) -> Signed<'r>
    where
        'c: 'r,
    {
        let Self { credentials, cache: Cache { cached, hash } } = self;
        let Prepared { request, canonical } = prepared;
        let mut digest = [0; 32];
        cached.refresh(hash, credentials.key, request.api().service, now, &mut digest);
        digest = *canonical;
        cached.sign(hash, now, &mut digest);
        Signed { request, identity: Some(credentials.identity), at: now, scope: cached.scope, mac: digest }
    }

    /// The canonical request and the string to sign, to compare them with those of another signer.
    pub fn explain<'r>(&mut self, request: &'r Request<'r>, now: Timestamp) -> Explanation<'r> {
        let scope = Scope::new(request.api().service, now);
        let mut explanation = Explanation { request, payload: [0; 32], canonical: [0; 32], scope, at: now };
        request.hash_payload(&mut self.cache.hash, &mut explanation.payload);
        explanation.canonical = explanation.payload;
        hash_with_payload(&mut self.cache.hash, request, &mut explanation.canonical);
        explanation
    }

    /// Derives the key of this service for the UTC day of `now`, for a [`DaySigner`](crate::DaySigner).
    pub fn signing_key(&mut self, api: &Api<'_>, now: Timestamp) -> SigningKey {
        SigningKey::derive(&mut self.cache.hash, self.credentials.key, api.service, now)
    }

    /// Replaces the credentials and wipes the cached key.
    pub fn renew(&mut self, credentials: Credentials<'c>) {
        self.credentials = credentials;
        self.cache.clear();
    }

    /// Signs with signature v1.
    ///
    /// # Errors
    /// [`Invalid::TooLarge`] if the request, with id, token and the longest possible signature, is larger than
    /// the service accepts. The service would report a wrong signature, not the size.
    pub fn sign_v1<'r>(
        &mut self,
        request: &'r v1::Request<'r>,
        now: Timestamp,
        nonce: v1::Nonce,
    ) -> Result<v1::Signed<'r>, Invalid>
    where
        'c: 'r,
    {
        self.cache.sign_v1(self.credentials, request, now, nonce)
    }
}

/// What a [`Signer`] keeps between signatures.
struct Cache<H: Sha256Engine> {
    cached: CachedKey,
    hash: H,
}

impl<H: Sha256Engine> Cache<H> {
    const fn with_hash(hash: H) -> Self {
        Self { cached: CachedKey::NONE, hash }
    }

    /// Signs with the cached key, whatever the credentials are.
    fn sign<'r>(
        &mut self,
        credentials: Credentials<'r>,
        request: &'r Request<'r>,
        now: Timestamp,
    ) -> Signed<'r> {
        let Self { cached, hash } = self;
        // Copied here: a copy after the derivation would make the compiler read it from memory again. Saves up to 96 B
        // on a Cortex-M0.
        let identity = Some(credentials.identity);
        let mut digest = [0; 32];
        cached.refresh(hash, credentials.key, request.api().service, now, &mut digest);
        hash_canonical(hash, request, &mut digest);
        cached.sign(hash, now, &mut digest);
        Signed { request, identity, at: now, scope: cached.scope, mac: digest }
    }

    fn sign_v1<'r>(
        &mut self,
        credentials: Credentials<'r>,
        request: &'r v1::Request<'r>,
        now: Timestamp,
        nonce: v1::Nonce,
    ) -> Result<v1::Signed<'r>, Invalid> {
        v1::Signed::new(&mut self.hash, credentials, request, now, nonce)
    }

    fn clear(&mut self) {
        self.cached = CachedKey::NONE;
    }
}

/// What a [`Signer`] keeps between signatures, without its credentials: the derived key of the last day and service,
/// and the hash engine.
///
/// It is for credentials that their owner replaces in place, such as the keys of a role that arrive every hour. A
/// `Signer` borrows its credentials for as long as it lives. A `KeyCache` borrows them for one signature.
///
/// It never signs for one SecretId with the key of another. Call [`clear`](Self::clear) when the credentials are
/// replaced, to wipe the old key at once. It is needed if the SecretKey changes under the same SecretId; Tencent makes
/// each SecretKey with a SecretId of its own.
///
/// ```
/// use tc3_core::{Credentials, Invalid, KeyCache, Timestamp, api};
///
/// let (mut id, mut key) = (String::from("AKIDFIRST"), String::from("first"));
/// let mut cache = KeyCache::new();
/// let request = api!("iotcloud", "2021-04-08").action("PublishMessage").json("{}")?;
/// let now = Timestamp::from_unix(1_551_113_065)?;
/// let first = cache.sign(Credentials::new(&id, &key)?, &request, now).authorization().to_string();
/// assert!(first.starts_with("TC3-HMAC-SHA256 Credential=AKIDFIRST/"));
///
/// (id, key) = ("AKIDSECOND".into(), "second".into());
/// cache.clear();
/// let second = cache.sign(Credentials::new(&id, &key)?, &request, now).authorization().to_string();
/// assert!(second.starts_with("TC3-HMAC-SHA256 Credential=AKIDSECOND/"));
/// # Ok::<(), Invalid>(())
/// ```
// A `Signer` has no `KeyCache`, because its credentials only change by `renew`: it needs no fingerprint.
pub struct KeyCache<H: Sha256Engine = Software> {
    cache: Cache<H>,
    /// Of the SecretId whose key is cached.
    fingerprint: u64,
}

impl KeyCache {
    /// An empty cache, which hashes in software.
    #[must_use]
    pub const fn new() -> Self {
        Self::with_hash(Software::new())
    }
}

impl<H: Sha256Engine> KeyCache<H> {
    /// An empty cache, which hashes with `hash`.
    #[must_use]
    pub const fn with_hash(hash: H) -> Self {
        Self { cache: Cache::with_hash(hash), fingerprint: 0 }
    }

    /// Signs a request, as [`Signer::sign`].
    ///
    /// The key is derived again if day, service or SecretId are others than last time.
    pub fn sign<'r>(
        &mut self,
        credentials: Credentials<'r>,
        request: &'r Request<'r>,
        now: Timestamp,
    ) -> Signed<'r> {
        let fingerprint = fingerprint(credentials.identity.id);
        if fingerprint != self.fingerprint {
            self.clear();
            self.fingerprint = fingerprint;
        }
        self.cache.sign(credentials, request, now)
    }

    /// Signs with signature v1, as [`Signer::sign_v1`]. It caches no key.
    ///
    /// # Errors
    /// As [`Signer::sign_v1`].
    pub fn sign_v1<'r>(
        &mut self,
        credentials: Credentials<'r>,
        request: &'r v1::Request<'r>,
        now: Timestamp,
        nonce: v1::Nonce,
    ) -> Result<v1::Signed<'r>, Invalid> {
        self.cache.sign_v1(credentials, request, now, nonce)
    }

    /// Wipes the cached key. The next signature derives its key again.
    pub fn clear(&mut self) {
        self.cache.clear();
    }
}

/// The FNV-1a hash, which is 64 bits wide: two ids of one device never have the same.
fn fingerprint(id: &str) -> u64 {
    id.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

impl<H: Sha256Engine + Default> Default for KeyCache<H> {
    fn default() -> Self {
        Self::with_hash(H::default())
    }
}

/// A request whose canonical request is already hashed.
#[derive(Clone, Copy, Debug)]
pub struct Prepared<'r> {
    request: &'r Request<'r>,
    canonical: [u8; 32],
}

impl<H: Sha256Engine> fmt::Debug for Signer<'_, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").field("credentials", &self.credentials).finish_non_exhaustive()
    }
}

impl<H: Sha256Engine> fmt::Debug for KeyCache<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyCache").finish_non_exhaustive()
    }
}

#[cfg(feature = "defmt")]
mod format {
    use super::{KeyCache, Prepared, Sha256Engine, Signer};
    use defmt::{Format, Formatter, write};

    impl<H: Sha256Engine> Format for Signer<'_, H> {
        fn format(&self, f: Formatter<'_>) {
            write!(f, "Signer({})", self.credentials);
        }
    }

    impl<H: Sha256Engine> Format for KeyCache<H> {
        fn format(&self, f: Formatter<'_>) {
            write!(f, "KeyCache");
        }
    }

    impl Format for Prepared<'_> {
        fn format(&self, f: Formatter<'_>) {
            write!(f, "Prepared({})", self.request);
        }
    }
}
