//! Certificate chains and private keys of servers. They are generated for the time that a test assumes.
//!
//! A chain is for [`HOST`] unless its documentation names another host. An invalid chain has only the defect
//! that its function names.

mod invalid;
mod params;
mod public;

pub use invalid::{
    ca_without_cert_sign, ed25519_root, expired, foreign_root, leaf_as_ca, many_paths, namesake_root,
    not_yet_valid, path_too_long, self_signed, too_many, without_digital_signature, without_server_auth,
    wrong_host,
};
pub use public::{cross_certified, public_shaped};

use params::{Issued, p256, signed};
use rcgen::{CertificateParams, KeyPair, PKCS_ECDSA_P384_SHA384};

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

/// All keys are P-256. The leaf is signed by an intermediate that may sign only leaves.
#[must_use]
pub fn ecdsa(now: u64) -> Identity {
    Cas::new(now).issue(params::leaf(now))
}

/// All keys are P-384.
#[must_use]
pub fn p384(now: u64) -> Identity {
    let key = || KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384).expect("the system has randomness");
    let root = params::root(params::ca("P-384 root", now), key());
    let intermediate = signed(params::last_ca("P-384 intermediate", now), key(), &root);
    let leaf = signed(params::leaf(now), key(), &intermediate);
    Identity::new(&leaf, &[&intermediate], &root)
}

/// A root and an intermediate.
struct Cas {
    root: Issued,
    intermediate: Issued,
}

impl Cas {
    fn new(now: u64) -> Self {
        Self::below(params::root(params::ca("test root", now), p256()), now)
    }

    fn below(root: Issued, now: u64) -> Self {
        let intermediate = signed(params::last_ca("test intermediate", now), p256(), &root);
        Self { root, intermediate }
    }

    /// Signs this leaf with the intermediate.
    fn issue(&self, leaf: CertificateParams) -> Identity {
        let leaf = signed(leaf, p256(), &self.intermediate);
        Identity::new(&leaf, &[&self.intermediate], &self.root)
    }
}
