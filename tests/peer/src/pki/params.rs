//! Sets the parameters of certificates, and signs them.

use super::HOST;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, PKCS_RSA_SHA256, date_time_ymd,
};
use rustls::pki_types::PrivatePkcs8KeyDer;
use std::{ops::RangeInclusive, time::Duration};

/// A certificate with its private key. The key can sign other certificates, even if this one is not that of
/// a CA.
pub(super) type Issued = CertifiedIssuer<'static, KeyPair>;

/// In seconds. No test runs for an hour.
pub(super) const HOUR: u64 = 60 * 60;
/// In seconds.
pub(super) const YEAR: u64 = 365 * 24 * HOUR;

pub(super) fn p256() -> KeyPair {
    KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).expect("the system has randomness")
}

pub(super) fn rsa(pkcs8: &[u8]) -> KeyPair {
    let key = PrivatePkcs8KeyDer::from(pkcs8);
    KeyPair::from_pkcs8_der_and_sign_algo(&key, &PKCS_RSA_SHA256).expect("the key is an RSA key")
}

/// A CA certificate without a path length constraint.
pub(super) fn ca(name: &str, now: u64) -> CertificateParams {
    let mut params = params(name, now);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

/// A CA certificate that may sign only end-entity certificates.
pub(super) fn last_ca(name: &str, now: u64) -> CertificateParams {
    let mut params = ca(name, now);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params
}

/// A server's certificate for [`HOST`].
pub(super) fn leaf(now: u64) -> CertificateParams {
    named(&[HOST], now)
}

/// A server's certificate for these names.
pub(super) fn named(names: &[&str], now: u64) -> CertificateParams {
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
pub(super) fn valid(mut params: CertificateParams, when: RangeInclusive<u64>) -> CertificateParams {
    let time = |unix: &u64| date_time_ymd(1970, 1, 1) + Duration::from_secs(*unix);
    (params.not_before, params.not_after) = (time(when.start()), time(when.end()));
    params
}

pub(super) fn root(params: CertificateParams, key: KeyPair) -> Issued {
    Issued::self_signed(params, key).expect("the parameters are complete")
}

pub(super) fn signed(params: CertificateParams, key: KeyPair, by: &Issued) -> Issued {
    Issued::signed_by(params, key, by).expect("the parameters are complete")
}
