//! Invalid chains, each with a different defect.

use super::{
    Cas, Identity,
    params::{self, HOUR, YEAR, p256, signed, valid},
};
use rcgen::{ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose, PKCS_ED25519};

/// The leaf is for `example.org`.
#[must_use]
pub fn wrong_host(now: u64) -> Identity {
    Cas::new(now).issue(params::named(&["example.org"], now))
}

/// The chain ends in a root that the client does not trust.
#[must_use]
pub fn foreign_root(now: u64) -> Identity {
    let foreign = Cas::below(params::root(params::ca("foreign root", now), p256()), now);
    Identity { root: Cas::new(now).root.der().to_vec(), ..foreign.issue(params::leaf(now)) }
}

/// The chain ends in a root that has the name of the trusted root, but another key.
#[must_use]
pub fn namesake_root(now: u64) -> Identity {
    Identity { root: Cas::new(now).root.der().to_vec(), ..super::ecdsa(now) }
}

/// The chain ends in a root with an Ed25519 key. The client does not support Ed25519.
#[must_use]
pub fn ed25519_root(now: u64) -> Identity {
    let key = KeyPair::generate_for(&PKCS_ED25519).expect("the system has randomness");
    let root = params::root(params::ca("Ed25519 root", now), key);
    Cas::below(root, now).issue(params::leaf(now))
}

/// The leaf expired an hour ago.
#[must_use]
pub fn expired(now: u64) -> Identity {
    Cas::new(now).issue(valid(params::leaf(now), now - YEAR..=now - HOUR))
}

/// The leaf becomes valid in an hour.
#[must_use]
pub fn not_yet_valid(now: u64) -> Identity {
    Cas::new(now).issue(valid(params::leaf(now), now + HOUR..=now + YEAR))
}

/// The leaf is signed with the key of another server, whose certificate is not that of a CA.
#[must_use]
pub fn leaf_as_ca(now: u64) -> Identity {
    let Cas { root, intermediate } = Cas::new(now);
    let other_server = signed(params::named(&["other.example"], now), p256(), &intermediate);
    let leaf = signed(params::leaf(now), p256(), &other_server);
    Identity::new(&leaf, &[&other_server, &intermediate], &root)
}

/// The leaf is for clients only: its extended key usage lacks serverAuth.
#[must_use]
pub fn without_server_auth(now: u64) -> Identity {
    let mut leaf = params::leaf(now);
    leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    Cas::new(now).issue(leaf)
}

/// An intermediate has signed another intermediate, although it may sign only leaves.
#[must_use]
pub fn path_too_long(now: u64) -> Identity {
    let Cas { root, intermediate } = Cas::new(now);
    let lower = signed(params::ca("lower intermediate", now), p256(), &intermediate);
    let leaf = signed(params::leaf(now), p256(), &lower);
    Identity::new(&leaf, &[&lower, &intermediate], &root)
}

/// The key usage of the intermediate lacks keyCertSign.
#[must_use]
pub fn ca_without_cert_sign(now: u64) -> Identity {
    let root = Cas::new(now).root;
    let mut intermediate = params::last_ca("test intermediate", now);
    intermediate.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::CrlSign];
    let intermediate = signed(intermediate, p256(), &root);
    Cas { root, intermediate }.issue(params::leaf(now))
}

/// The key usage of the leaf lacks digitalSignature.
#[must_use]
pub fn without_digital_signature(now: u64) -> Identity {
    let mut leaf = params::leaf(now);
    leaf.key_usages = vec![KeyUsagePurpose::KeyAgreement];
    Cas::new(now).issue(leaf)
}

/// The leaf is self-signed.
#[must_use]
pub fn self_signed(now: u64) -> Identity {
    let leaf = params::root(params::leaf(now), p256());
    Identity::new(&leaf, &[], &Cas::new(now).root)
}

/// Twelve certificates: a valid chain of two, and ten intermediates that are not part of it.
#[must_use]
pub fn too_many(now: u64) -> Identity {
    let cas = Cas::new(now);
    let mut identity = cas.issue(params::leaf(now));
    identity.chain.extend((0..10).map(|n| {
        let unrelated = params::last_ca(&format!("unrelated {n}"), now);
        signed(unrelated, p256(), &cas.root).der().to_vec()
    }));
    identity
}

/// The chain has three CA certificates with the name of the trusted root but other keys. They form many
/// paths.
#[must_use]
pub fn many_paths(now: u64) -> Identity {
    let trusted = Cas::new(now).root;
    let namesake = || params::root(params::ca("test root", now), p256());
    let [one, two, three] = [namesake(), namesake(), namesake()];
    Identity::new(&signed(params::leaf(now), p256(), &one), &[&one, &two, &three], &trusted)
}
