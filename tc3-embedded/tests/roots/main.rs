//! The built-in roots are those of Mozilla's list, and private roots are read from DER.
#![cfg(feature = "tls")]
#![allow(clippy::restriction, reason = "a test fails by panicking")]

use std::{env, fs, path::Path};
#[cfg(feature = "p384")]
use tc3_embedded::tls::roots::DIGICERT_GLOBAL_ROOT_G3;
use tc3_embedded::tls::roots::{DIGICERT_GLOBAL_ROOT_G2, Root, RootError};

/// As DigiCert publishes them.
const G2: &[u8] = include_bytes!("digicert-global-root-g2.der");
const G3: &[u8] = include_bytes!("digicert-global-root-g3.der");

/// Compares the files with the root of this name in `webpki-roots`, or updates them.
fn assert_same_as_listed(name: &str, file: &str) {
    let listed = webpki_roots::TLS_SERVER_ROOTS.iter();
    let mut named = listed.filter(|root| root.subject.ends_with(name.as_bytes()));
    let (Some(root), None) = (named.next(), named.next()) else {
        panic!("webpki-roots does not have one root named {name}: if it is no longer trusted, remove it");
    };
    assert!(root.name_constraints.is_none(), "{name} now has name constraints");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tls/roots");
    for (kind, listed) in [("subject", &root.subject), ("spki", &root.subject_public_key_info)] {
        let path = folder.join(file).with_extension(kind);
        if env::var_os("UPDATE_ROOTS").is_some() {
            fs::write(&path, listed).unwrap();
        }
        assert_eq!(
            fs::read(&path).unwrap().escape_ascii().to_string(),
            listed.escape_ascii().to_string(),
            "{} differs from webpki-roots; if the change is right, run \
             `UPDATE_ROOTS=1 cargo test -p tc3-embedded --test roots`, review the difference and commit it",
            path.display(),
        );
    }
}

#[test]
fn the_built_in_roots_are_those_of_mozilla_s_list() {
    assert_same_as_listed("DigiCert Global Root G2", "digicert-global-root-g2");
    assert_same_as_listed("DigiCert Global Root G3", "digicert-global-root-g3");
}

#[test]
fn a_built_in_root_equals_its_certificate() {
    assert_eq!(Root::from_certificate(G2), Ok(DIGICERT_GLOBAL_ROOT_G2));
    #[cfg(feature = "p384")]
    assert_eq!(Root::from_certificate(G3), Ok(DIGICERT_GLOBAL_ROOT_G3));
    assert_ne!(Root::from_certificate(G3), Ok(DIGICERT_GLOBAL_ROOT_G2));
    assert!(format!("{DIGICERT_GLOBAL_ROOT_G2:?}").ends_with("DigiCert Global Root G2\")"));
}

/// Two certificates with the same name and key, made by `openssl req -x509 -new -key k.pem -subj "/CN=Plant 7" -outform der`, the
/// second with `-addext "nameConstraints=critical,permitted;DNS:plant.example"`.
const UNCONSTRAINED: &[u8] = include_bytes!("unconstrained.der");
const CONSTRAINED: &[u8] = include_bytes!("constrained.der");

#[test]
fn the_name_constraints_of_a_root_are_kept() {
    let [unconstrained, constrained] =
        [UNCONSTRAINED, CONSTRAINED].map(|der| Root::from_certificate(der).unwrap());
    assert_eq!(format!("{unconstrained:?}"), format!("{constrained:?}"));
    assert_ne!(unconstrained, constrained);
}

#[test]
fn what_is_not_exactly_one_certificate_in_der_is_refused_with_its_length() {
    for pem in [
        "-----BEGIN CERTIFICATE-----\nMIIDjjCCAnagAwIBAgIQAzrx5qcRqaC7KGSxHQn65TANBgkqhkiG9w0B\n",
        "\u{feff}\r\n-----BEGIN TRUSTED CERTIFICATE-----\r\n",
        "0 s:CN = DigiCert Global Root G2\n-----BEGIN CERTIFICATE-----\n",
    ] {
        assert_eq!(Root::from_certificate(pem.as_bytes()), Err(RootError::Pem), "{pem}");
    }
    let two = [G2, G3].concat();
    for given in (0..G2.len()).chain([G2.len() + 1, two.len()]) {
        let length = RootError::Length { declared: G2.len(), given };
        let refused = if given < 4 { RootError::Malformed { given } } else { length };
        assert_eq!(Root::from_certificate(&two[..given]), Err(refused));
    }
    // With one byte of length.
    let refused = RootError::Length { declared: 131, given: 5 };
    assert_eq!(Root::from_certificate(&[0x30, 0x81, 0x80, 0x30, 0x30]), Err(refused));
    let key = [&[0x30, 0x82, 0x01, 0x22][..], &[0; 290]].concat();
    for (bytes, given) in [(&b"CERTIFICATE"[..], 11), (&[0x30, 0x80, 0, 0], 4), (&key, 294)] {
        assert_eq!(Root::from_certificate(bytes), Err(RootError::Malformed { given }));
    }
}

#[test]
fn a_certificate_with_a_flipped_bit_does_not_panic() {
    for (at, bit) in (0..G2.len()).flat_map(|at| (0..8).map(move |bit| (at, bit))) {
        let mut der = G2.to_vec();
        der[at] ^= 1 << bit;
        let _ = Root::from_certificate(&der);
    }
}

#[test]
fn each_error_has_its_sentence() {
    let pem =
        "the certificate is in PEM; convert it to DER: openssl x509 -in ca.pem -outform der -out ca.der";
    let length = "the certificate has 914 bytes, but 512 bytes were given";
    for (error, sentence) in [
        (RootError::Pem, pem),
        (RootError::Length { declared: 914, given: 512 }, length),
        (RootError::Malformed { given: 11 }, "the 11 bytes are not a certificate in DER"),
    ] {
        assert_eq!(error.to_string(), sentence);
    }
}
