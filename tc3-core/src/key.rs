//! The key of one UTC day and one service.

use crate::{
    canonical::{StringToSign, terminator},
    encode::{Encode, copy},
    error::{Field, Invalid, WrongKey},
    hash::Sha256Engine,
    hmac::Key,
    stack,
    text::{LABEL, check, check_len, is_alike},
    time::Timestamp,
};
use core::{fmt, str};
use zeroize::Zeroize;

/// The longest name of a service, in bytes.
pub const MAX_SERVICE: usize = 31;

/// What a derived key opens, spelled as it stands in every signature of the day, between a slash and a
/// line feed. It owns the service's name, because it outlives the request.
#[derive(Clone, Copy)]
pub(crate) struct Scope {
    /// The day after its own, in days since 1970; 0 as long as there is no key. So a new signer is all zeros,
    /// and the compiler sees that it is of no day.
    until: u32,
    /// Of the service's name.
    len: u8,
    text: [u8; NAME + MAX_SERVICE + END.len()],
}

/// Where the service's name begins: after a slash, a date and a slash.
const NAME: usize = 12;
/// What comes after it.
const END: &[u8] = concat!("/", terminator!(), "\n").as_bytes();
impl Scope {
    /// Of no day, and of a service without a name.
    pub(crate) const NONE: Self = Self { until: 0, len: 0, text: [0; NAME + MAX_SERVICE + END.len()] };

    /// Of a name that [`check_service`] let pass.
    pub(crate) fn set(&mut self, service: &str, at: Timestamp) {
        self.until = at.day().wrapping_add(1);
        [self.len, ..] = service.len().to_le_bytes();
        let end = self.end();
        if let [slash, rest @ ..] = &mut self.text
            && let Some((date, [other, name @ ..])) = rest.split_first_chunk_mut()
        {
            (*slash, *other) = (b'/', b'/');
            at.put_date(date);
            copy(name, service.as_bytes());
            name.make_ascii_lowercase();
        }
        copy(self.text.get_mut(end..).unwrap_or_default(), END);
    }

    pub(crate) fn new(service: &str, at: Timestamp) -> Self {
        let mut scope = Self::NONE;
        scope.set(service, at);
        scope
    }

    /// Where the service's name ends: no farther than it can, so that no slice need be checked.
    fn end(&self) -> usize {
        (usize::from(self.len) % (MAX_SERVICE + 1)).wrapping_add(NAME)
    }

    /// With the slash before it.
    pub(crate) fn path(&self) -> &[u8] {
        self.text.get(..self.end().wrapping_add(END.len()).wrapping_sub(1)).unwrap_or_default()
    }

    /// With the line feed after it.
    pub(crate) fn line(&self) -> &[u8] {
        self.text.get(1..self.end().wrapping_add(END.len())).unwrap_or_default()
    }

    const fn day(&self) -> u32 {
        self.until.wrapping_sub(1)
    }

    fn date(&self) -> &[u8] {
        self.text.get(1..NAME - 1).unwrap_or_default()
    }

    pub(crate) fn service(&self) -> &[u8] {
        self.text.get(NAME..self.end()).unwrap_or_default()
    }

    pub(crate) fn check(&self, service: &str, at: Timestamp) -> Result<(), WrongKey> {
        if self.day() != at.day() {
            return Err(WrongKey::Day { key: self.day(), request: at.day() });
        }
        if !is_alike(service.as_bytes(), self.service()) {
            return Err(WrongKey::Service);
        }
        Ok(())
    }
}

impl fmt::Debug for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(str::from_utf8(self.line().trim_ascii_end()).unwrap_or_default())
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Scope {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "{=[u8]:a}", self.line().trim_ascii_end());
    }
}

pub(crate) const fn check_service(name: &str) -> Result<(), Invalid> {
    match check(name, Field::Service, &LABEL) {
        Ok(()) => check_len(name, Field::Service, MAX_SERVICE),
        invalid => invalid,
    }
}

/// `HMAC(HMAC(HMAC("TC3" + SecretKey, Date), Service), "tc3_request")`: the parts of the scope, in turn.
///
/// `inner` is for digests of inner messages, which open nothing.
fn derive<H: Sha256Engine>(key: &mut Key, hash: &mut H, secret: &str, scope: &Scope, inner: &mut [u8; 32]) {
    key.set(hash, b"TC3", secret.as_bytes());
    // Not in a loop, which each step would become a part of: what it spills would lie too high to be covered.
    key.advance(hash, scope.date(), inner);
    key.advance(hash, scope.service(), inner);
    key.advance(hash, terminator!().as_bytes(), inner);
}

/// A derived key, ready to sign with.
pub(crate) struct DayKey {
    pub(crate) key: Key,
    pub(crate) scope: Scope,
}

impl DayKey {
    /// Signs for no day.
    pub(crate) const NONE: Self = Self { key: Key::NONE, scope: Scope::NONE };

    /// Becomes the key of a day and a service, unless it is, where it lies: a key that moves leaves a
    /// copy behind.
    ///
    /// It is made by way of `digest`, where nothing of it stays: what is put there next could be missing.
    pub(crate) fn turn<H: Sha256Engine>(
        &mut self,
        hash: &mut H,
        secret: &str,
        service: &str,
        at: Timestamp,
        digest: &mut [u8; 32],
    ) {
        if self.scope.check(service, at).is_err() {
            self.scope.set(service, at);
            derive(&mut self.key, hash, secret, &self.scope, digest);
            self.key.keep(hash, digest);
            *digest = [0; 32];
            stack::cover();
        }
    }

    /// Becomes a key that was exported, as by [`turn`](Self::turn).
    pub(crate) fn import<H: Sha256Engine>(&mut self, hash: &mut H, key: &SigningKey, digest: &mut [u8; 32]) {
        self.scope = key.scope;
        self.key.set(hash, &[], &key.key);
        self.key.keep(hash, digest);
        *digest = [0; 32];
        stack::cover();
    }

    /// `HMAC(SigningKey, StringToSign)`, in the place of the hash of the canonical request.
    pub(crate) fn sign<H: Sha256Engine>(&mut self, hash: &mut H, at: Timestamp, digest: &mut [u8; 32]) {
        let Self { key, scope } = self;
        key.begin_kept(hash);
        StringToSign { scope, at, canonical: digest }.encode_to(hash);
        key.finish_kept(hash, digest);
    }
}

/// The key that signs for one service on one UTC day, and opens nothing else.
///
/// A gateway that holds the SecretKey can export it to a device that never sees the SecretKey;
/// the device signs with a [`DaySigner`](crate::DaySigner). It is wiped when dropped, and neither
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
        stack::cover();
        Self::of(key.advanced(), scope)
    }

    /// Not inlined: so it is made where it is to be, and not moved there.
    #[inline(never)]
    pub(crate) fn of(key: &[u8; 32], scope: Scope) -> Self {
        Self { key: *key, scope }
    }

    /// Takes a key that was exported for this service and the UTC day of `day_of`.
    ///
    /// # Errors
    /// [`Invalid`] if the service's name is.
    pub fn import(key: &[u8; 32], service: &str, day_of: Timestamp) -> Result<Self, Invalid> {
        check_service(service)?;
        Ok(Self::of(key, Scope::new(service, day_of)))
    }

    /// The key itself, to be stored or handed on.
    #[must_use]
    pub const fn expose(&self) -> &[u8; 32] {
        &self.key
    }

    /// The service it signs for, in lower case.
    #[must_use]
    pub fn service(&self) -> &str {
        str::from_utf8(self.scope.service()).unwrap_or_default()
    }

    /// The UTC day it signs for, in days since 1970-01-01.
    #[must_use]
    pub const fn day(&self) -> u32 {
        self.scope.day()
    }
}

impl Drop for SigningKey {
    fn drop(&mut self) {
        // A slice is wiped by words.
        self.key.as_mut_slice().zeroize();
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = f.debug_struct("SigningKey");
        text.field("key", &"***").field("service", &self.service()).field("day", &self.day()).finish()
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for SigningKey {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "SigningKey({=str}, day {=u32})", self.service(), self.day());
    }
}
