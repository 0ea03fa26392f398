//! Counts the runs of SHA-256's compression function for a signature: the blocks that are hashed.
//!
//! A signature spends most of its time on them, on every machine. The counts here are the fewest
//! that the protocol allows with the key derived, cached or imported.
#![allow(clippy::restriction, reason = "a test fails by panicking")]

use core::num::NonZeroU64;
use tc3_core::{
    Api, CachingSha256, Call, ContentType, Credentials, DaySigner, ParamValue, Request, Sha256Engine, Signer,
    SigningKey, Timestamp, api, v1,
};

const API: Api<'_> = api!("cvm", "2017-03-12");
const CALL: Call<'_> = API.action("DescribeInstances").region("ap-guangzhou");
const BLOCK: usize = 64;

/// A software engine that counts the blocks it compresses.
#[derive(Default)]
struct Counting {
    hash: CachingSha256,
    /// Whether messages are cached as the signer asks for.
    is_caching: bool,
    blocks: u64,
    /// The current message, and whether it is cacheable.
    message: Vec<u8>,
    is_cacheable: bool,
    /// The first block of the last cacheable message.
    cached: Vec<u8>,
}

impl Counting {
    /// Counts the whole blocks of a message that is finished, or that is abandoned for its midstate.
    fn end(&mut self) {
        self.blocks += u64::try_from(self.message.len() / BLOCK).unwrap();
        if self.is_cacheable && self.message.len() >= BLOCK {
            self.message.truncate(BLOCK);
            self.blocks -= u64::from(self.message == self.cached);
            self.cached.clone_from(&self.message);
        }
        self.message.clear();
        self.is_cacheable = false;
    }
}

impl Sha256Engine for Counting {
    fn begin(&mut self) {
        self.end();
        self.hash.begin();
    }

    fn begin_cacheable(&mut self) {
        self.begin();
        self.is_cacheable = self.is_caching;
        if self.is_caching {
            self.hash.begin_cacheable();
        }
    }

    fn update(&mut self, bytes: &[u8]) {
        self.message.extend(bytes);
        self.hash.update(bytes);
    }

    /// FIPS 180-4, section 5.1.1: padding adds at least nine bytes, up to a whole block.
    fn finish(&mut self, digest: &mut [u8; 32]) {
        self.message.resize((self.message.len() + 9).next_multiple_of(BLOCK), 0);
        self.end();
        self.hash.finish(digest);
    }

    fn midstate(&self, state: &mut [u8; 32]) {
        self.hash.midstate(state);
    }

    fn resume(&mut self, state: &[u8; 32]) -> bool {
        self.end();
        self.message.resize(BLOCK, 0);
        self.blocks -= 1;
        self.hash.resume(state)
    }
}

/// The blocks of a message of this length.
fn blocks(len: usize) -> u64 {
    u64::try_from((len + 9).div_ceil(BLOCK)).unwrap()
}

fn credentials() -> Credentials<'static> {
    Credentials::new("AKIDz8krbsJ5yKBZQpn74WFkmLPx3xxxx", "Gu5t9xGARNpq86cd98joQYCN3Cozxxxx").unwrap()
}

fn now() -> Timestamp {
    Timestamp::from_unix(1_551_113_065).unwrap()
}

/// Compares the blocks for bodies of 0 to 199 bytes and of 1 MiB with those expected for the blocks of the body.
fn assert_blocks(
    is_caching: bool,
    expected: impl Fn(u64) -> u64,
    work: impl Fn(&mut Counting, &Request<'_>),
) {
    for len in (0..200).chain([1 << 20]) {
        let body = vec![b' '; len];
        let request = CALL.post(ContentType::JsonUtf8, &body).unwrap();
        let mut hash = Counting { is_caching, ..Counting::default() };
        work(&mut hash, &request);
        assert_eq!(hash.blocks, expected(blocks(len)), "blocks of a body of {len} bytes");
    }
}

fn sign(hash: &mut Counting, request: &Request<'_>, times: usize) {
    let mut signer = Signer::with_hash(credentials(), hash);
    for _ in 0..times {
        let _ = signer.sign(request, now());
    }
}

#[test]
fn a_signature_takes_the_body_and_five_blocks_with_the_key_cached_or_six_without_a_caching_engine() {
    // To derive the key takes fifteen blocks more.
    assert_blocks(true, |body| body + 20, |hash, request| sign(hash, request, 1));
    assert_blocks(true, |body| 2 * body + 20 + 5, |hash, request| sign(hash, request, 2));
    assert_blocks(false, |body| 2 * body + 20 + 6, |hash, request| sign(hash, request, 2));
}

#[test]
fn a_signature_of_a_prepared_request_takes_three_blocks() {
    let sign_six = |hash: &mut Counting, request: &Request<'_>| {
        let mut signer = Signer::with_hash(credentials(), hash);
        let prepared = signer.prepare(request);
        for _ in 0..6 {
            let _ = signer.sign_prepared(&prepared, now());
        }
    };
    assert_blocks(true, |body| body + 20 + 5 * 3, sign_six);
}

#[test]
fn an_imported_key_takes_two_blocks_once_and_then_as_many_as_a_cached_one() {
    let key = *Signer::new(credentials()).signing_key(&API, now()).expose();
    for times in [1, 5] {
        let sign = |hash: &mut Counting, request: &Request<'_>| {
            let key = SigningKey::import(&key, "cvm", now()).unwrap();
            let mut device = DaySigner::with_hash(credentials().identity(), &key, hash);
            for _ in 0..times {
                device.sign(request, now()).unwrap();
            }
        };
        assert_blocks(true, |body| 2 + times * (body + 5) + 1, sign);
    }
}

/// HMAC hashes a block of the key before the message, and another one before the message's hash.
#[test]
fn a_v1_signature_takes_the_string_to_sign_and_three_blocks() {
    for len in 1..200 {
        let value = "v".repeat(len);
        let params = [("A", ParamValue::Text(&value))];
        let params = v1::Params::unsorted(&params).unwrap();
        for (algorithm, uses_engine) in [(v1::Algorithm::HmacSha256, true), (v1::Algorithm::HmacSha1, false)]
        {
            let request = CALL.v1(v1::Method::Post, algorithm, params).unwrap();
            let mut hash = Counting { is_caching: true, ..Counting::default() };
            let mut signer = Signer::with_hash(credentials(), &mut hash);
            let signed = signer.sign_v1(&request, now(), v1::Nonce::new(NonZeroU64::MIN)).unwrap();
            let to_sign = signed.string_to_sign().to_string();
            let expected = if uses_engine { blocks(to_sign.len()) + 3 } else { 0 };
            assert_eq!(hash.blocks, expected, "{algorithm:?} of {to_sign}");
        }
    }
}
