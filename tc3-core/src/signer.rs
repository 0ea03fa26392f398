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
    cached: CachedKey,
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
    /// A signer that hashes with `hash`.
    #[must_use]
    pub const fn with_hash(credentials: Credentials<'c>, hash: H) -> Self {
        Self { credentials, cached: CachedKey::NONE, hash }
    }

    /// Signs a request with TC3-HMAC-SHA256. This cannot fail: the request was checked when it was built.
    ///
    /// Sign again each time you send the request. Tencent's document: "A greater-than-5-minute difference
    /// between your local current time and the API server time can cause your signature to expire."
    pub fn sign<'r>(&mut self, request: &'r Request<'r>, now: Timestamp) -> Signed<'r>
    where
        'c: 'r,
    {
        let Self { credentials: Credentials { identity, key }, cached, hash } = self;
        // Copied here: a copy after the derivation would make the compiler read it from memory again. Saves up to 96 B
        // on a Cortex-M0.
        let identity = Some(*identity);
        let mut digest = [0; 32];
        cached.refresh(hash, key, request.api().service, now, &mut digest);
        hash_canonical(hash, request, &mut digest);
        cached.sign(hash, now, &mut digest);
        Signed { request, identity, at: now, scope: cached.scope, mac: digest }
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
        cached.refresh(hash, credentials.key, request.api().service, now, &mut digest);
        digest = *canonical;
        cached.sign(hash, now, &mut digest);
        Signed { request, identity: Some(credentials.identity), at: now, scope: cached.scope, mac: digest }
    }

    /// The canonical request and the string to sign, to compare them with those of another signer.
    pub fn explain<'r>(&mut self, request: &'r Request<'r>, now: Timestamp) -> Explanation<'r> {
        let scope = Scope::new(request.api().service, now);
        let mut explanation = Explanation { request, payload: [0; 32], canonical: [0; 32], scope, at: now };
        request.hash_payload(&mut self.hash, &mut explanation.payload);
        explanation.canonical = explanation.payload;
        hash_with_payload(&mut self.hash, request, &mut explanation.canonical);
        explanation
    }

    /// Derives the key of this service for the UTC day of `now`, for a [`DaySigner`](crate::DaySigner).
    pub fn signing_key(&mut self, api: &Api<'_>, now: Timestamp) -> SigningKey {
        SigningKey::derive(&mut self.hash, self.credentials.key, api.service, now)
    }

    /// Replaces the credentials and wipes the cached key.
    pub fn renew(&mut self, credentials: Credentials<'c>) {
        self.credentials = credentials;
        self.cached = CachedKey::NONE;
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
        v1::Signed::new(&mut self.hash, self.credentials, request, now, nonce)
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

#[cfg(feature = "defmt")]
mod format {
    use super::{Prepared, Sha256Engine, Signer};
    use defmt::{Format, Formatter, write};

    impl<H: Sha256Engine> Format for Signer<'_, H> {
        fn format(&self, f: Formatter<'_>) {
            write!(f, "Signer({})", self.credentials);
        }
    }

    impl Format for Prepared<'_> {
        fn format(&self, f: Formatter<'_>) {
            write!(f, "Prepared({})", self.request);
        }
    }
}
