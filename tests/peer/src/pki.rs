//! Certificate chains and private keys of servers. They are generated for the time that a test assumes.
//!
//! A chain is for [`HOST`] unless its documentation names another host. An invalid chain has only the defect
//! that its function names.

mod public;

pub use public::*;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
pub use rcgen::{
    PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ED25519, PKCS_RSA_SHA256, PKCS_RSA_SHA384,
    PKCS_RSA_SHA512, SignatureAlgorithm,
};
use rustls::pki_types::PrivatePkcs8KeyDer;
use std::{ops::RangeInclusive, time::Duration};

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
pub fn ecdsa(now: u64) -> Identity {
    Cas::new(now).issue(leaf(now))
}

/// The key of a certificate, with the algorithm by which it signs other certificates.
#[derive(Clone, Copy, Debug)]
pub enum Key {
    /// A new key.
    New(&'static SignatureAlgorithm),
    /// A stored RSA key of 2,048, 3,072 or 4,096 bits.
    Rsa(u16, &'static SignatureAlgorithm),
}

impl Key {
    fn pair(self) -> KeyPair {
        match self {
            Self::New(algorithm) => KeyPair::generate_for(algorithm).expect("the system has randomness"),
            Self::Rsa(2048, algorithm) => rsa(LEAF, algorithm),
            Self::Rsa(3072, algorithm) => rsa(include_bytes!("pki/keys/rsa3072.pk8"), algorithm),
            Self::Rsa(_, algorithm) => rsa(INTERMEDIATE, algorithm),
        }
    }
}

/// A leaf, an intermediate and a root with these keys.
pub fn with_keys(now: u64, keys: [Key; 3]) -> Identity {
    let [of_leaf, of_intermediate, of_root] = keys.map(Key::pair);
    let root = root(ca("root with any key", now), of_root);
    let intermediate = signed(last_ca("intermediate with any key", now), of_intermediate, &root);
    Identity::new(&signed(leaf(now), of_leaf, &intermediate), &[&intermediate], &root)
}

/// A root and an intermediate.
struct Cas {
    root: Issued,
    intermediate: Issued,
}

impl Cas {
    fn new(now: u64) -> Self {
        Self::below(root(ca("test root", now), p256()), now)
    }

    fn below(root: Issued, now: u64) -> Self {
        let intermediate = signed(last_ca("test intermediate", now), p256(), &root);
        Self { root, intermediate }
    }

    /// Signs this leaf with the intermediate.
    fn issue(&self, leaf: CertificateParams) -> Identity {
        let leaf = signed(leaf, p256(), &self.intermediate);
        Identity::new(&leaf, &[&self.intermediate], &self.root)
    }
}

/// A certificate with its private key. The key can sign other certificates, even if this one is not that of
/// a CA.
type Issued = CertifiedIssuer<'static, KeyPair>;

// In seconds. No test runs for an hour.
const HOUR: u64 = 60 * 60;
const YEAR: u64 = 365 * 24 * HOUR;

fn p256() -> KeyPair {
    KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).expect("the system has randomness")
}

fn rsa(pkcs8: &[u8], algorithm: &'static SignatureAlgorithm) -> KeyPair {
    let key = PrivatePkcs8KeyDer::from(pkcs8);
    KeyPair::from_pkcs8_der_and_sign_algo(&key, algorithm).expect("the key is an RSA key")
}

/// A CA certificate without a path length constraint.
fn ca(name: &str, now: u64) -> CertificateParams {
    let mut params = params(name, now);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

/// A CA certificate that may sign only end-entity certificates.
fn last_ca(name: &str, now: u64) -> CertificateParams {
    let mut params = ca(name, now);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params
}

/// A server's certificate for [`HOST`].
fn leaf(now: u64) -> CertificateParams {
    named(&[HOST], now)
}

/// A server's certificate for these names.
fn named(names: &[&str], now: u64) -> CertificateParams {
    let mut params = params(names.first().copied().unwrap_or_default(), now);
    let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
    params.subject_alt_names = CertificateParams::new(names).expect("names are ASCII").subject_alt_names;
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params
}

fn params(name: &str, now: u64) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.use_authority_key_identifier_extension = true;
    valid(params, now.saturating_sub(YEAR)..=now + YEAR)
}

/// Sets the validity period, in UNIX seconds. Both ends are included.
fn valid(mut params: CertificateParams, when: RangeInclusive<u64>) -> CertificateParams {
    let time = |unix: &u64| date_time_ymd(1970, 1, 1) + Duration::from_secs(*unix);
    (params.not_before, params.not_after) = (time(when.start()), time(when.end()));
    params
}

fn root(params: CertificateParams, key: KeyPair) -> Issued {
    Issued::self_signed(params, key).expect("the parameters are complete")
}

fn signed(params: CertificateParams, key: KeyPair, by: &Issued) -> Issued {
    Issued::signed_by(params, key, by).expect("the parameters are complete")
}

// Invalid chains, each with a different defect.

/// The leaf is for `example.org`.
pub fn wrong_host(now: u64) -> Identity {
    Cas::new(now).issue(named(&["example.org"], now))
}

/// The chain ends in a root that the client does not trust.
pub fn foreign_root(now: u64) -> Identity {
    let foreign = Cas::below(root(ca("foreign root", now), p256()), now);
    Identity { root: Cas::new(now).root.der().to_vec(), ..foreign.issue(leaf(now)) }
}

/// The chain ends in a root that has the name of the trusted root, but another key.
pub fn namesake_root(now: u64) -> Identity {
    Identity { root: Cas::new(now).root.der().to_vec(), ..ecdsa(now) }
}

/// The leaf expired an hour ago.
pub fn expired(now: u64) -> Identity {
    Cas::new(now).issue(valid(leaf(now), now - YEAR..=now - HOUR))
}

/// The leaf becomes valid in an hour.
pub fn not_yet_valid(now: u64) -> Identity {
    Cas::new(now).issue(valid(leaf(now), now + HOUR..=now + YEAR))
}

/// The leaf is signed with the key of another server, whose certificate is not that of a CA.
pub fn leaf_as_ca(now: u64) -> Identity {
    let Cas { root, intermediate } = Cas::new(now);
    let other_server = signed(named(&["other.example"], now), p256(), &intermediate);
    let leaf = signed(leaf(now), p256(), &other_server);
    Identity::new(&leaf, &[&other_server, &intermediate], &root)
}

/// The leaf is for clients only: its extended key usage lacks serverAuth.
pub fn without_server_auth(now: u64) -> Identity {
    let mut leaf = leaf(now);
    leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    Cas::new(now).issue(leaf)
}

/// An intermediate has signed another intermediate, although it may sign only leaves.
pub fn path_too_long(now: u64) -> Identity {
    let Cas { root, intermediate } = Cas::new(now);
    let lower = signed(ca("lower intermediate", now), p256(), &intermediate);
    let leaf = signed(leaf(now), p256(), &lower);
    Identity::new(&leaf, &[&lower, &intermediate], &root)
}

/// The key usage of the intermediate lacks keyCertSign.
pub fn ca_without_cert_sign(now: u64) -> Identity {
    let root = Cas::new(now).root;
    let mut intermediate = last_ca("test intermediate", now);
    intermediate.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::CrlSign];
    let intermediate = signed(intermediate, p256(), &root);
    Cas { root, intermediate }.issue(leaf(now))
}

/// The key usage of the leaf lacks digitalSignature.
pub fn without_digital_signature(now: u64) -> Identity {
    let mut leaf = leaf(now);
    leaf.key_usages = vec![KeyUsagePurpose::KeyAgreement];
    Cas::new(now).issue(leaf)
}

/// The leaf is self-signed.
pub fn self_signed(now: u64) -> Identity {
    let leaf = root(leaf(now), p256());
    Identity::new(&leaf, &[], &Cas::new(now).root)
}

/// Five certificates: a valid chain of two, and three intermediates that are not part of it.
pub fn too_many(now: u64) -> Identity {
    let cas = Cas::new(now);
    let mut identity = cas.issue(leaf(now));
    identity.chain.extend((0..3).map(|n| {
        let unrelated = last_ca(&format!("unrelated {n}"), now);
        signed(unrelated, p256(), &cas.root).der().to_vec()
    }));
    identity
}

/// The chain has three CA certificates with the name of the trusted root but other keys. They form many
/// paths.
pub fn many_paths(now: u64) -> Identity {
    let trusted = Cas::new(now).root;
    let namesake = || root(ca("test root", now), p256());
    let [one, two, three] = [namesake(), namesake(), namesake()];
    Identity::new(&signed(leaf(now), p256(), &one), &[&one, &two, &three], &trusted)
}
