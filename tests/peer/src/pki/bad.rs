//! Chains that prove nothing, each for a reason of its own.

use super::{
    Identity,
    draft::{self, HOUR, YEAR, p256, signed, valid},
    good::Family,
};
use rcgen::{ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose, PKCS_ED25519};

/// For `example.org`.
#[must_use]
pub fn wrong_host(now: u64) -> Identity {
    Family::new(now).with(draft::named(&["example.org"], now))
}

/// Below a root that the client does not know.
#[must_use]
pub fn foreign_root(now: u64) -> Identity {
    let foreign = Family::below(draft::root(draft::authority("foreign root", now), p256()), now);
    Identity { root: Family::new(now).root.der().to_vec(), ..foreign.with(draft::leaf(now)) }
}

/// Below a root that has the name of the one the client trusts, and another key.
#[must_use]
pub fn namesake_root(now: u64) -> Identity {
    Identity { root: Family::new(now).root.der().to_vec(), ..super::ecdsa(now) }
}

/// Below a root whose key, of Ed25519, the client knows nothing of.
#[must_use]
pub fn ed25519_root(now: u64) -> Identity {
    let key = KeyPair::generate_for(&PKCS_ED25519).expect("the system has randomness");
    let root = draft::root(draft::authority("Ed25519 root", now), key);
    Family::below(root, now).with(draft::leaf(now))
}

/// Ended an hour ago.
#[must_use]
pub fn expired(now: u64) -> Identity {
    Family::new(now).with(valid(draft::leaf(now), now - YEAR..=now - HOUR))
}

/// Begins in an hour.
#[must_use]
pub fn not_yet_valid(now: u64) -> Identity {
    Family::new(now).with(valid(draft::leaf(now), now + HOUR..=now + YEAR))
}

/// The leaf was signed by another server's certificate, which is no authority.
#[must_use]
pub fn leaf_as_ca(now: u64) -> Identity {
    let Family { root, intermediate } = Family::new(now);
    let mallory = signed(draft::named(&["mallory.example"], now), p256(), &intermediate);
    let leaf = signed(draft::leaf(now), p256(), &mallory);
    Identity::new(&leaf, &[&mallory, &intermediate], &root)
}

/// For clients alone: its extended key usage lacks serverAuth.
#[must_use]
pub fn without_server_auth(now: u64) -> Identity {
    let mut leaf = draft::leaf(now);
    leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    Family::new(now).with(leaf)
}

/// An intermediate that may sign leaves alone signed another intermediate.
#[must_use]
pub fn path_too_long(now: u64) -> Identity {
    let Family { root, intermediate } = Family::new(now);
    let lower = signed(draft::authority("lower intermediate", now), p256(), &intermediate);
    let leaf = signed(draft::leaf(now), p256(), &lower);
    Identity::new(&leaf, &[&lower, &intermediate], &root)
}

/// The key usage of the intermediate lacks keyCertSign.
#[must_use]
pub fn ca_without_cert_sign(now: u64) -> Identity {
    let root = Family::new(now).root;
    let mut intermediate = draft::last_authority("test intermediate", now);
    intermediate.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::CrlSign];
    let intermediate = signed(intermediate, p256(), &root);
    Family { root, intermediate }.with(draft::leaf(now))
}

/// The key usage of the leaf lacks digitalSignature.
#[must_use]
pub fn without_digital_signature(now: u64) -> Identity {
    let mut leaf = draft::leaf(now);
    leaf.key_usages = vec![KeyUsagePurpose::KeyAgreement];
    Family::new(now).with(leaf)
}

/// The leaf vouches for itself.
#[must_use]
pub fn self_signed(now: u64) -> Identity {
    let leaf = draft::root(draft::leaf(now), p256());
    Identity::new(&leaf, &[], &Family::new(now).root)
}

/// Twelve certificates: a good chain of two, and ten intermediates that have no part in it.
#[must_use]
pub fn too_many(now: u64) -> Identity {
    let family = Family::new(now);
    let mut identity = family.with(draft::leaf(now));
    identity.chain.extend((0..10).map(|n| {
        let stranger = draft::last_authority(&format!("stranger {n}"), now);
        signed(stranger, p256(), &family.root).der().to_vec()
    }));
    identity
}

/// Twelve certificates, each of them needed.
#[must_use]
pub fn too_deep(now: u64) -> Identity {
    let root = Family::new(now).root;
    let mut above = Vec::new();
    for n in 0..11 {
        let draft = draft::authority(&format!("intermediate {n}"), now);
        above.push(signed(draft, p256(), above.last().unwrap_or(&root)));
    }
    let leaf = signed(draft::leaf(now), p256(), above.last().unwrap_or(&root));
    Identity::new(&leaf, &above.iter().rev().collect::<Vec<_>>(), &root)
}

/// Authorities that nobody knows, each of which has the name of the one that the client trusts: there
/// are many ways through them.
#[must_use]
pub fn maze(now: u64) -> Identity {
    let trusted = Family::new(now).root;
    let namesake = || draft::root(draft::authority("test root", now), p256());
    let [one, two, three] = [namesake(), namesake(), namesake()];
    Identity::new(&signed(draft::leaf(now), p256(), &one), &[&one, &two, &three], &trusted)
}
