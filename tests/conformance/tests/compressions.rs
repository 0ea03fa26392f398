//! How often SHA-256's compression function runs for a signature, to the block.
//!
//! It is what time and energy go into, on every machine alike. What is counted is what the protocol
//! asks for: less cannot be had with the key in the state that it is in.
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

/// An engine in software, and the blocks that it has compressed.
struct Counting {
    hash: CachingSha256,
    /// Bytes of the present message.
    len: u64,
    blocks: u64,
    /// The first block of the last message that was begun alike, and of the present one if it was.
    known: Vec<u8>,
    alike: Option<Vec<u8>>,
}

impl Counting {
    const fn new() -> Self {
        Self { hash: CachingSha256::new(), len: 0, blocks: 0, known: Vec::new(), alike: None }
    }

    fn goes_to(&mut self, len: u64) {
        self.blocks += len / BLOCK - self.len / BLOCK;
        self.len = len;
    }
}

impl Sha256Engine for Counting {
    fn begin(&mut self) {
        self.len = 0;
        self.alike = None;
        self.hash.begin();
    }

    fn begin_cacheable(&mut self) {
        self.len = 0;
        self.alike = Some(Vec::new());
        self.hash.begin_cacheable();
    }

    fn update(&mut self, bytes: &[u8]) {
        self.goes_to(self.len + u64::try_from(bytes.len()).unwrap());
        self.hash.update(bytes);
        let Some(first) = &mut self.alike else { return };
        first.extend_from_slice(bytes);
        if first.len() >= 64 {
            first.truncate(64);
            self.blocks -= u64::from(*first == self.known);
            self.known = self.alike.take().unwrap();
        }
    }

    /// FIPS 180-4, section 5.1.1: a bit, zeros and a length of eight bytes fill up the last block.
    fn finish(&mut self, digest: &mut [u8; 32]) {
        self.goes_to((self.len + 9).next_multiple_of(BLOCK));
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

/// Bodies around every edge of the first blocks, and one of a mebibyte.
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
fn with_the_key_cached_it_takes_the_body_and_five_blocks() {
    for body in bodies() {
        let request = CALL.post(ContentType::JsonUtf8, &body).unwrap();
        assert_blocks(2 * blocks(body.len()) + 20 + 5, |hash| {
            let mut signer = Signer::with_hash(credentials(), hash);
            signer.sign(&request, now());
            signer.sign(&request, now());
        });
    }
}

/// An engine with nothing but what every engine has, and midstates: it recalls nothing.
struct Forgetting<'a>(&'a mut Counting);

impl Sha256Engine for Forgetting<'_> {
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
fn where_nothing_is_recalled_it_takes_the_body_and_six_blocks() {
    for body in bodies() {
        let request = CALL.post(ContentType::JsonUtf8, &body).unwrap();
        assert_blocks(2 * blocks(body.len()) + 20 + 6, |hash| {
            let mut signer = Signer::with_hash(credentials(), Forgetting(hash));
            signer.sign(&request, now());
            signer.sign(&request, now());
        });
    }
}

#[test]
fn with_the_body_prepared_it_takes_three_blocks() {
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
fn with_a_key_that_was_handed_over_it_takes_two_blocks_once_and_then_as_with_one_cached() {
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
fn writing_what_was_signed_hashes_nothing() {
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
