//! RSA chains that resemble the public chain of Tencent's service.

use super::{Identity, Issued, rsa, signed};
use rcgen::{
    CertificateParams, CrlDistributionPoint, CustomExtension, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, KeyUsagePurpose,
};

const ROOT: &[u8] = include_bytes!("keys/rsa2048-root.pk8");
const OLD_ROOT: &[u8] = include_bytes!("keys/rsa2048-old-root.pk8");
const INTERMEDIATE: &[u8] = include_bytes!("keys/rsa4096-intermediate.pk8");
const LEAF: &[u8] = include_bytes!("keys/rsa2048-leaf.pk8");

/// The names in the leaf. The last name includes [`HOST`](super::HOST).
const NAMES: [&str; 6] = [
    "tencentcloudapi.com",
    "*.ap-guangzhou.tencentcloudapi.com",
    "*.ap-shanghai.tencentcloudapi.com",
    "*.ap-beijing.tencentcloudapi.com",
    "*.intl.tencentcloudapi.com",
    "*.tencentcloudapi.com",
];

/// An RSA-2048 leaf with six names, an RSA-4096 intermediate and an RSA-2048 root, signed with SHA-256.
pub fn public_shaped(now: u64) -> Identity {
    let root = root(now);
    let intermediate = intermediate(now, &root);
    Identity::new(&leaf(now, &intermediate), &[&intermediate], &root)
}

/// [`public_shaped`] with a cross certificate. It certifies the root's key with an older root, for clients
/// that do not trust the root yet.
pub fn cross_certified(now: u64) -> Identity {
    let root = root(now);
    let intermediate = intermediate(now, &root);
    let old = super::root(super::ca("RSA old root", now), rsa(OLD_ROOT));
    let cross = signed(super::ca(ROOT_NAME, now), rsa(ROOT), &old);
    Identity::new(&leaf(now, &intermediate), &[&intermediate, &cross], &root)
}

const ROOT_NAME: &str = "RSA root G2";

fn root(now: u64) -> Issued {
    super::root(super::ca(ROOT_NAME, now), rsa(ROOT))
}

fn intermediate(now: u64, root: &Issued) -> Issued {
    let mut params = super::last_ca("OV RSA4096 SHA256 CA1", now);
    params.distinguished_name =
        subject(&[(DnType::CountryName, "US"), (DnType::OrganizationName, "Test, Inc.")], &params);
    params.key_usages.push(KeyUsagePurpose::DigitalSignature);
    params.extended_key_usages = server_and_client();
    signed(with_locations(params), rsa(INTERMEDIATE), root)
}

fn leaf(now: u64, intermediate: &Issued) -> Issued {
    let mut params = super::named(&NAMES, now);
    params.distinguished_name = subject(
        &[
            (DnType::CountryName, "CN"),
            (DnType::StateOrProvinceName, "Guangdong Province"),
            (DnType::LocalityName, "Shenzhen"),
            (DnType::OrganizationName, "Example Computer Systems (Shenzhen) Company Limited"),
        ],
        &params,
    );
    params.key_usages.push(KeyUsagePurpose::KeyEncipherment);
    params.extended_key_usages = server_and_client();
    signed(with_locations(params), rsa(LEAF), intermediate)
}

fn server_and_client() -> Vec<ExtendedKeyUsagePurpose> {
    vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth]
}

/// A subject with these attributes, and then the common name from `params`.
fn subject(attributes: &[(DnType, &str)], params: &CertificateParams) -> DistinguishedName {
    let mut subject = DistinguishedName::new();
    for (kind, value) in attributes {
        subject.push(kind.clone(), *value);
    }
    if let Some(name) = params.distinguished_name.get(&DnType::CommonName) {
        subject.push(DnType::CommonName, name.clone());
    }
    subject
}

/// Adds the locations of revocation lists and of the issuer's certificate. Every public certificate has
/// them.
fn with_locations(mut params: CertificateParams) -> CertificateParams {
    let uris = vec!["http://crl.example/ca1.crl".to_owned(), "http://crl2.example/ca1.crl".to_owned()];
    params.crl_distribution_points = vec![CrlDistributionPoint { uris }];
    params.custom_extensions =
        vec![CustomExtension::from_oid_content(&[1, 3, 6, 1, 5, 5, 7, 1, 1], authority_access())];
    params
}

/// AuthorityInfoAccess: the locations of the OCSP responder and of the issuer's certificate.
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
