//! Counts the runs of SHA-256's compression function for a signature: the blocks that are hashed.
//!
//! A signature spends most of its time on them, on every machine. The counts here are the fewest
//! that the protocol allows with the key derived, cached or imported.
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use tc3_core::{
    Api, CachingSha256, Call, ContentType, Credentials, DaySigner, Sha256Engine, Signer, SigningKey,
    Timestamp, api,
};

const API: Api<'_> = api!("cvm", "2017-03-12");
const CALL: Call<'_> = API.action("DescribeInstances").region("ap-guangzhou");
const BLOCK: u64 = 64;

/// A software engine that counts the blocks it compresses.
struct Counting {
    hash: CachingSha256,
    /// Bytes of the current message.
    len: u64,
    blocks: u64,
    /// The first block of the last cacheable message.
    cached: Vec<u8>,
    /// The start of the current message, if it is cacheable and shorter than a block so far.
    start: Option<Vec<u8>>,
}

impl Counting {
    const fn new() -> Self {
        Self { hash: CachingSha256::new(), len: 0, blocks: 0, cached: Vec::new(), start: None }
    }

    fn advance_to(&mut self, len: u64) {
        self.blocks += len / BLOCK - self.len / BLOCK;
        self.len = len;
    }
}

impl Sha256Engine for Counting {
    fn begin(&mut self) {
        self.len = 0;
        self.start = None;
        self.hash.begin();
    }

    fn begin_cacheable(&mut self) {
        self.len = 0;
        self.start = Some(Vec::new());
        self.hash.begin_cacheable();
    }

    fn update(&mut self, bytes: &[u8]) {
        self.advance_to(self.len + u64::try_from(bytes.len()).unwrap());
        self.hash.update(bytes);
        let Some(start) = &mut self.start else { return };
        start.extend_from_slice(bytes);
        if start.len() >= 64 {
            start.truncate(64);
            self.blocks -= u64::from(*start == self.cached);
            self.cached = self.start.take().unwrap();
        }
    }

    /// FIPS 180-4, section 5.1.1: padding adds at least nine bytes, up to a whole block.
    fn finish(&mut self, digest: &mut [u8; 32]) {
        self.advance_to((self.len + 9).next_multiple_of(BLOCK));
        self.len = 0;
        self.hash.finish(digest);
    }

    fn midstate(&self, state: &mut [u8; 32]) {
        self.hash.midstate(state);
    }

    fn resume(&mut self, state: &[u8; 32]) -> bool {
        self.len = BLOCK;
        self.hash.resume(state)
    }
}

/// The blocks of a message of this length.
fn blocks(len: usize) -> u64 {
    u64::try_from(len + 9).unwrap().div_ceil(BLOCK)
}

fn credentials() -> Credentials<'static> {
    Credentials::new("AKIDz8krbsJ5yKBZQpn74WFkmLPx3xxxx", "Gu5t9xGARNpq86cd98joQYCN3Cozxxxx").unwrap()
}

fn now() -> Timestamp {
    Timestamp::from_unix(1_551_113_065).unwrap()
}

/// Bodies of 0 to 199 bytes, and one of 1 MiB.
fn bodies() -> impl Iterator<Item = Vec<u8>> {
    (0..200).chain([1 << 20]).map(|len| vec![b' '; len])
}

#[track_caller]
fn assert_blocks(expected: u64, work: impl FnOnce(&mut Counting)) {
    let mut hash = Counting::new();
    work(&mut hash);
    assert_eq!(hash.blocks, expected);
}

#[test]
fn a_signature_with_the_key_derived_takes_the_body_and_twenty_blocks() {
    for body in bodies() {
        let request = CALL.post(ContentType::JsonUtf8, &body).unwrap();
        assert_blocks(blocks(body.len()) + 20, |hash| {
            Signer::with_hash(credentials(), hash).sign(&request, now());
        });
    }
}

#[test]
fn a_signature_with_the_key_cached_takes_the_body_and_five_blocks() {
    for body in bodies() {
        let request = CALL.post(ContentType::JsonUtf8, &body).unwrap();
        assert_blocks(2 * blocks(body.len()) + 20 + 5, |hash| {
            let mut signer = Signer::with_hash(credentials(), hash);
            signer.sign(&request, now());
            signer.sign(&request, now());
        });
    }
}

/// An engine that supports midstates but does not implement `begin_cacheable`.
struct NotCaching<'a>(&'a mut Counting);

impl Sha256Engine for NotCaching<'_> {
    fn begin(&mut self) {
        self.0.begin();
    }

    fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&mut self, digest: &mut [u8; 32]) {
        self.0.finish(digest);
    }

    fn midstate(&self, state: &mut [u8; 32]) {
        self.0.midstate(state);
    }

    fn resume(&mut self, state: &[u8; 32]) -> bool {
        self.0.resume(state)
    }
}

#[test]
fn a_signature_without_a_caching_engine_takes_the_body_and_six_blocks() {
    for body in bodies() {
        let request = CALL.post(ContentType::JsonUtf8, &body).unwrap();
        assert_blocks(2 * blocks(body.len()) + 20 + 6, |hash| {
            let mut signer = Signer::with_hash(credentials(), NotCaching(hash));
            signer.sign(&request, now());
            signer.sign(&request, now());
        });
    }
}

#[test]
fn a_signature_of_a_prepared_request_takes_three_blocks() {
    for body in bodies() {
        let request = CALL.post(ContentType::JsonUtf8, &body).unwrap();
        assert_blocks(blocks(body.len()) + 20 + 5 * 3, |hash| {
            let mut signer = Signer::with_hash(credentials(), hash);
            let prepared = signer.prepare(&request);
            for _ in 0..6 {
                let _ = signer.sign_prepared(&prepared, now());
            }
        });
    }
}

#[test]
fn an_imported_key_takes_two_blocks_once_and_then_as_many_as_a_cached_one() {
    let key = *Signer::new(credentials()).signing_key(&API, now()).expose();
    for body in bodies() {
        let request = CALL.post(ContentType::JsonUtf8, &body).unwrap();
        for times in [1, 5] {
            assert_blocks(2 + times * (blocks(body.len()) + 5) + 1, |hash| {
                let key = SigningKey::import(&key, "cvm", now()).unwrap();
                let mut device = DaySigner::with_hash(credentials().identity(), &key, hash);
                for _ in 0..times {
                    device.sign(&request, now()).unwrap();
                }
            });
        }
    }
}

#[test]
fn encoding_a_signed_request_hashes_nothing() {
    let request = CALL.json("{}").unwrap();
    let mut hash = Counting::new();
    let signed = Signer::with_hash(credentials(), &mut hash).sign(&request, now());
    assert!(signed.head().len() > signed.authorization().to_string().len());
    assert_eq!(hash.blocks, blocks(2) + 20);
}

#[test]
fn the_counting_engine_counts_every_block() {
    for len in 0..300 {
        assert_blocks(blocks(len), |hash| {
            hash.begin();
            (0..len).for_each(|_| hash.update(b"a"));
            hash.finish(&mut [0; 32]);
        });
        assert_blocks(blocks(len + 64) - 1, |hash| {
            hash.resume(&[0; 32]);
            hash.update(&vec![b'a'; len]);
            hash.finish(&mut [0; 32]);
        });
    }
}
