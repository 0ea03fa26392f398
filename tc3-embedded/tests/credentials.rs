//! Owned credentials are replaced completely or not at all, masked in output, and wiped from memory.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use core::{fmt::Debug, time::Duration};
use tc3_core::{Field, Invalid, Signer, Timestamp, api};
use tc3_embedded::credentials::OwnedCredentials;

const KEY: &str = "MARKED-KEY-0123456789";
const TOKEN: &str = "MARKED-TOKEN-0123456789";

type Owned = OwnedCredentials<64, 40>;

fn at(unix: u64) -> Timestamp {
    Timestamp::from_unix(unix).unwrap()
}

fn expiry() -> Timestamp {
    at(1_795_286_382)
}

/// The signed head of a request.
fn head<const T: usize, const P: usize>(owned: &OwnedCredentials<T, P>) -> String {
    let request = api!("cvm", "2017-03-12").action("DescribeZones").json("{}").unwrap();
    Signer::new(owned.credentials()).sign(&request, at(1_551_113_065)).head().to_string()
}

fn signed_by(id: &str, key: &str, token: Option<&str>) -> String {
    let request = api!("cvm", "2017-03-12").action("DescribeZones").json("{}").unwrap();
    let credentials = match token {
        None => tc3_core::Credentials::new(id, key),
        Some(token) => tc3_core::Credentials::temporary(id, key, token),
    };
    Signer::new(credentials.unwrap()).sign(&request, at(1_551_113_065)).head().to_string()
}

#[test]
fn owned_credentials_sign_as_borrowed_ones_do() {
    let long_term = Owned::new("AKIDEXAMPLE", KEY).unwrap();
    assert_eq!(head(&long_term), signed_by("AKIDEXAMPLE", KEY, None));
    let temporary = Owned::temporary("AKIDEXAMPLE", KEY, TOKEN, expiry()).unwrap();
    assert_eq!(head(&temporary), signed_by("AKIDEXAMPLE", KEY, Some(TOKEN)));
    assert_eq!((long_term.expires(), temporary.expires()), (None, Some(expiry())));
}

#[test]
fn renewing_and_replacing_change_id_key_token_and_expiry() {
    let mut owned = Owned::temporary("AKIDEXAMPLE", KEY, TOKEN, expiry()).unwrap();
    owned.renew("AKIDNEXT", "next", "token", at(1_795_293_582)).unwrap();
    assert_eq!(head(&owned), signed_by("AKIDNEXT", "next", Some("token")));
    assert_eq!(owned.expires(), Some(at(1_795_293_582)));
    owned.replace("AKIDLAST", "last").unwrap();
    assert_eq!(head(&owned), signed_by("AKIDLAST", "last", None));
    assert_eq!(owned.expires(), None);
}

#[test]
fn refused_credentials_leave_the_old_ones_unchanged() {
    let mut owned = Owned::temporary("AKIDEXAMPLE", KEY, TOKEN, expiry()).unwrap();
    let before = head(&owned);
    let (id, token) = ("A".repeat(41), "t".repeat(65));
    let byte = |field, at| Invalid::Byte { field, at, byte: b'\n' };
    let long = |field, len, limit| Invalid::TooLong { field, len, limit };
    let later = at(1_795_293_582);
    for (refused, invalid) in [
        (owned.replace("AKIDNEXT\n", "next"), byte(Field::SecretId, 8)),
        (owned.replace("AKIDNEXT", ""), Invalid::Empty { field: Field::SecretKey }),
        (owned.replace(&id, "next"), long(Field::SecretId, 41, 40)),
        (owned.replace("AKIDNEXT", &id), long(Field::SecretKey, 41, 40)),
        (owned.renew("AKIDNEXT", "next", "", later), Invalid::Empty { field: Field::Token }),
        (owned.renew("AKIDNEXT", "next", "token\n", later), byte(Field::Token, 5)),
        (owned.renew("AKIDNEXT", "next", &token, later), long(Field::Token, 65, 64)),
    ] {
        assert_eq!(refused, Err(invalid));
    }
    assert_eq!(head(&owned), before);
    assert_eq!(owned.expires(), Some(expiry()));
}

#[test]
fn credentials_that_just_fit_are_accepted() {
    let (pair, token) = ("A".repeat(40), "t".repeat(64));
    let owned = Owned::temporary(&pair, &pair, &token, expiry()).unwrap();
    assert_eq!(head(&owned), signed_by(&pair, &pair, Some(&token)));
}

#[test]
fn the_longest_credentials_of_the_service_fit_a_type() {
    let (pair, token) = ("A".repeat(1024), "t".repeat(4096));
    let owned = OwnedCredentials::<4096, 1024>::temporary(&pair, &pair, &token, expiry()).unwrap();
    assert_eq!(head(&owned), signed_by(&pair, &pair, Some(&token)));
}

#[test]
fn temporary_credentials_need_renewal_within_the_margin_and_long_term_ones_never() {
    let owned = Owned::temporary("AKIDEXAMPLE", KEY, TOKEN, expiry()).unwrap();
    let margin = Duration::from_secs(300);
    for (left, due) in [(7_200, false), (301, false), (300, true), (1, true), (0, true)] {
        assert_eq!(owned.needs_renewal(at(expiry().unix() - left), margin), due, "{left} s left");
    }
    assert!(owned.needs_renewal(at(expiry().unix() + 1), Duration::ZERO));
    assert!(!owned.needs_renewal(at(expiry().unix() - 1), Duration::ZERO));
    assert!(owned.needs_renewal(at(0), Duration::MAX));
    assert!(!Owned::new("AKIDEXAMPLE", KEY).unwrap().needs_renewal(expiry(), Duration::MAX));
}

fn masked(value: &dyn Debug) {
    for text in [format!("{value:?}"), format!("{value:#?}")] {
        assert!(!text.contains("MARKED"), "{text}");
    }
}

#[test]
#[should_panic(expected = "MARKED-KEY")]
fn the_check_detects_a_key() {
    masked(&KEY);
}

#[test]
fn debug_output_and_errors_contain_neither_key_nor_token() {
    let owned = Owned::temporary("AKIDEXAMPLE", KEY, TOKEN, expiry()).unwrap();
    masked(&owned);
    assert!(format!("{owned:?}").contains("AKIDEXAMPLE"));
    let marked = "MARKED-".repeat(10);
    for refused in [
        Owned::new("AKIDEXAMPLE", &marked).unwrap_err(),
        Owned::new("AKIDEXAMPLE", "MARKED-KEY\n").unwrap_err(),
        Owned::temporary("AKIDEXAMPLE", KEY, &marked, expiry()).unwrap_err(),
    ] {
        masked(&refused);
        assert!(!refused.to_string().contains("MARKED"));
    }
}

/// Linux lets a process read its own memory from a file, including memory that Rust has freed.
#[cfg(target_os = "linux")]
mod memory {
    use super::*;
    use std::{fs::File, hint::black_box, os::unix::fs::FileExt};

    /// A `Vec` keeps its memory when cleared, and drops its elements in place.
    fn list() -> Vec<Owned> {
        let list = vec![Owned::temporary("AKIDEXAMPLE", KEY, TOKEN, expiry()).unwrap()];
        assert!(is_marked(&list), "the check does not find the key");
        list
    }

    fn is_marked(list: &Vec<Owned>) -> bool {
        let mut bytes = [0; size_of::<Owned>()];
        let at = black_box(list).as_ptr().addr().try_into().unwrap();
        File::open("/proc/self/mem").unwrap().read_exact_at(&mut bytes, at).unwrap();
        bytes.windows(6).any(|window| window == b"MARKED")
    }

    #[test]
    fn keys_and_tokens_are_wiped_when_dropped() {
        let mut list = list();
        list.clear();
        assert!(!is_marked(&list));
    }

    #[test]
    fn keys_and_tokens_are_wiped_when_replaced_by_shorter_ones() {
        let mut list = list();
        list.iter_mut().for_each(|owned| owned.replace("AKID", "k").unwrap());
        assert!(!is_marked(&list));
    }
}
