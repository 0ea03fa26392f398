//! RSA signatures, without a heap and on about 2.5 KB of stack.
//!
//! The Baseline Requirements for certificates of public servers (section 6.1.5 and 6.1.6) have a
//! modulus of at least 2,048 bits, "evenly divisible by 8", and an exponent that is "an odd number
//! equal to 3 or more". Those are accepted, up to 4,096 bits and to exponents below 2³², which bound
//! the time and the memory that a stranger's key can cost.

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
