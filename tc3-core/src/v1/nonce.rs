//! The nonce of signature v1.

use core::num::NonZeroU64;

/// A nonce. Tencent's document: "A random positive integer used along with Timestamp to prevent replay attacks."
///
/// A signature consumes it, so that it cannot be used twice:
///
/// ```compile_fail,E0382
/// # use core::num::NonZeroU64;
/// # use tc3_core::{Credentials, Signer, Timestamp, v1};
/// # fn sign(signer: &mut Signer, request: &v1::Request, now: Timestamp) {
/// let nonce = v1::Nonce::new(NonZeroU64::MIN);
/// let _ = signer.sign_v1(request, now, nonce);
/// let _ = signer.sign_v1(request, now, nonce); // already consumed
/// # }
/// ```
#[derive(Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Nonce(pub(super) NonZeroU64);

impl Nonce {
    /// A nonce from a random number.
    #[must_use]
    pub const fn new(number: NonZeroU64) -> Self {
        Self(number)
    }
}
