//! Owned credentials are replaced completely or not at all, masked in output, and wiped from memory.

use crate::{
    secrets::masked,
    world::{KEY, NOW, TOKEN, at, request},
};
use core::time::Duration;
use tc3_core::{Credentials, Field, Invalid, Signer};
use tc3_embedded::credentials::OwnedCredentials;

type Owned = OwnedCredentials<64, 40>;

const EXPIRY: u64 = NOW + 7_200;

fn owned() -> Owned {
    Owned::temporary("AKIDEXAMPLE", KEY, TOKEN, at(EXPIRY)).unwrap()
}

/// The signed head of a request.
fn head(credentials: Credentials<'_>) -> String {
    Signer::new(credentials).sign(&request(), at(NOW)).head().to_string()
}

/// Checks that a request is signed as with these credentials.
fn assert_signs_as<const T: usize, const P: usize>(
    owned: &OwnedCredentials<T, P>,
    borrowed: Result<Credentials<'_>, Invalid>,
    expires: Option<u64>,
) {
    assert_eq!(head(owned.credentials()), head(borrowed.unwrap()));
    assert_eq!(owned.expires(), expires.map(at));
}

#[test]
fn renewing_and_replacing_change_id_key_token_and_expiry() {
    let mut owned = owned();
    assert_signs_as(&owned, Credentials::temporary("AKIDEXAMPLE", KEY, TOKEN), Some(EXPIRY));
    owned.renew("AKIDNEXT", "next", "token", at(EXPIRY + 1)).unwrap();
    assert_signs_as(&owned, Credentials::temporary("AKIDNEXT", "next", "token"), Some(EXPIRY + 1));
    owned.replace("AKIDLAST", "last").unwrap();
    assert_signs_as(&owned, Credentials::new("AKIDLAST", "last"), None);
    assert_signs_as(&Owned::new("AKIDEXAMPLE", KEY).unwrap(), Credentials::new("AKIDEXAMPLE", KEY), None);
}

#[test]
fn refused_credentials_leave_the_old_ones_unchanged() {
    let mut owned = owned();
    let (id, token) = ("A".repeat(41), "t".repeat(65));
    let byte = |field, at| Invalid::Byte { field, at, byte: b'\n' };
    let long = |field, len, limit| Invalid::TooLong { field, len, limit };
    let later = at(EXPIRY + 1);
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
    assert_signs_as(&owned, Credentials::temporary("AKIDEXAMPLE", KEY, TOKEN), Some(EXPIRY));
}

#[test]
fn credentials_that_just_fit_and_the_longest_of_the_service_are_accepted() {
    let (pair, token) = ("A".repeat(1024), "t".repeat(4096));
    let (short_pair, short_token) = (&pair[..40], &token[..64]);
    let fitting = Owned::temporary(short_pair, short_pair, short_token, at(EXPIRY)).unwrap();
    assert_signs_as(&fitting, Credentials::temporary(short_pair, short_pair, short_token), Some(EXPIRY));
    let longest = OwnedCredentials::<4096, 1024>::temporary(&pair, &pair, &token, at(EXPIRY)).unwrap();
    assert_signs_as(&longest, Credentials::temporary(&pair, &pair, &token), Some(EXPIRY));
}

#[test]
fn temporary_credentials_need_renewal_within_the_margin_and_long_term_ones_never() {
    let long_term = Owned::new("AKIDEXAMPLE", KEY).unwrap();
    for (now, margin, due) in [
        (EXPIRY - 7_200, 300, false),
        (EXPIRY - 301, 300, false),
        (EXPIRY - 300, 300, true),
        (EXPIRY, 300, true),
        (EXPIRY + 1, 0, true),
        (EXPIRY - 1, 0, false),
        (0, u64::MAX, true),
    ] {
        let margin = Duration::from_secs(margin);
        assert_eq!(owned().needs_renewal(at(now), margin), due, "at {now}, with a margin of {margin:?}");
        assert!(!long_term.needs_renewal(at(now), margin), "long-term credentials at {now}");
    }
}

#[test]
fn debug_output_and_errors_contain_neither_key_nor_token() {
    masked(&owned());
    let shown = format!("{:?}", owned());
    assert!(shown.contains("AKIDEXAMPLE"), "{shown}");
    let marked = "MARKED-".repeat(10);
    for refused in [
        Owned::new("AKIDEXAMPLE", &marked).unwrap_err(),
        Owned::new("AKIDEXAMPLE", "MARKED-KEY\n").unwrap_err(),
        Owned::temporary("AKIDEXAMPLE", KEY, &marked, at(EXPIRY)).unwrap_err(),
    ] {
        masked(&refused);
        masked(&refused.to_string());
    }
}

/// Linux lets a process read its own memory from a file, including memory that Rust has freed.
#[cfg(target_os = "linux")]
mod memory {
    use super::*;
    use std::{fs::File, hint::black_box, os::unix::fs::FileExt};

    /// A `Vec` keeps its memory when cleared, and drops its elements in place.
    fn is_marked_after(use_up: impl FnOnce(&mut Vec<Owned>)) -> bool {
        let mut list = vec![owned()];
        assert!(is_marked(&list), "the check does not find the key");
        use_up(&mut list);
        is_marked(&list)
    }

    fn is_marked(list: &Vec<Owned>) -> bool {
        let mut bytes = [0; size_of::<Owned>()];
        let at = black_box(list).as_ptr().addr().try_into().unwrap();
        File::open("/proc/self/mem").unwrap().read_exact_at(&mut bytes, at).unwrap();
        bytes.windows(6).any(|window| window == b"MARKED")
    }

    #[test]
    fn keys_and_tokens_are_wiped_when_dropped() {
        assert!(!is_marked_after(Vec::clear), "a key or token remains");
    }

    #[test]
    fn keys_and_tokens_are_wiped_when_replaced_by_shorter_ones() {
        let replace =
            |list: &mut Vec<Owned>| list.iter_mut().for_each(|owned| owned.replace("AKID", "k").unwrap());
        assert!(!is_marked_after(replace), "a key or token remains");
    }
}
