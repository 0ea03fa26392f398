//! Key derivation: the key of one UTC day and one service.

use super::{
    canonical::StringToSign,
    credential_scope::{Scope, TERMINATOR},
};
use crate::{
    api::check_service,
    crypto::{
        hmac::{Key, PrecomputedKey},
        sha256::Sha256Engine,
        stack::wipe_stack,
    },
    encode::Encode,
    error::Invalid,
    time::Timestamp,
};
use core::{fmt, str};
use zeroize::Zeroize;

/// `HMAC(HMAC(HMAC("TC3" + SecretKey, Date), Service), "tc3_request")`: one step for each part of the scope.
///
/// `inner` is scratch space for inner digests.
fn derive<H: Sha256Engine>(key: &mut Key, hash: &mut H, secret: &str, scope: &Scope, inner: &mut [u8; 32]) {
    key.set(hash, b"TC3", secret.as_bytes());
    // Not in a loop: the compiler would inline each step, and save parts of the key so high on the stack that
    // `wipe_stack` does not reach them.
    key.derive(hash, scope.date(), inner);
    key.derive(hash, scope.service(), inner);
    key.derive(hash, TERMINATOR.as_bytes(), inner);
}

/// The key of the last day and service, precomputed.
pub(crate) struct CachedKey {
    key: PrecomputedKey,
    pub(crate) scope: Scope,
}

impl CachedKey {
    /// No key.
    pub(crate) const NONE: Self = Self { key: PrecomputedKey::NONE, scope: Scope::NONE };

    /// Derives the key for this day and service unless cached. In place: moving would leave a copy in memory.
    ///
    /// `digest` is scratch space. After a derivation it is all zeros.
    pub(crate) fn refresh<H: Sha256Engine>(
        &mut self,
        hash: &mut H,
        secret: &str,
        service: &str,
        at: Timestamp,
        digest: &mut [u8; 32],
    ) {
        if self.scope.check(service, at).is_err() {
            self.scope.set(service, at);
            derive(self.key.key(), hash, secret, &self.scope, digest);
            self.key.precompute(hash, digest);
            *digest = [0; 32];
            wipe_stack();
        }
    }

    /// Caches an exported key. `digest` is scratch space, and then all zeros.
    pub(crate) fn import<H: Sha256Engine>(&mut self, hash: &mut H, key: &SigningKey, digest: &mut [u8; 32]) {
        self.scope = key.scope;
        self.key.key().set(hash, &[], &key.key);
        self.key.precompute(hash, digest);
        *digest = [0; 32];
        wipe_stack();
    }

    /// Computes `HMAC(SigningKey, StringToSign)`. `digest` is the hash of the canonical request, and is replaced by
    /// the MAC.
    pub(crate) fn sign<H: Sha256Engine>(&mut self, hash: &mut H, at: Timestamp, digest: &mut [u8; 32]) {
        let Self { key, scope } = self;
        key.begin(hash);
        StringToSign { scope, at, canonical: digest }.encode_to(hash);
        key.finish(hash, digest);
    }
}

/// The derived key of one service and one UTC day: 32 bytes that can sign for nothing else.
///
/// A gateway that holds the SecretKey can export the key to a device, which signs with a
/// [`DaySigner`](crate::DaySigner) and never holds the SecretKey. The key is wiped when dropped, and neither
/// `Debug` nor `defmt` shows it.
///
/// ```
/// use tc3_core::{Credentials, DaySigner, Signer, SigningKey, Timestamp, api};
///
/// let api = api!("iotcloud", "2021-04-08");
/// let now = Timestamp::from_unix(1_551_113_065)?;
/// let credentials = Credentials::new("AKIDEXAMPLE", "key")?;
///
/// // on the gateway
/// let key = Signer::new(credentials).signing_key(&api, now);
/// let exported: [u8; 32] = *key.expose();
///
/// // on the device
/// let key = SigningKey::import(&exported, "iotcloud", now)?;
/// let request = api.action("PublishMessage").json("{}")?;
/// let signed = DaySigner::new(credentials.identity(), &key).sign(&request, now)?;
/// assert!(signed.authorization().to_string().contains("2019-02-25/iotcloud/tc3_request"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct SigningKey {
    pub(crate) key: [u8; 32],
    pub(crate) scope: Scope,
}

impl SigningKey {
    pub(crate) fn derive<H: Sha256Engine>(hash: &mut H, secret: &str, service: &str, at: Timestamp) -> Self {
        let scope = Scope::new(service, at);
        let mut key = Key::NONE;
        derive(&mut key, hash, secret, &scope, &mut [0; 32]);
        wipe_stack();
        Self::of(key.derived(), scope)
    }

    /// Not inlined, so that the key is built in its final place and not moved.
    #[inline(never)]
    pub(crate) fn of(key: &[u8; 32], scope: Scope) -> Self {
        Self { key: *key, scope }
    }

    /// Overwrites the key with another. In place: moving would leave a copy in memory.
    pub(crate) const fn replace(&mut self, by: &Self) {
        self.key = by.key;
        self.scope = by.scope;
    }

    /// Imports a key that was exported for this service and the UTC day of `day_of`.
    ///
    /// # Errors
    /// [`Invalid`] if the service's name is invalid.
    pub fn import(key: &[u8; 32], service: &str, day_of: Timestamp) -> Result<Self, Invalid> {
        check_service(service)?;
        Ok(Self::of(key, Scope::new(service, day_of)))
    }

    /// The key itself, to be stored or sent to a device.
    #[must_use]
    pub const fn expose(&self) -> &[u8; 32] {
        &self.key
    }

    /// The service that the key signs for, in lower case.
    #[must_use]
    pub fn service(&self) -> &str {
        str::from_utf8(self.scope.service()).unwrap_or_default()
    }

    /// The UTC day that the key signs for, in days since 1970-01-01.
    #[must_use]
    pub const fn day(&self) -> u32 {
        self.scope.day()
    }
}

impl Drop for SigningKey {
    fn drop(&mut self) {
        // As a slice, which is wiped by words.
        self.key.as_mut_slice().zeroize();
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut key = f.debug_struct("SigningKey");
        key.field("key", &"***").field("service", &self.service()).field("day", &self.day()).finish()
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for SigningKey {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "SigningKey({=str}, day {=u32})", self.service(), self.day());
    }
}
