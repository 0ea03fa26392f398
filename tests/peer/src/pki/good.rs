//! Short chains that are as they should be.

use super::{
    Identity,
    draft::{self, Authority, p256, signed},
};
use rcgen::{CertificateParams, KeyPair, PKCS_ECDSA_P384_SHA384};

/// ECDSA with P-256: a leaf, below an intermediate that may sign leaves alone.
#[must_use]
pub fn ecdsa(now: u64) -> Identity {
    Family::new(now).with(draft::leaf(now))
}

/// ECDSA with P-384 from the root to the leaf.
#[must_use]
pub fn p384(now: u64) -> Identity {
    let key = || KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384).expect("the system has randomness");
    let root = draft::root(draft::authority("P-384 root", now), key());
    let intermediate = signed(draft::last_authority("P-384 intermediate", now), key(), &root);
    let leaf = signed(draft::leaf(now), key(), &intermediate);
    Identity::new(&leaf, &[&intermediate], &root)
}

/// A root and an intermediate.
pub(super) struct Family {
    pub(super) root: Authority,
    pub(super) intermediate: Authority,
}

impl Family {
    pub(super) fn new(now: u64) -> Self {
        Self::below(draft::root(draft::authority("test root", now), p256()), now)
    }

    pub(super) fn below(root: Authority, now: u64) -> Self {
        let intermediate = signed(draft::last_authority("test intermediate", now), p256(), &root);
        Self { root, intermediate }
    }

    /// Their chain down to this leaf.
    pub(super) fn with(&self, leaf: CertificateParams) -> Identity {
        let leaf = signed(leaf, p256(), &self.intermediate);
        Identity::new(&leaf, &[&self.intermediate], &self.root)
    }
}
