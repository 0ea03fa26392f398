//! The nonce of a v1 signature.

use std::io;
use tc3_core::v1::Nonce;
use tc3_embedded::entropy::{self, EntropyError};

/// Draws a random nonce from the operating system, as [`tc3_embedded::entropy::nonce`] does.
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
/// The operating system's error if its random source fails.
pub fn nonce() -> io::Result<Nonce> {
    entropy::nonce(&mut entropy::from_fn(getrandom::fill)).map_err(|error| match error {
        EntropyError::Source(source) => source.into(),
        other => io::Error::other(other),
    })
}
