//! Certificate chains and private keys of servers. They are generated for the time that a test assumes.
//!
//! A chain is for [`HOST`] unless its documentation names another host. An invalid chain has only the defect
//! that its function names.

mod invalid;
mod params;
mod public;
mod valid;

pub use invalid::{
    ca_without_cert_sign, ed25519_root, expired, foreign_root, leaf_as_ca, many_paths, namesake_root,
    not_yet_valid, path_too_long, self_signed, too_many, without_digital_signature, without_server_auth,
    wrong_host,
};
pub use public::{cross_certified, public_shaped};
pub use valid::{ecdsa, p384};

use params::Issued;

/// The host that the certificates are for.
pub const HOST: &str = "cvm.tencentcloudapi.com";

/// A server's certificate chain and private key, and the root that the client trusts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The certificates that the server sends, in DER, the leaf first, without the root.
    pub chain: Vec<Vec<u8>>,
    /// The private key of the leaf, in PKCS#8 DER.
    pub key: Vec<u8>,
    /// The certificate of the root that the client trusts, in DER.
    pub root: Vec<u8>,
}

impl Identity {
    fn new(leaf: &Issued, intermediates: &[&Issued], root: &Issued) -> Self {
        let chain = [leaf].iter().chain(intermediates).map(|it| it.der().to_vec()).collect();
        Self { chain, key: leaf.key().serialize_der(), root: root.der().to_vec() }
    }
}
