//! Chooses the signature scheme.

use rustls::{
    SignatureAlgorithm, SignatureScheme,
    sign::{Signer, SigningKey},
};
use std::sync::Arc;

/// A key that signs with the first scheme in the client's list that the key supports, as most servers do.
/// `rustls` itself prefers the longest hash.
#[derive(Debug)]
pub(super) struct ClientPreference(pub(super) Arc<dyn SigningKey>);

impl SigningKey for ClientPreference {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        offered.iter().find_map(|scheme| self.0.choose_scheme(&[*scheme]))
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        self.0.algorithm()
    }
}
