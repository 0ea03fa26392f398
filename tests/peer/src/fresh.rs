//! What clients send that must be random. Every server checks it when it stops, so every test that has a
//! server is a test of its client's randomness.

use crate::{
    client_hello::ClientHello,
    log::{Connection, lock},
};
use p256::{SecretKey, elliptic_curve::sec1::ToEncodedPoint};
use sha2_tls::{Digest, Sha256};
use std::{collections::BTreeMap, sync::Mutex};

/// Every value that a server of this process has received, and what it was.
static SEEN: Mutex<BTreeMap<Vec<u8>, String>> = Mutex::new(BTreeMap::new());

/// # Panics
/// If a client sent a value that was sent before, or one from which the private key of its share follows.
pub(crate) fn check_connection(connection: &Connection) {
    if let Some(hello) = connection.client_hello() {
        assert_new("random", &hello.random);
        assert_new("session ID", &hello.session_id);
        assert_new("key share", &hello.share);
        assert_private_key_is_secret(&hello);
    }
    let text = String::from_utf8_lossy(&connection.received);
    for (_, after) in
        text.match_indices("Nonce=").filter_map(|(at, name)| text.split_at_checked(at + name.len()))
    {
        let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
        assert_new("nonce", digits.as_bytes());
    }
}

/// # Panics
/// If this value was sent before. An empty value is none.
pub(crate) fn assert_new(what: &str, value: &[u8]) {
    if !value.is_empty() {
        let before = lock(&SEEN).insert(value.to_vec(), what.to_owned());
        assert_eq!(before, None, "this {what} was sent before: {}", value.escape_ascii());
    }
}

/// # Panics
/// If the private key of the share is the random or the session ID, or one that is made of them.
fn assert_private_key_is_secret(hello: &ClientHello) {
    for (name, sent) in [("random", &hello.random[..]), ("session ID", &hello.session_id)] {
        let Ok(sent): Result<[u8; 32], _> = sent.try_into() else { continue };
        let mut reversed = sent;
        reversed.reverse();
        let [mut next, mut previous] = [sent; 2];
        next[31] = next[31].wrapping_add(1);
        previous[31] = previous[31].wrapping_sub(1);
        let hash = Sha256::digest(sent).into();
        for (of, key) in [
            ("", sent),
            ("reversed ", reversed),
            ("inverted ", sent.map(|byte| !byte)),
            ("successor of the ", next),
            ("predecessor of the ", previous),
            ("hash of the ", hash),
        ] {
            let Ok(key) = SecretKey::from_slice(&key) else { continue };
            let public = key.public_key().to_encoded_point(false);
            assert_ne!(public.as_bytes(), hello.share, "the private key is the {of}{name}");
        }
    }
}
