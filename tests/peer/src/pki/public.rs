//! RSA, in the shape of the service's public chain.

use super::{
    Identity,
    draft::{self, Authority, rsa, signed},
};
use rcgen::{
    CertificateParams, CrlDistributionPoint, CustomExtension, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, KeyUsagePurpose,
};

const ROOT: &[u8] = include_bytes!("keys/rsa2048-root.pk8");
const OLD_ROOT: &[u8] = include_bytes!("keys/rsa2048-old-root.pk8");
const INTERMEDIATE: &[u8] = include_bytes!("keys/rsa4096-intermediate.pk8");
const LEAF: &[u8] = include_bytes!("keys/rsa2048-leaf.pk8");

/// The one that is for [`HOST`](super::HOST) comes last.
const NAMES: [&str; 6] = [
    "tencentcloudapi.com",
    "*.ap-guangzhou.tencentcloudapi.com",
    "*.ap-shanghai.tencentcloudapi.com",
    "*.ap-beijing.tencentcloudapi.com",
    "*.intl.tencentcloudapi.com",
    "*.tencentcloudapi.com",
];

/// An RSA-2048 leaf of six names, an RSA-4096 intermediate, an RSA-2048 root; SHA-256.
#[must_use]
pub fn public_shaped(now: u64) -> Identity {
    let root = root(now);
    let intermediate = intermediate(now, &root);
    Identity::new(&leaf(now, &intermediate), &[&intermediate], &root)
}

/// [`public_shaped`], and after it the root's key as an older root certified it, for clients that
/// do not know the root yet.
#[must_use]
pub fn cross_certified(now: u64) -> Identity {
    let root = root(now);
    let intermediate = intermediate(now, &root);
    let old = draft::root(draft::authority("RSA old root", now), rsa(OLD_ROOT));
    let cross = signed(draft::authority(ROOT_NAME, now), rsa(ROOT), &old);
    Identity::new(&leaf(now, &intermediate), &[&intermediate, &cross], &root)
}

const ROOT_NAME: &str = "RSA root G2";

fn root(now: u64) -> Authority {
    draft::root(draft::authority(ROOT_NAME, now), rsa(ROOT))
}

fn intermediate(now: u64, root: &Authority) -> Authority {
    let mut draft = draft::last_authority("OV RSA4096 SHA256 CA1", now);
    draft.distinguished_name =
        subject(&[(DnType::CountryName, "US"), (DnType::OrganizationName, "Test, Inc.")], &draft);
    draft.key_usages.push(KeyUsagePurpose::DigitalSignature);
    draft.extended_key_usages = both_sides();
    signed(references(draft), rsa(INTERMEDIATE), root)
}

fn leaf(now: u64, intermediate: &Authority) -> Authority {
    let mut draft = draft::named(&NAMES, now);
    draft.distinguished_name = subject(
        &[
            (DnType::CountryName, "CN"),
            (DnType::StateOrProvinceName, "Guangdong Province"),
            (DnType::LocalityName, "Shenzhen"),
            (DnType::OrganizationName, "Example Computer Systems (Shenzhen) Company Limited"),
        ],
        &draft,
    );
    draft.key_usages.push(KeyUsagePurpose::KeyEncipherment);
    draft.extended_key_usages = both_sides();
    signed(references(draft), rsa(LEAF), intermediate)
}

fn both_sides() -> Vec<ExtendedKeyUsagePurpose> {
    vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth]
}

/// These, and then the name that the draft has already.
fn subject(parts: &[(DnType, &str)], draft: &CertificateParams) -> DistinguishedName {
    let mut subject = DistinguishedName::new();
    for (kind, value) in parts {
        subject.push(kind.clone(), *value);
    }
    if let Some(name) = draft.distinguished_name.get(&DnType::CommonName) {
        subject.push(DnType::CommonName, name.clone());
    }
    subject
}

/// Where revocation and the issuer could be looked up: what a public certificate is never without.
fn references(mut draft: CertificateParams) -> CertificateParams {
    let uris = vec!["http://crl.example/ca1.crl".to_owned(), "http://crl2.example/ca1.crl".to_owned()];
    draft.crl_distribution_points = vec![CrlDistributionPoint { uris }];
    draft.custom_extensions =
        vec![CustomExtension::from_oid_content(&[1, 3, 6, 1, 5, 5, 7, 1, 1], authority_access())];
    draft
}

/// AuthorityInfoAccess: where OCSP answers, and where the issuer's certificate is.
fn authority_access() -> Vec<u8> {
    let access = |method: u8, uri: &str| {
        let method = der(0x06, &[0x2b, 6, 1, 5, 5, 7, 0x30, method]);
        der(0x30, &[method, der(0x86, uri.as_bytes())].concat())
    };
    der(0x30, &[access(1, "http://ocsp.example"), access(2, "http://ca.example/ca1.crt")].concat())
}

/// A DER value of at most 127 bytes.
fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let len = u8::try_from(content.len()).ok().filter(|len| *len < 128).expect("the value is short");
    [&[tag, len], content].concat()
}
