//! Certificates before they are signed.

use super::HOST;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, PKCS_RSA_SHA256, date_time_ymd,
};
use rustls::pki_types::PrivatePkcs8KeyDer;
use std::{ops::RangeInclusive, time::Duration};

/// A certificate and its key. Whether it may sign others is for the client to find out.
pub(super) type Authority = CertifiedIssuer<'static, KeyPair>;

/// In seconds. Far enough from now that a clock which runs during a test changes nothing.
pub(super) const HOUR: u64 = 60 * 60;
pub(super) const YEAR: u64 = 365 * 24 * HOUR;

pub(super) fn p256() -> KeyPair {
    KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).expect("the system has randomness")
}

pub(super) fn rsa(pkcs8: &[u8]) -> KeyPair {
    let key = PrivatePkcs8KeyDer::from(pkcs8);
    KeyPair::from_pkcs8_der_and_sign_algo(&key, &PKCS_RSA_SHA256).expect("the key is an RSA key")
}

/// An authority, with nothing said about how many may be below it.
pub(super) fn authority(name: &str, now: u64) -> CertificateParams {
    let mut draft = draft(name, now);
    draft.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    draft.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    draft
}

/// An authority that may sign leaves alone.
pub(super) fn last_authority(name: &str, now: u64) -> CertificateParams {
    let mut draft = authority(name, now);
    draft.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    draft
}

/// A server's certificate, for [`HOST`].
pub(super) fn leaf(now: u64) -> CertificateParams {
    named(&[HOST], now)
}

/// A server's certificate for these names.
pub(super) fn named(names: &[&str], now: u64) -> CertificateParams {
    let mut draft = draft(names.first().copied().unwrap_or_default(), now);
    let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
    draft.subject_alt_names = CertificateParams::new(names).expect("names are ASCII").subject_alt_names;
    draft.is_ca = IsCa::ExplicitNoCa;
    draft.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    draft.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    draft
}

fn draft(name: &str, now: u64) -> CertificateParams {
    let mut draft = CertificateParams::default();
    draft.distinguished_name.push(DnType::CommonName, name);
    draft.use_authority_key_identifier_extension = true;
    valid(draft, now.saturating_sub(YEAR)..=now + YEAR)
}

/// Seconds since 1970, both of them included.
pub(super) fn valid(mut draft: CertificateParams, when: RangeInclusive<u64>) -> CertificateParams {
    let time = |unix: &u64| date_time_ymd(1970, 1, 1) + Duration::from_secs(*unix);
    (draft.not_before, draft.not_after) = (time(when.start()), time(when.end()));
    draft
}

pub(super) fn root(draft: CertificateParams, key: KeyPair) -> Authority {
    Authority::self_signed(draft, key).expect("the draft is complete")
}

pub(super) fn signed(draft: CertificateParams, key: KeyPair, by: &Authority) -> Authority {
    Authority::signed_by(draft, key, by).expect("the draft is complete")
}
