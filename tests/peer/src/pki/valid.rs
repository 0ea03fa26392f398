//! Short valid chains.

use super::{
    Identity,
    params::{self, Issued, p256, signed},
};
use rcgen::{CertificateParams, KeyPair, PKCS_ECDSA_P384_SHA384};

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
pub(super) struct Cas {
    pub(super) root: Issued,
    pub(super) intermediate: Issued,
}

impl Cas {
    pub(super) fn new(now: u64) -> Self {
        Self::below(params::root(params::ca("test root", now), p256()), now)
    }

    pub(super) fn below(root: Issued, now: u64) -> Self {
        let intermediate = signed(params::last_ca("test intermediate", now), p256(), &root);
        Self { root, intermediate }
    }

    /// Signs this leaf with the intermediate.
    pub(super) fn issue(&self, leaf: CertificateParams) -> Identity {
        let leaf = signed(leaf, p256(), &self.intermediate);
        Identity::new(&leaf, &[&self.intermediate], &self.root)
    }
}
