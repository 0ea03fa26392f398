//! RSA chains that resemble the public chain of Tencent's service.

use super::*;
use rcgen::{CrlDistributionPoint, CustomExtension};

const ROOT: &[u8] = include_bytes!("keys/rsa2048-root.pk8");
const OLD_ROOT: &[u8] = include_bytes!("keys/rsa2048-old-root.pk8");
pub(super) const INTERMEDIATE: &[u8] = include_bytes!("keys/rsa4096-intermediate.pk8");
pub(super) const LEAF: &[u8] = include_bytes!("keys/rsa2048-leaf.pk8");

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
    let old = super::root(ca("RSA old root", now), rsa(OLD_ROOT, &PKCS_RSA_SHA256));
    let cross = signed(ca(ROOT_NAME, now), rsa(ROOT, &PKCS_RSA_SHA256), &old);
    Identity::new(&leaf(now, &intermediate), &[&intermediate, &cross], &root)
}

const ROOT_NAME: &str = "RSA root G2";

fn root(now: u64) -> Issued {
    super::root(ca(ROOT_NAME, now), rsa(ROOT, &PKCS_RSA_SHA256))
}

fn intermediate(now: u64, root: &Issued) -> Issued {
    let mut params = last_ca("OV RSA4096 SHA256 CA1", now);
    params.distinguished_name.push(DnType::CountryName, "US");
    params.distinguished_name.push(DnType::OrganizationName, "Test, Inc.");
    params.key_usages.push(KeyUsagePurpose::DigitalSignature);
    signed(as_public(params), rsa(INTERMEDIATE, &PKCS_RSA_SHA256), root)
}

fn leaf(now: u64, intermediate: &Issued) -> Issued {
    let mut params = named(&NAMES, now);
    for (kind, value) in [
        (DnType::CountryName, "CN"),
        (DnType::StateOrProvinceName, "Guangdong Province"),
        (DnType::LocalityName, "Shenzhen"),
        (DnType::OrganizationName, "Example Computer Systems (Shenzhen) Company Limited"),
    ] {
        params.distinguished_name.push(kind, value);
    }
    params.key_usages.push(KeyUsagePurpose::KeyEncipherment);
    signed(as_public(params), rsa(LEAF, &PKCS_RSA_SHA256), intermediate)
}

/// Adds what every public certificate has: both usages, and the locations of revocation lists and of the
/// issuer's certificate.
fn as_public(mut params: CertificateParams) -> CertificateParams {
    params.extended_key_usages =
        vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
    let uris = vec!["http://crl.example/ca1.crl".to_owned(), "http://crl2.example/ca1.crl".to_owned()];
    params.crl_distribution_points = vec![CrlDistributionPoint { uris }];
    params.custom_extensions =
        vec![CustomExtension::from_oid_content(&[1, 3, 6, 1, 5, 5, 7, 1, 1], AUTHORITY_ACCESS.to_vec())];
    params
}

/// AuthorityInfoAccess: the locations of the OCSP responder and of the issuer's certificate.
const AUTHORITY_ACCESS: &[u8] = b"\x30\x48\
    \x30\x1f\x06\x08\x2b\x06\x01\x05\x05\x07\x30\x01\x86\x13http://ocsp.example\
    \x30\x25\x06\x08\x2b\x06\x01\x05\x05\x07\x30\x02\x86\x19http://ca.example/ca1.crt";
