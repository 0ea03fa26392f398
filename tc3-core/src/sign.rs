//! From a request and a time to a signature.

use crate::{
    api::Api,
    canonical::CanonicalRequest,
    credentials::{Credentials, Identity},
    encode::{Encode, Encoded},
    error::WrongKey,
    explain::Explanation,
    hash::{Sha256Engine, Software},
    headers::{Authorization, Head, Headers},
    key::{DayKey, Scope, SigningKey},
    request::Request,
    time::Timestamp,
};
use core::fmt;

/// Signs requests with TC3-HMAC-SHA256, and keeps the key of the current day and service.
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
    pub(crate) credentials: Credentials<'c>,
    cached: DayKey,
    pub(crate) hash: H,
}

impl<'c> Signer<'c> {
    /// A signer that hashes in software.
    #[must_use]
    pub const fn new(credentials: Credentials<'c>) -> Self {
        Self::with_hash(credentials, Software::new())
    }
}

impl<'c, H: Sha256Engine> Signer<'c, H> {
    /// A signer that hashes with an engine of the caller's.
    #[must_use]
    pub const fn with_hash(credentials: Credentials<'c>, hash: H) -> Self {
        Self { credentials, cached: DayKey::NONE, hash }
    }

    /// Signs a request. Whatever can be wrong with it was refused when it was built.
    ///
    /// "A greater-than-5-minute difference between your local current time and the API server
    /// time can cause your signature to expire": sign again for each sending.
    pub fn sign<'r>(&mut self, request: &'r Request<'r>, now: Timestamp) -> Signed<'r>
    where
        'c: 'r,
    {
        let Self { credentials: Credentials { identity, key }, cached, hash } = self;
        // Before the key is derived, after which all that lies in memory is read again.
        let identity = Some(*identity);
        let mut digest = [0; 32];
        cached.turn(hash, key, request.api().service, now, &mut digest);
        hash_canonical(hash, request, &mut digest);
        cached.sign(hash, now, &mut digest);
        Signed { request, identity, at: now, scope: cached.scope, mac: digest }
    }

    /// Hashes a request once, to be signed many times: the same body sent again and again.
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
        hash_canonical(&mut self.hash, request, &mut prepared.canonical);
        prepared
    }

    /// Signs a prepared request.
    pub fn sign_prepared<'r>(&mut self, prepared: &Prepared<'r>, now: Timestamp) -> Signed<'r>
    where
        'c: 'r,
    {
        let (Self { credentials, cached, hash }, Prepared { request, canonical }) = (self, prepared);
        let mut digest = [0; 32];
        cached.turn(hash, credentials.key, request.api().service, now, &mut digest);
        digest = *canonical;
        cached.sign(hash, now, &mut digest);
        Signed { request, identity: Some(credentials.identity), at: now, scope: cached.scope, mac: digest }
    }

    /// The texts that are hashed and signed, for comparison with another signer's.
    pub fn explain<'r>(&mut self, request: &'r Request<'r>, now: Timestamp) -> Explanation<'r> {
        let scope = Scope::new(request.api().service, now);
        let mut explain = Explanation { request, payload: [0; 32], canonical: [0; 32], scope, at: now };
        request.hash_payload(&mut self.hash, &mut explain.payload);
        explain.canonical = explain.payload;
        hash_with_payload(&mut self.hash, request, &mut explain.canonical);
        explain
    }

    /// The key of this service for the UTC day of `now`, to be handed to a
    /// [`DaySigner`](crate::DaySigner).
    pub fn signing_key(&mut self, api: &Api<'_>, now: Timestamp) -> SigningKey {
        SigningKey::derive(&mut self.hash, self.credentials.key, api.service, now)
    }

    /// Goes on with other credentials. The cached key is wiped.
    pub fn renew(&mut self, credentials: Credentials<'c>) {
        self.credentials = credentials;
        self.cached = DayKey::NONE;
    }
}

/// Signs with one [`SigningKey`] alone: a device that never holds the SecretKey.
pub struct DaySigner<'c, H: Sha256Engine = Software> {
    identity: Identity<'c>,
    key: SigningKey,
    /// The same key, ready to sign with once it has signed: until then it may be moved.
    cached: DayKey,
    hash: H,
}

impl<'c> DaySigner<'c> {
    /// A signer that hashes in software.
    #[must_use]
    pub fn new(identity: Identity<'c>, key: &SigningKey) -> Self {
        Self::with_hash(identity, key, Software::new())
    }
}

impl<'c, H: Sha256Engine> DaySigner<'c, H> {
    /// A signer that hashes with an engine of the caller's.
    #[must_use]
    pub fn with_hash(identity: Identity<'c>, key: &SigningKey, hash: H) -> Self {
        Self { identity, key: SigningKey::of(&key.key, key.scope), cached: DayKey::NONE, hash }
    }

    /// Signs a request of the key's service on the key's day.
    ///
    /// # Errors
    /// [`WrongKey`] for another day or service, instead of a signature that the service refuses.
    pub fn sign<'r>(&mut self, request: &'r Request<'r>, now: Timestamp) -> Result<Signed<'r>, WrongKey>
    where
        'c: 'r,
    {
        let Self { identity, key, cached, hash } = self;
        key.scope.check(request.api().service, now)?;
        let mut digest = [0; 32];
        if cached.scope.path() != key.scope.path() {
            cached.import(hash, key, &mut digest);
        }
        hash_canonical(hash, request, &mut digest);
        cached.sign(hash, now, &mut digest);
        Ok(Signed { request, identity: Some(*identity), at: now, scope: cached.scope, mac: digest })
    }
}

/// A request whose canonical form is hashed already.
#[derive(Clone, Copy, Debug)]
pub struct Prepared<'r> {
    request: &'r Request<'r>,
    canonical: [u8; 32],
}

/// Hashes the payload, and then the canonical request that names its hash.
fn hash_canonical<H: Sha256Engine>(hash: &mut H, request: &Request<'_>, digest: &mut [u8; 32]) {
    request.hash_payload(hash, digest);
    hash_with_payload(hash, request, digest);
}

/// Hashes the canonical request, in the place of the hash of its payload.
fn hash_with_payload<H: Sha256Engine>(hash: &mut H, request: &Request<'_>, digest: &mut [u8; 32]) {
    // Method, path and the first headers are mostly those of the last request.
    hash.begin_cacheable();
    CanonicalRequest { request, payload: digest }.encode_to(hash);
    hash.finish(digest);
}

/// A signed request: the signature, and the one way to write what was signed.
///
/// It is good for one sending. A retry signs again, because time has passed. Its texts borrow it.
#[derive(Clone, Copy)]
pub struct Signed<'r> {
    pub(crate) request: &'r Request<'r>,
    /// Absent for a request that skips authentication.
    pub(crate) identity: Option<Identity<'r>>,
    pub(crate) at: Timestamp,
    /// Of the key.
    pub(crate) scope: Scope,
    pub(crate) mac: [u8; 32],
}

impl<'r> Signed<'r> {
    /// Request line and headers, up to and with the blank line: all of an HTTP/1.1 request that
    /// comes before its body.
    #[must_use]
    pub const fn head(&self) -> Encoded<Head<'_>> {
        Encoded(Head(self))
    }

    /// The value of the Authorization header.
    #[must_use]
    pub const fn authorization(&self) -> Encoded<Authorization<'_>> {
        Encoded(Authorization(self))
    }

    /// Every header with its value, in the order of [`head`](Self::head), for an HTTP client that
    /// writes the request line itself.
    #[must_use]
    pub const fn headers(&self) -> Headers<'_> {
        Headers::new(self)
    }

    /// What was signed.
    #[must_use]
    pub const fn request(self) -> &'r Request<'r> {
        self.request
    }

    /// The time that was signed.
    #[must_use]
    pub const fn timestamp(self) -> Timestamp {
        self.at
    }
}

impl<H: Sha256Engine> fmt::Debug for Signer<'_, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").field("credentials", &self.credentials).finish_non_exhaustive()
    }
}

impl<H: Sha256Engine> fmt::Debug for DaySigner<'_, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DaySigner").field("identity", &self.identity).finish_non_exhaustive()
    }
}

impl fmt::Debug for Signed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signed").field("authorization", &self.authorization()).finish_non_exhaustive()
    }
}

#[cfg(feature = "defmt")]
mod format {
    use super::{DaySigner, Prepared, Sha256Engine, Signed, Signer};
    use defmt::{Format, Formatter, write};

    impl<H: Sha256Engine> Format for Signer<'_, H> {
        fn format(&self, f: Formatter<'_>) {
            write!(f, "Signer({})", self.credentials);
        }
    }

    impl<H: Sha256Engine> Format for DaySigner<'_, H> {
        fn format(&self, f: Formatter<'_>) {
            write!(f, "DaySigner({})", self.identity);
        }
    }

    impl Format for Prepared<'_> {
        fn format(&self, f: Formatter<'_>) {
            write!(f, "Prepared({})", self.request);
        }
    }

    impl Format for Signed<'_> {
        fn format(&self, f: Formatter<'_>) {
            write!(f, "Signed({})", self.authorization());
        }
    }
}
