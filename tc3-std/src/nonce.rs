//! The nonce of a v1 signature.

use std::{io, num::NonZeroU64};
use tc3_core::v1::Nonce;

/// "A random positive integer", from the operating system: 1 to 2^63 - 1, as the official SDKs.
///
/// # Errors
/// What the operating system says when it has no randomness.
pub fn nonce() -> io::Result<Nonce> {
    let number = getrandom::u64()? >> 1;
    Ok(Nonce::new(NonZeroU64::new(number).unwrap_or(NonZeroU64::MIN)))
}
