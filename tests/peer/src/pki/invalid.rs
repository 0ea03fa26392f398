//! Invalid chains, each for its own reason.

use super::{
    Identity,
    params::{self, HOUR, YEAR, p256, signed, valid},
    valid::Cas,
};
use rcgen::{ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose, PKCS_ED25519};

/// For `example.org`.
#[must_use]
pub fn wrong_host(now: u64) -> Identity {
    Cas::new(now).issue(params::named(&["example.org"], now))
}

/// Below a root that the client does not trust.
#[must_use]
pub fn foreign_root(now: u64) -> Identity {
    let foreign = Cas::below(params::root(params::ca("foreign root", now), p256()), now);
    Identity { root: Cas::new(now).root.der().to_vec(), ..foreign.issue(params::leaf(now)) }
}

/// Below a root with the name of the trusted one and another key.
#[must_use]
pub fn namesake_root(now: u64) -> Identity {
    Identity { root: Cas::new(now).root.der().to_vec(), ..super::ecdsa(now) }
}

/// Below a root with an Ed25519 key, which the client does not support.
#[must_use]
pub fn ed25519_root(now: u64) -> Identity {
    let key = KeyPair::generate_for(&PKCS_ED25519).expect("the system has randomness");
    let root = params::root(params::ca("Ed25519 root", now), key);
    Cas::below(root, now).issue(params::leaf(now))
}

/// Expired an hour ago.
#[must_use]
pub fn expired(now: u64) -> Identity {
    Cas::new(now).issue(valid(params::leaf(now), now - YEAR..=now - HOUR))
}

/// Valid from an hour later.
#[must_use]
pub fn not_yet_valid(now: u64) -> Identity {
    Cas::new(now).issue(valid(params::leaf(now), now + HOUR..=now + YEAR))
}

/// The leaf is signed by another server's certificate, which is not a CA's.
#[must_use]
pub fn leaf_as_ca(now: u64) -> Identity {
    let Cas { root, intermediate } = Cas::new(now);
    let mallory = signed(params::named(&["mallory.example"], now), p256(), &intermediate);
    let leaf = signed(params::leaf(now), p256(), &mallory);
    Identity::new(&leaf, &[&mallory, &intermediate], &root)
}

/// For clients only: the extended key usage lacks serverAuth.
#[must_use]
pub fn without_server_auth(now: u64) -> Identity {
    let mut leaf = params::leaf(now);
    leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    Cas::new(now).issue(leaf)
}

/// An intermediate that may sign leaves only has signed another intermediate.
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
    let family = Cas::new(now);
    let mut identity = family.issue(params::leaf(now));
    identity.chain.extend((0..10).map(|n| {
        let unrelated = params::last_ca(&format!("unrelated {n}"), now);
        signed(unrelated, p256(), &family.root).der().to_vec()
    }));
    identity
}

/// A chain of twelve certificates.
#[must_use]
pub fn too_deep(now: u64) -> Identity {
    let root = Cas::new(now).root;
    let mut intermediates = Vec::new();
    for n in 0..11 {
        let params = params::ca(&format!("intermediate {n}"), now);
        intermediates.push(signed(params, p256(), intermediates.last().unwrap_or(&root)));
    }
    let leaf = signed(params::leaf(now), p256(), intermediates.last().unwrap_or(&root));
    Identity::new(&leaf, &intermediates.iter().rev().collect::<Vec<_>>(), &root)
}

/// Three CA certificates with the name of the trusted root and other keys: they form many paths.
#[must_use]
pub fn many_paths(now: u64) -> Identity {
    let trusted = Cas::new(now).root;
    let namesake = || params::root(params::ca("test root", now), p256());
    let [one, two, three] = [namesake(), namesake(), namesake()];
    Identity::new(&signed(params::leaf(now), p256(), &one), &[&one, &two, &three], &trusted)
}
