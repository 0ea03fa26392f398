//! Whose order counts when a scheme for the signature is chosen.

use rustls::{
    SignatureAlgorithm, SignatureScheme,
    sign::{Signer, SigningKey},
};
use std::sync::Arc;

/// A key that signs with the first of the client's schemes it can, as most servers do; `rustls`
/// takes its own favourite, and that is the longest hash.
#[derive(Debug)]
pub(super) struct ClientsChoice(pub(super) Arc<dyn SigningKey>);

impl SigningKey for ClientsChoice {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        offered.iter().find_map(|scheme| self.0.choose_scheme(&[*scheme]))
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        self.0.algorithm()
    }
}
