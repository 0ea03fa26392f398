//! RSA signatures. Verification needs no heap, and five numbers of 512 bytes on the stack.
//!
//! The CA/Browser Forum's Baseline Requirements for certificates of public servers (sections 6.1.5 and
//! 6.1.6) require a modulus of at least 2,048 bits, "evenly divisible by 8", and an exponent that is "an
//! odd number equal to 3 or more". Two bounds of this crate limit the cost of a verification: the
//! modulus has at most 4,096 bits, and the exponent is below 2^32. All other keys are refused.

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
    reason = "a test fails by panicking"
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
    verify: pkcs1::verify::<Sha256>,
};
#[cfg(feature = "sha512")]
pub(super) static PKCS1_SHA384: Algorithm = Algorithm {
    key: alg_id::RSA_ENCRYPTION,
    signature: alg_id::RSA_PKCS1_SHA384,
    verify: pkcs1::verify::<Sha384>,
};
#[cfg(feature = "sha512")]
pub(super) static PKCS1_SHA512: Algorithm = Algorithm {
    key: alg_id::RSA_ENCRYPTION,
    signature: alg_id::RSA_PKCS1_SHA512,
    verify: pkcs1::verify::<Sha512>,
};
pub(super) static PSS_SHA256: Algorithm = Algorithm {
    key: alg_id::RSA_ENCRYPTION,
    signature: alg_id::RSA_PSS_SHA256,
    verify: pss::verify::<Sha256>,
};
#[cfg(feature = "sha512")]
pub(super) static PSS_SHA384: Algorithm = Algorithm {
    key: alg_id::RSA_ENCRYPTION,
    signature: alg_id::RSA_PSS_SHA384,
    verify: pss::verify::<Sha384>,
};
#[cfg(feature = "sha512")]
pub(super) static PSS_SHA512: Algorithm = Algorithm {
    key: alg_id::RSA_ENCRYPTION,
    signature: alg_id::RSA_PSS_SHA512,
    verify: pss::verify::<Sha512>,
};
