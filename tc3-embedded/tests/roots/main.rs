//! The authorities that are built in are those of Mozilla's list, and one's own are read from DER.
#![cfg(feature = "tls")]
#![allow(clippy::panic, clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::{env, fs, path::Path};
#[cfg(feature = "p384")]
use tc3_embedded::tls::roots::DIGICERT_GLOBAL_ROOT_G3;
use tc3_embedded::tls::roots::{DIGICERT_GLOBAL_ROOT_G2, Root, RootError};

/// As their authority publishes them.
const G2: &[u8] = include_bytes!("digicert-global-root-g2.der");
const G3: &[u8] = include_bytes!("digicert-global-root-g3.der");

/// What `webpki-roots` has for this name is what the file holds, or is written to it.
fn same_as_listed(name: &str, file: &str) {
    let listed = webpki_roots::TLS_SERVER_ROOTS.iter();
    let mut named = listed.filter(|root| root.subject.ends_with(name.as_bytes()));
    let (Some(root), None) = (named.next(), named.next()) else {
        panic!("webpki-roots has not one root of the name {name}: if it is no longer trusted, remove it");
    };
    assert!(root.name_constraints.is_none(), "{name} may not speak for every name any more");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tls/roots");
    for (kind, listed) in [("subject", &root.subject), ("spki", &root.subject_public_key_info)] {
        let path = folder.join(file).with_extension(kind);
        if env::var_os("UPDATE_ROOTS").is_some() {
            fs::write(&path, listed).unwrap();
        }
        assert!(
            fs::read(&path).unwrap() == listed.as_ref(),
            "{} is not what webpki-roots has; if its change is right, run \
             `UPDATE_ROOTS=1 cargo test -p tc3-embedded --test roots`, read the difference and commit it",
            path.display(),
        );
    }
}

#[test]
fn the_roots_that_are_built_in_are_those_of_mozilla_s_list() {
    same_as_listed("DigiCert Global Root G2", "digicert-global-root-g2");
    same_as_listed("DigiCert Global Root G3", "digicert-global-root-g3");
}

#[test]
#[should_panic(expected = "if it is no longer trusted, remove it")]
fn a_root_that_is_no_longer_listed_is_noticed() {
    same_as_listed("DigiCert Global Root G1", "digicert-global-root-g2");
}

#[test]
#[should_panic(expected = "UPDATE_ROOTS=1")]
fn a_root_with_another_key_is_noticed() {
    assert!(env::var_os("UPDATE_ROOTS").is_none(), "UPDATE_ROOTS=1 makes any file right");
    same_as_listed("DigiCert Global Root G3", "digicert-global-root-g2");
}

#[test]
fn a_certificate_s_name_and_key_are_those_that_are_built_in() {
    assert_eq!(Root::from_certificate(G2), Ok(DIGICERT_GLOBAL_ROOT_G2));
    #[cfg(feature = "p384")]
    assert_eq!(Root::from_certificate(G3), Ok(DIGICERT_GLOBAL_ROOT_G3));
    assert_ne!(Root::from_certificate(G3), Ok(DIGICERT_GLOBAL_ROOT_G2));
    assert!(format!("{DIGICERT_GLOBAL_ROOT_G2:?}").ends_with("DigiCert Global Root G2\")"));
}

#[test]
fn a_root_lives_as_long_as_its_certificate() {
    fn read(der: &[u8]) -> Root<'_> {
        Root::from_certificate(der).unwrap()
    }
    let der = G2.to_vec();
    assert_eq!(read(&der), DIGICERT_GLOBAL_ROOT_G2);
}

/// One name and one key, by `openssl req -x509 -new -key k.pem -subj "/CN=Plant 7" -outform der`, the
/// second with `-addext "nameConstraints=critical,permitted;DNS:plant.example"`.
const FREE: &[u8] = include_bytes!("free.der");
const BOUND: &[u8] = include_bytes!("bound.der");

#[test]
fn a_root_that_may_speak_for_some_names_only_stays_bound_to_them() {
    let [free, bound] = [FREE, BOUND].map(|der| Root::from_certificate(der).unwrap());
    assert_eq!(format!("{free:?}"), format!("{bound:?}"));
    assert_ne!(free, bound);
}

#[test]
fn pem_is_told_by_its_first_line_wherever_that_stands() {
    for text in [
        "-----BEGIN CERTIFICATE-----\nMIIDjjCCAnagAwIBAgIQAzrx5qcRqaC7KGSxHQn65TANBgkqhkiG9w0B\n",
        "\u{feff}\r\n-----BEGIN TRUSTED CERTIFICATE-----\r\n",
        "0 s:CN = DigiCert Global Root G2\n-----BEGIN CERTIFICATE-----\n",
    ] {
        assert_eq!(Root::from_certificate(text.as_bytes()), Err(RootError::Pem), "{text}");
    }
}

#[test]
fn a_certificate_that_is_cut_off_is_told_by_its_lengths() {
    for given in 4..G2.len() {
        let refused = RootError::Length { declared: G2.len(), given };
        assert_eq!(Root::from_certificate(&G2[..given]), Err(refused));
    }
    // One of a single byte of length.
    let refused = RootError::Length { declared: 131, given: 5 };
    assert_eq!(Root::from_certificate(&[0x30, 0x81, 0x80, 0x30, 0x30]), Err(refused));
    for given in 0..4 {
        assert_eq!(Root::from_certificate(&G2[..given]), Err(RootError::Malformed { given }));
    }
}

#[test]
fn what_follows_a_certificate_is_not_overlooked() {
    for surplus in [&b"\n"[..], &[0xff; 110], G3] {
        let der = [G2, surplus].concat();
        let refused = RootError::Length { declared: G2.len(), given: der.len() };
        assert_eq!(Root::from_certificate(&der), Err(refused));
    }
}

#[test]
fn what_is_not_a_certificate_is_refused() {
    let key = [&[0x30, 0x82, 0x01, 0x22][..], &[0; 290]].concat();
    for (bytes, given) in [(&b""[..], 0), (b"CERTIFICATE", 11), (&[0x30, 0x80, 0, 0], 4), (&key, 294)] {
        assert_eq!(Root::from_certificate(bytes), Err(RootError::Malformed { given }));
    }
}

#[test]
fn no_flipped_bit_makes_a_certificate_panic() {
    for (at, bit) in (0..G2.len()).flat_map(|at| (0..8).map(move |bit| (at, bit))) {
        let mut der = G2.to_vec();
        der[at] ^= 1 << bit;
        let _ = Root::from_certificate(&der);
    }
}

#[test]
fn each_refusal_is_a_sentence_with_its_evidence() {
    for (error, sentence) in [
        (
            RootError::Pem,
            "certificate is in PEM and DER is wanted: openssl x509 -in ca.pem -outform der -out ca.der",
        ),
        (RootError::Length { declared: 914, given: 512 }, "certificate of 914 bytes, and 512 are given"),
        (RootError::Malformed { given: 11 }, "11 bytes that are not a certificate in DER"),
    ] {
        assert_eq!(error.to_string(), sentence);
    }
}
