//! The nonce of a v1 signature.

use std::{io, num::NonZeroU64};
use tc3_core::v1::Nonce;

/// "A random positive integer", from the operating system: 1 to 2^63 - 1, as the official SDKs.
///
/// ```
/// use tc3_core::{Credentials, Signer, api, v1};
/// use tc3_std::{SystemClock, nonce};
///
/// let call = api!("cvm", "2017-03-12").action("DescribeZones");
/// let request = call.v1(v1::Method::Post, v1::Algorithm::HmacSha256, v1::Params::EMPTY)?;
/// let mut signer = Signer::new(Credentials::new("AKIDEXAMPLE", "key")?);
/// let signed = signer.sign_v1(&request, SystemClock.now()?, nonce()?)?;
/// assert!(signed.wire().to_string().contains("&Nonce="));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// What the operating system says when it has no randomness.
pub fn nonce() -> io::Result<Nonce> {
    let number = getrandom::u64()? >> 1;
    Ok(Nonce::new(NonZeroU64::new(number).unwrap_or(NonZeroU64::MIN)))
}
