//! Credentials as they are at one moment, and the keys derived from them.

use super::{lock, source::OwnedCredentials};
use std::{
    fmt,
    sync::{Arc, Mutex},
};
use tc3_core::{Api, DaySigner, KeyCache, Request, Signed, Signer, SigningKey, Timestamp, v1};
use tc3_embedded::signer::{Sign, SignError, SignV1};
use zeroize::Zeroizing;

/// More keys than a program needs: one for each service and day.
const MAX_KEYS: usize = 64;

/// The credentials of a [`SharedSigner`](super::SharedSigner) as they are at one moment: SecretId, SecretKey and token
/// that belong together.
///
/// Clones share the credentials and the keys derived from them, which are wiped with the last clone.
#[derive(Clone)]
pub struct Snapshot(Arc<Shared>);

struct Shared {
    credentials: OwnedCredentials,
    keys: Mutex<Vec<Arc<DayKey>>>,
}

/// The key of one day and service.
struct DayKey {
    key: Zeroizing<[u8; 32]>,
    service: String,
    day: u32,
}

impl Snapshot {
    pub(super) fn new(credentials: OwnedCredentials) -> Self {
        Self(Arc::new(Shared { credentials, keys: Mutex::default() }))
    }

    /// Signs a request with TC3-HMAC-SHA256.
    ///
    /// # Errors
    /// [`SignError::Expired`] if the credentials have expired at this time.
    pub fn sign<'s>(&'s self, request: &'s Request<'s>, now: Timestamp) -> Result<Signed<'s>, SignError> {
        let identity = self.usable(now)?.credentials()?.identity();
        let shared = self.0.key(request.service(), now)?;
        // Borrowed from the `Result`: a move would leave a copy of the key on the stack.
        let key = &SigningKey::import(&shared.key, request.service(), now);
        let key = key.as_ref().map_err(|invalid| *invalid)?;
        Ok(DaySigner::new(identity, key).sign(request, now)?)
    }

    /// Signs a request with signature v1.
    ///
    /// # Errors
    /// [`SignError::Expired`] if the credentials have expired at this time; [`SignError::Invalid`] if the request
    /// exceeds a limit of the service.
    pub fn sign_v1<'s>(
        &'s self,
        request: &'s v1::Request<'s>,
        now: Timestamp,
        nonce: v1::Nonce,
    ) -> Result<v1::Signed<'s>, SignError> {
        let credentials = self.usable(now)?.credentials()?;
        Ok(KeyCache::new().sign_v1(credentials, request, now, nonce)?)
    }

    /// The SecretId, which is not secret.
    #[must_use]
    pub fn id(&self) -> &str {
        self.0.credentials.id()
    }

    /// When the credentials expire. `None` if they are long-term, or if the expiry is unknown.
    #[must_use]
    pub fn expires(&self) -> Option<Timestamp> {
        self.0.credentials.expires()
    }

    pub(super) fn holds(&self, credentials: &OwnedCredentials) -> bool {
        self.0.credentials.is_same_as(credentials)
    }

    fn usable(&self, now: Timestamp) -> Result<&OwnedCredentials, SignError> {
        match self.expires() {
            Some(expires) if expires <= now => Err(SignError::Expired { expires, now }),
            _ => Ok(&self.0.credentials),
        }
    }
}

impl Shared {
    /// The key of this day and service. The first thread that asks derives it, and the others wait for that.
    fn key(&self, service: &str, now: Timestamp) -> Result<Arc<DayKey>, SignError> {
        let mut keys = lock(&self.keys);
        let is_wanted =
            |key: &&Arc<DayKey>| key.day == now.day() && key.service.eq_ignore_ascii_case(service);
        if let Some(key) = keys.iter().find(is_wanted) {
            return Ok(Arc::clone(key));
        }
        // The keys of the days next to this one stay: around midnight, threads may read the clock in another order.
        keys.retain(|key| key.day.abs_diff(now.day()) <= 1);
        if keys.len() >= MAX_KEYS {
            keys.clear();
        }
        let derived =
            Signer::new(self.credentials.credentials()?).signing_key(&Api::unversioned(service)?, now);
        let key = Zeroizing::new([0; 32]);
        let mut key = Arc::new(DayKey { key, service: service.into(), day: now.day() });
        // Written in place: a move would leave a copy of the key on the stack.
        if let Some(key) = Arc::get_mut(&mut key) {
            key.key.copy_from_slice(derived.expose());
        }
        keys.push(Arc::clone(&key));
        Ok(key)
    }
}

impl Sign for Snapshot {
    fn sign<'s>(&'s mut self, request: &'s Request<'s>, now: Timestamp) -> Result<Signed<'s>, SignError> {
        Self::sign(self, request, now)
    }
}

impl SignV1 for Snapshot {
    fn sign_v1<'s>(
        &'s mut self,
        request: &'s v1::Request<'s>,
        now: Timestamp,
        nonce: v1::Nonce,
    ) -> Result<v1::Signed<'s>, SignError> {
        Self::sign_v1(self, request, now, nonce)
    }
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Snapshot").field(&self.0.credentials).finish()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use std::thread;

    #[test]
    fn the_key_of_a_day_and_service_is_derived_once_and_the_others_are_not_kept_for_ever() {
        let Snapshot(shared) = Snapshot::new(OwnedCredentials::new("id", "key").unwrap());
        let day = |day: u64| Timestamp::from_unix(day.wrapping_mul(86_400)).unwrap();
        let first = shared.key("cvm", day(10)).unwrap();
        thread::scope(|threads| {
            let same = [(); 8].map(|()| threads.spawn(|| shared.key("CVM", day(10)).unwrap()));
            for thread in same {
                assert!(Arc::ptr_eq(&thread.join().unwrap(), &first), "derived again");
            }
        });
        for (name, service, at, kept) in [
            ("another service", "cls", 10, true),
            ("the next day", "cvm", 11, true),
            ("later", "cvm", 12, false),
        ] {
            let other = shared.key(service, day(at)).unwrap();
            assert_ne!(other.key, first.key, "{name}");
            let has_first = lock(&shared.keys).iter().any(|key| Arc::ptr_eq(key, &first));
            assert_eq!(has_first, kept, "the first key after {name}");
        }
        for number in 0..1_000 {
            shared.key(&format!("s{number}"), day(12)).unwrap();
            assert!(lock(&shared.keys).len() <= MAX_KEYS, "{number}");
        }
    }
}
