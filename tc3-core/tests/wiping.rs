//! A dropped value leaves nothing of a key or of hashed data in memory.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use core::{hint::black_box, mem::size_of, ptr};
use std::{fs::File, os::unix::fs::FileExt};
use support::{credentials, now};
use tc3_core::{
    CachingSha256, DaySigner, KeyCache, PayloadHasher, Sha256Engine, Signer, SigningKey, Software, api,
};

const KEY: [u8; 32] = *b"a-key-of-32-bytes-that-is-looked";

/// The bytes of a value, read by the kernel, because reading a dropped value is undefined behaviour.
fn memory<T>(value: &T) -> Vec<u8> {
    let mut bytes = vec![0; size_of::<T>()];
    let at = ptr::from_ref(black_box(value)).addr().try_into().unwrap();
    File::open("/proc/self/mem").unwrap().read_exact_at(&mut bytes, at).unwrap();
    bytes
}

/// Checks that a value is wiped when dropped.
#[track_caller]
fn check<T>(value: T, secrets: &[&[u8]]) {
    check_wiped(Some(value), secrets, |slot| *slot = None);
}

/// Checks that the value contains each secret, and that its memory contains no four consecutive bytes of any secret
/// after `wipe`.
#[track_caller]
fn check_wiped<T>(mut value: T, secrets: &[&[u8]], wipe: impl FnOnce(&mut T)) {
    let before = memory(&value);
    wipe(&mut value);
    let after = memory(&value);
    let holds = |memory: &[u8], part: &[u8]| memory.windows(part.len()).any(|bytes| bytes == part);
    for secret in secrets {
        assert!(holds(&before, secret), "{}", before.escape_ascii());
        assert!(!secret.windows(4).any(|part| holds(&after, part)), "{}", after.escape_ascii());
    }
}

#[test]
#[should_panic(expected = "a-key-of-32-bytes")]
fn a_key_that_is_not_wiped_fails_the_check() {
    check(KEY, &[&KEY]);
}

#[test]
fn a_signing_key_is_wiped() {
    check(SigningKey::import(&KEY, "cvm", now()).unwrap(), &[&KEY]);
}

/// The midstates after ipad and opad (RFC 2104), which a signer caches instead of the key.
#[test]
fn the_keys_of_a_signer_are_wiped() {
    // Before there is a key on this stack: what is undefined in the identity can have the bytes of what was there.
    let identity = credentials().identity();
    let api = api!("cvm", "2017-03-12");
    let mut signer = Signer::new(credentials());
    let request = api.action("DescribeZones").json("{}").unwrap();
    signer.sign(&request, now());
    let exported = signer.signing_key(&api, now());
    let key = *exported.expose();
    let [inner, outer] = [0x36, 0x5c].map(|pad| {
        let (mut hash, mut state) = (Software::new(), [0; 32]);
        hash.begin();
        hash.update(&key.map(|byte| byte ^ pad));
        hash.update(&[pad; 32]);
        hash.midstate(&mut state);
        state
    });
    check(signer, &[&inner, &outer]);
    let mut cache = KeyCache::new();
    cache.sign(credentials(), &request, now());
    check_wiped(cache, &[&inner, &outer], KeyCache::clear);
    let device = || {
        let mut device = DaySigner::new(identity, &exported);
        device.sign(&request, now()).unwrap();
        device
    };
    check(device(), &[&key, &inner, &outer]);
    let other = SigningKey::import(&[0; 32], "cvm", now()).unwrap();
    check_wiped(device(), &[&key, &inner, &outer], |it| it.renew(identity, &other));
}

/// The words of a hash's state, as they are in memory.
fn state(hash: &impl Sha256Engine) -> Vec<u8> {
    let mut state = [0; 32];
    hash.midstate(&mut state);
    state.as_chunks().0.iter().flat_map(|word| u32::from_be_bytes(*word).to_ne_bytes()).collect()
}

#[test]
fn hashed_data_is_wiped() {
    let block = [KEY, KEY.map(|byte| !byte)].concat();
    let mut hash = Software::new();
    hash.begin();
    hash.update(&block);
    hash.update(&KEY);
    let words = state(&hash);
    check(hash, &[&KEY, &words]);
    // All blocks of the caching engine.
    let mut hash = CachingSha256::new();
    hash.begin();
    (0..5).for_each(|_| hash.update(&KEY));
    check(hash, &[&KEY]);
    let mut hasher = PayloadHasher::new();
    hasher.update(&KEY);
    check(hasher, &[&KEY]);
}

#[test]
fn the_cached_block_and_its_state_are_wiped() {
    let block = [KEY, KEY.map(|byte| !byte)].concat();
    let mut hash = CachingSha256::new();
    hash.begin_cacheable();
    hash.update(&block);
    let words = state(&hash);
    check(hash, &[&block, &words]);
}
