//! Signing with a derived key, without the SecretKey.

use super::{
    canonical::hash_canonical,
    credential_scope::WrongKey,
    key::{CachedKey, SigningKey},
    request::Request,
    signed::Signed,
};
use crate::{
    credentials::Identity,
    crypto::{sha256::Sha256Engine, software::Software},
    time::Timestamp,
};
use core::fmt;

/// Signs with a [`SigningKey`], for a device that never holds the SecretKey.
///
/// ```
/// use tc3_core::{DaySigner, Identity, SigningKey, Timestamp, WrongKey, api};
///
/// let [monday, tuesday] = [1_551_052_800, 1_551_139_200].map(|unix| Timestamp::from_unix(unix));
/// let (monday, tuesday) = (monday?, tuesday?);
/// let identity = Identity::new("AKIDEXAMPLE")?;
/// let request = api!("iotcloud", "2021-04-08").action("PublishMessage").json("{}")?;
///
/// let mut signer = DaySigner::new(identity, &SigningKey::import(&[1; 32], "iotcloud", monday)?);
/// signer.sign(&request, monday)?;
/// assert!(matches!(signer.sign(&request, tuesday), Err(WrongKey::Day { .. })));
///
/// // the gateway sends the key of the next day
/// signer.renew(identity, &SigningKey::import(&[2; 32], "iotcloud", tuesday)?);
/// signer.sign(&request, tuesday)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct DaySigner<'c, H: Sha256Engine = Software> {
    identity: Identity<'c>,
    key: SigningKey,
    /// The same key, precomputed by the first signature.
    cached: CachedKey,
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
    /// A signer that hashes with `hash`.
    #[must_use]
    pub fn with_hash(identity: Identity<'c>, key: &SigningKey, hash: H) -> Self {
        Self { identity, key: SigningKey::of(&key.key, key.scope), cached: CachedKey::NONE, hash }
    }

    /// Replaces the identity and the key. The old key is overwritten, and the state precomputed from it is wiped.
    ///
    /// The key may be of another day, of another service, or of other credentials.
    pub fn renew(&mut self, identity: Identity<'c>, key: &SigningKey) {
        self.identity = identity;
        self.key.replace(key);
        self.cached = CachedKey::NONE;
    }

    /// Signs a request of the key's service on the key's day.
    ///
    /// # Errors
    /// [`WrongKey`] if the key is for another day or service than the request.
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

impl<H: Sha256Engine> fmt::Debug for DaySigner<'_, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DaySigner").field("identity", &self.identity).finish_non_exhaustive()
    }
}

#[cfg(feature = "defmt")]
impl<H: Sha256Engine> defmt::Format for DaySigner<'_, H> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "DaySigner({})", self.identity);
    }
}
