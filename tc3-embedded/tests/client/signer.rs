//! Who signs: credentials that expire and are replaced under a living client, completely or not at all, masked in
//! output, and wiped from memory; and keys of one day and service.

use crate::{
    entropy::draws,
    peer::{DONE, Server, answer},
    retry::expired_at,
    secrets::masked,
    world::{Context, KEY, MODES, Mode, NOW, Signature, TOKEN, World, at, by_mode, request, signer},
};
use core::time::Duration;
use tc3_core::{Credentials, DaySigner, Field, Invalid, Request, Signer, WrongKey, api, v1};
use tc3_embedded::{
    client::{Buffers, CallError},
    entropy,
    signer::{OwnedSigner, Sign, SignError, SignV1},
};

type Owned = OwnedSigner<64, 40>;

const EXPIRY: u64 = NOW + 7_200;

fn owned() -> Owned {
    Owned::temporary("AKIDEXAMPLE", KEY, TOKEN, at(EXPIRY)).unwrap()
}

/// The signed head of a request.
fn head(signer: &mut dyn Sign) -> String {
    signer.sign(&request(), at(NOW)).unwrap().head().to_string()
}

/// Checks that a request is signed as with these credentials.
fn assert_signs_as<const T: usize, const P: usize>(
    owned: &mut OwnedSigner<T, P>,
    borrowed: Result<Credentials<'_>, Invalid>,
    expires: Option<u64>,
) {
    assert_eq!(head(owned), head(&mut Signer::new(borrowed.unwrap())));
    assert_eq!(owned.expires(), expires.map(at));
}

#[test]
fn renewing_and_replacing_change_id_key_token_and_expiry() {
    let mut owned = Owned::empty();
    assert_eq!(owned.sign(&request(), at(NOW)).unwrap_err(), SignError::NoCredentials);
    // The key of the day is cached, and must not outlive its credentials.
    owned.renew("AKIDEXAMPLE", KEY, TOKEN, at(EXPIRY)).unwrap();
    assert_signs_as(&mut owned, Credentials::temporary("AKIDEXAMPLE", KEY, TOKEN), Some(EXPIRY));
    owned.renew("AKIDNEXT", "next", "token", at(EXPIRY + 1)).unwrap();
    assert_signs_as(&mut owned, Credentials::temporary("AKIDNEXT", "next", "token"), Some(EXPIRY + 1));
    owned.replace("AKIDLAST", "last").unwrap();
    assert_signs_as(&mut owned, Credentials::new("AKIDLAST", "last"), None);
    assert_signs_as(&mut Owned::new("AKIDEXAMPLE", KEY).unwrap(), Credentials::new("AKIDEXAMPLE", KEY), None);
}

/// Calls a server that refuses the first timestamp with an hour later, and accepts the second. Returns the result
/// and how many requests arrived.
fn corrected(mode: Mode, signer: &mut dyn Sign, request: &Request<'_>) -> (Result<String, SignError>, usize) {
    let later = expired_at("Sat, 21 Nov 2026 17:39:42 GMT");
    let World { client, mut wire, peer, mut head, mut body, .. } =
        World::new(mode, Signature::Tc3, Server::new([later, answer(DONE)]));
    let mut client = client.correcting_clock();
    let buffers = Buffers::new(&mut head, &mut body);
    let done = by_mode!(
        mode,
        client.call(&mut wire, signer, request, buffers),
        client.call_async(&mut wire, signer, request, buffers)
    );
    let result = match done.unwrap() {
        Ok(reply) => Ok(String::from_utf8_lossy(reply.body()).into_owned()),
        Err(CallError::Signer(error)) => Err(error),
        Err(error) => panic!("{error}"),
    };
    (result, peer.borrow().requests().len())
}

#[test]
fn the_clock_is_corrected_with_each_signer_and_nothing_is_sent_that_cannot_be_signed() {
    let credentials = Credentials::new("AKIDEXAMPLE", KEY).unwrap();
    let key = Signer::new(credentials).signing_key(&api!("iotcloud", "2021-04-08"), at(NOW));
    let day_signer = || DaySigner::new(credentials.identity(), &key);
    let other = api!("cvm", "2017-03-12").action("DescribeZones").json("{}").unwrap();
    let until = |expires| Owned::temporary("AKIDEXAMPLE", KEY, TOKEN, at(expires)).unwrap();
    let done = || Ok(DONE.to_owned());
    let expired = |expires, now| Err(SignError::Expired { expires: at(expires), now: at(now) });
    let wrong = || Err(SignError::WrongKey(WrongKey::Service));
    let corrected_to = NOW + 3_600;
    for mode in MODES {
        let mut borrowed = owned();
        let cases: [(&str, Box<dyn Sign>, _, _, usize); 8] = [
            ("signer", Box::new(Signer::new(credentials)), request(), done(), 2),
            ("day signer", Box::new(day_signer()), request(), done(), 2),
            ("owned", Box::new(owned()), request(), done(), 2),
            ("by reference", Box::new(&mut borrowed), request(), done(), 2),
            ("day signer of another service", Box::new(day_signer()), other, wrong(), 0),
            ("none yet", Box::new(Owned::empty()), request(), Err(SignError::NoCredentials), 0),
            ("expired", Box::new(until(NOW)), request(), expired(NOW, NOW), 0),
            // The true time shows that the credentials have expired.
            (
                "expired in truth",
                Box::new(until(corrected_to)),
                request(),
                expired(corrected_to, corrected_to),
                1,
            ),
        ];
        for (case, mut by, request, result, sent) in cases {
            let _context = Context(case);
            assert_eq!(corrected(*mode, &mut *by, &request), (result, sent));
        }
    }
}

#[test]
fn an_owned_signer_signs_with_v1_as_a_borrowing_one_until_it_expires() {
    let request = Signature::V1(v1::Method::Post).v1_request().unwrap();
    let form = |signer: &mut dyn SignV1, now| {
        let nonce = entropy::nonce(&mut draws([[9; 8]])).unwrap();
        signer.sign_v1(&request, at(now), nonce).map(|signed| signed.wire().to_string())
    };
    assert_eq!(form(&mut owned(), NOW), form(&mut signer(), NOW));
    let (expires, now) = (at(EXPIRY), at(EXPIRY));
    assert_eq!(form(&mut owned(), EXPIRY), Err(SignError::Expired { expires, now }));
}

#[test]
fn error_sentences_say_what_to_do_about_the_credentials() {
    let (expires, now) = (at(NOW), at(NOW + 1));
    for (error, sentence) in [
        (SignError::NoCredentials, "the signer has no credentials yet".to_owned()),
        (
            SignError::Expired { expires, now },
            format!(
                "the temporary credentials expired at {expires}, and the clock shows {now}: renew them, or set \
                 the clock if it is ahead"
            ),
        ),
        (WrongKey::Service.into(), WrongKey::Service.to_string()),
    ] {
        assert_eq!(error.to_string(), sentence);
    }
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
    assert_signs_as(&mut owned, Credentials::temporary("AKIDEXAMPLE", KEY, TOKEN), Some(EXPIRY));
}

#[test]
fn credentials_that_just_fit_and_the_longest_of_the_service_are_accepted() {
    let (pair, token) = ("A".repeat(1024), "t".repeat(4096));
    let (short_pair, short_token) = (&pair[..40], &token[..64]);
    let mut fitting = Owned::temporary(short_pair, short_pair, short_token, at(EXPIRY)).unwrap();
    assert_signs_as(&mut fitting, Credentials::temporary(short_pair, short_pair, short_token), Some(EXPIRY));
    let mut longest = OwnedSigner::<4096, 1024>::temporary(&pair, &pair, &token, at(EXPIRY)).unwrap();
    assert_signs_as(&mut longest, Credentials::temporary(&pair, &pair, &token), Some(EXPIRY));
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
    assert!(Owned::empty().needs_renewal(at(0), Duration::ZERO));
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

#[cfg(target_os = "linux")]
mod memory {
    use super::*;
    use crate::secrets::memory_of;

    /// A `Vec` keeps its memory when cleared, and drops its elements in place.
    fn is_marked_after(use_up: impl FnOnce(&mut Vec<Owned>)) -> bool {
        let mut list = vec![owned()];
        assert!(is_marked(&list), "the check does not find the key");
        use_up(&mut list);
        is_marked(&list)
    }

    fn is_marked(list: &[Owned]) -> bool {
        memory_of(list.as_ptr()).windows(6).any(|window| window == b"MARKED")
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
