//! RSA signatures, without a heap: five numbers of 512 bytes on the stack do.
//!
//! The Baseline Requirements for certificates of public servers (sections 6.1.5 and 6.1.6) want a
//! modulus of at least 2,048 bits, "evenly divisible by 8", and an exponent that is "an odd number
//! equal to 3 or more". These are accepted, and no others: a modulus that is odd and has 2,048, 2,056
//! and so on up to 4,096 bits, and an exponent that is odd, at least 3 and below 2^32. The upper
//! bounds are ours, on what a stranger's key may cost.

mod key;
mod pkcs1;
mod power;
mod pss;

#[cfg(test)]
#[allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that meets the unexpected has to stop"
)]
mod tests;

use super::algorithm::Algorithm;
use rustls_pki_types::alg_id;
use sha2_tls::Sha256;
#[cfg(feature = "sha512")]
use sha2_tls::{Sha384, Sha512};

pub(super) static PKCS1_SHA256: Algorithm = Algorithm {
    key: alg_id::RSA_ENCRYPTION,
    signature: alg_id::RSA_PKCS1_SHA256,
    check: pkcs1::check::<Sha256>,
};
#[cfg(feature = "sha512")]
pub(super) static PKCS1_SHA384: Algorithm = Algorithm {
    key: alg_id::RSA_ENCRYPTION,
    signature: alg_id::RSA_PKCS1_SHA384,
    check: pkcs1::check::<Sha384>,
};
#[cfg(feature = "sha512")]
pub(super) static PKCS1_SHA512: Algorithm = Algorithm {
    key: alg_id::RSA_ENCRYPTION,
    signature: alg_id::RSA_PKCS1_SHA512,
    check: pkcs1::check::<Sha512>,
};
pub(super) static PSS_SHA256: Algorithm =
    Algorithm { key: alg_id::RSA_ENCRYPTION, signature: alg_id::RSA_PSS_SHA256, check: pss::check::<Sha256> };
#[cfg(feature = "sha512")]
pub(super) static PSS_SHA384: Algorithm =
    Algorithm { key: alg_id::RSA_ENCRYPTION, signature: alg_id::RSA_PSS_SHA384, check: pss::check::<Sha384> };
#[cfg(feature = "sha512")]
pub(super) static PSS_SHA512: Algorithm =
    Algorithm { key: alg_id::RSA_ENCRYPTION, signature: alg_id::RSA_PSS_SHA512, check: pss::check::<Sha512> };
