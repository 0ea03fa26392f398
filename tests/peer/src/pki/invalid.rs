//! Invalid chains, each with a different defect.

use super::{Cas, HOUR, Identity, YEAR, p256, signed, valid};
use rcgen::{ExtendedKeyUsagePurpose, KeyUsagePurpose};

/// The leaf is for `example.org`.
pub fn wrong_host(now: u64) -> Identity {
    Cas::new(now).issue(super::named(&["example.org"], now))
}

/// The chain ends in a root that the client does not trust.
pub fn foreign_root(now: u64) -> Identity {
    let foreign = Cas::below(super::root(super::ca("foreign root", now), p256()), now);
    Identity { root: Cas::new(now).root.der().to_vec(), ..foreign.issue(super::leaf(now)) }
}

/// The chain ends in a root that has the name of the trusted root, but another key.
pub fn namesake_root(now: u64) -> Identity {
    Identity { root: Cas::new(now).root.der().to_vec(), ..super::ecdsa(now) }
}

/// The leaf expired an hour ago.
pub fn expired(now: u64) -> Identity {
    Cas::new(now).issue(valid(super::leaf(now), now - YEAR..=now - HOUR))
}

/// The leaf becomes valid in an hour.
pub fn not_yet_valid(now: u64) -> Identity {
    Cas::new(now).issue(valid(super::leaf(now), now + HOUR..=now + YEAR))
}

/// The leaf is signed with the key of another server, whose certificate is not that of a CA.
pub fn leaf_as_ca(now: u64) -> Identity {
    let Cas { root, intermediate } = Cas::new(now);
    let other_server = signed(super::named(&["other.example"], now), p256(), &intermediate);
    let leaf = signed(super::leaf(now), p256(), &other_server);
    Identity::new(&leaf, &[&other_server, &intermediate], &root)
}

/// The leaf is for clients only: its extended key usage lacks serverAuth.
pub fn without_server_auth(now: u64) -> Identity {
    let mut leaf = super::leaf(now);
    leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    Cas::new(now).issue(leaf)
}

/// An intermediate has signed another intermediate, although it may sign only leaves.
pub fn path_too_long(now: u64) -> Identity {
    let Cas { root, intermediate } = Cas::new(now);
    let lower = signed(super::ca("lower intermediate", now), p256(), &intermediate);
    let leaf = signed(super::leaf(now), p256(), &lower);
    Identity::new(&leaf, &[&lower, &intermediate], &root)
}

/// The key usage of the intermediate lacks keyCertSign.
pub fn ca_without_cert_sign(now: u64) -> Identity {
    let root = Cas::new(now).root;
    let mut intermediate = super::last_ca("test intermediate", now);
    intermediate.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::CrlSign];
    let intermediate = signed(intermediate, p256(), &root);
    Cas { root, intermediate }.issue(super::leaf(now))
}

/// The key usage of the leaf lacks digitalSignature.
pub fn without_digital_signature(now: u64) -> Identity {
    let mut leaf = super::leaf(now);
    leaf.key_usages = vec![KeyUsagePurpose::KeyAgreement];
    Cas::new(now).issue(leaf)
}

/// The leaf is self-signed.
pub fn self_signed(now: u64) -> Identity {
    let leaf = super::root(super::leaf(now), p256());
    Identity::new(&leaf, &[], &Cas::new(now).root)
}

/// Five certificates: a valid chain of two, and three intermediates that are not part of it.
pub fn too_many(now: u64) -> Identity {
    let cas = Cas::new(now);
    let mut identity = cas.issue(super::leaf(now));
    identity.chain.extend((0..3).map(|n| {
        let unrelated = super::last_ca(&format!("unrelated {n}"), now);
        signed(unrelated, p256(), &cas.root).der().to_vec()
    }));
    identity
}

/// The chain has three CA certificates with the name of the trusted root but other keys. They form many
/// paths.
pub fn many_paths(now: u64) -> Identity {
    let trusted = Cas::new(now).root;
    let namesake = || super::root(super::ca("test root", now), p256());
    let [one, two, three] = [namesake(), namesake(), namesake()];
    Identity::new(&signed(super::leaf(now), p256(), &one), &[&one, &two, &three], &trusted)
}
