//! What held a key, or what was hashed, leaves nothing of it in memory when it is dropped.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use core::{hint::black_box, mem::size_of, ptr};
use std::{fs::File, os::unix::fs::FileExt};
use tc3_core::{
    CachingSha256, Credentials, DaySigner, PayloadHasher, Sha256Engine, Signer, SigningKey, Software,
    Timestamp, api,
};

const KEY: [u8; 32] = *b"a-key-of-32-bytes-that-is-looked";

/// The kernel reads it: a program has no right to what was dropped.
fn memory<T>(place: &T) -> Vec<u8> {
    let mut bytes = vec![0; size_of::<T>()];
    let at = ptr::from_ref(black_box(place)).addr().try_into().unwrap();
    File::open("/proc/self/mem").unwrap().read_exact_at(&mut bytes, at).unwrap();
    bytes
}

/// The value holds each secret whole, and no four bytes in a row of any once it is dropped.
#[track_caller]
fn check<T>(value: T, secrets: &[&[u8]]) {
    let mut place = Some(value);
    let before = memory(&place);
    place = None;
    let after = memory(&place);
    let holds = |memory: &[u8], part: &[u8]| memory.windows(part.len()).any(|bytes| bytes == part);
    for secret in secrets {
        assert!(holds(&before, secret), "{}", before.escape_ascii());
        assert!(!secret.windows(4).any(|part| holds(&after, part)), "{}", after.escape_ascii());
    }
}

#[test]
#[should_panic(expected = "a-key-of-32-bytes")]
fn a_key_that_stays_is_noticed() {
    check(KEY, &[&KEY]);
}

#[test]
fn a_signing_key_is_wiped() {
    let now = Timestamp::from_unix(1_551_113_065).unwrap();
    check(SigningKey::import(&KEY, "cvm", now).unwrap(), &[&KEY]);
}

/// RFC 2104: what is kept of a key is where its two masks lead to.
#[test]
fn the_keys_of_a_signer_are_wiped() {
    let now = Timestamp::from_unix(1_551_113_065).unwrap();
    let api = api!("cvm", "2017-03-12");
    let mut signer = Signer::new(Credentials::new("AKIDEXAMPLE", "key").unwrap());
    let request = api.action("DescribeZones").json("{}").unwrap();
    signer.sign(&request, now);
    let exported = signer.signing_key(&api, now);
    let key = *exported.expose();
    let [inner, outer] = [0x36, 0x5c].map(|mask| {
        let (mut hash, mut state) = (Software::new(), [0; 32]);
        hash.begin();
        hash.update(&key.map(|byte| byte ^ mask));
        hash.update(&[mask; 32]);
        hash.midstate(&mut state);
        state
    });
    check(signer, &[&inner, &outer]);
    let identity = Credentials::new("AKIDEXAMPLE", "key").unwrap().identity();
    let mut device = DaySigner::new(identity, &exported);
    device.sign(&request, now).unwrap();
    check(device, &[&key, &inner, &outer]);
}

#[test]
fn what_was_hashed_is_wiped() {
    let mut hash = Software::new();
    hash.begin();
    hash.update(&KEY);
    check(hash, &[&KEY]);
    // All of its blocks.
    let mut hash = CachingSha256::new();
    hash.begin();
    (0..5).for_each(|_| hash.update(&KEY));
    check(hash, &[&KEY]);
    let mut hasher = PayloadHasher::new();
    hasher.update(&KEY);
    check(hasher, &[&KEY]);
}

#[test]
fn what_is_recalled_is_wiped() {
    let begin = [KEY, KEY.map(|byte| !byte)].concat();
    let mut hash = CachingSha256::new();
    hash.begin_cacheable();
    hash.update(&begin);
    let mut state = [0; 32];
    hash.midstate(&mut state);
    let words: Vec<u8> =
        state.as_chunks().0.iter().flat_map(|word| u32::from_be_bytes(*word).to_ne_bytes()).collect();
    check(hash, &[&begin, &words]);
}
