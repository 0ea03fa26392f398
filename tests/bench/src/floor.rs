//! The floor: code that can make only this one signature, on sha2's compression function.
//!
//! The floor checks nothing, wipes nothing, caches no first block and can encode no other request. The difference
//! between tc3-core and the floor is the cost of these features.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "neither happens with these inputs"
)]

use std::hint::black_box;
use std::slice;

use sha2::block_api::compress256;

use crate::contender::{Contender, writing};
use crate::fixture::{CALL, CONTENT_TYPE, DATE, HOST, ID, KEY, SECOND, SERVICE};
use crate::ours;

/// FIPS 180-4, section 5.3.3.
const INITIAL: [u32; 8] =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

/// Three contenders: the key derived each time, the key cached as two midstates, and the canonical request hashed
/// in advance.
pub(crate) fn contenders(body: &'static str) -> [Contender; 3] {
    let (key, prepared) = (Key::derive(), canonical(body));
    let cached = Key { ..key };
    let twin = || Some(ours::cached(CALL, body, SECOND));
    let row = |name, signer| Contender { name, kind: "floor", signer, twin: twin() };
    [
        row(
            "floor, key derived each time",
            writing(move |out| sign(&Key::derive(), &canonical(black_box(body)), out)),
        ),
        row(
            "floor, key cached",
            writing(move |out| sign(black_box(&cached), &canonical(black_box(body)), out)),
        ),
        row("floor, body prepared", writing(move |out| sign(black_box(&key), black_box(&prepared), out))),
    ]
}

/// A digest in hex.
type Hex = [u8; 64];

fn canonical(body: &str) -> Hex {
    let mut hash = Hash::new(INITIAL, 0);
    hash.put(body);
    let payload = hex(hash.finish());
    let mut hash = Hash::new(INITIAL, 0);
    hash.put("POST\n/\n\ncontent-type:");
    hash.put(black_box(CONTENT_TYPE));
    hash.put("\nhost:");
    hash.put(black_box(HOST));
    hash.put("\n\ncontent-type;host\n");
    hash.put(payload);
    hex(hash.finish())
}

fn sign(key: &Key, canonical: &Hex, out: &mut [u8]) -> usize {
    let mut second = *b"0000000000";
    let mut rest = black_box(SECOND);
    for digit in second.iter_mut().rev() {
        *digit += u8::try_from(rest % 10).unwrap_or_default();
        rest /= 10;
    }
    let mut hash = Hash::new(key.inner, 64);
    hash.put("TC3-HMAC-SHA256\n");
    hash.put(second);
    for part in ["\n", black_box(DATE), "/", black_box(SERVICE), "/tc3_request\n"] {
        hash.put(part);
    }
    hash.put(canonical);
    let signature = hex(key.finish(hash));
    let mut len = 0;
    let mut put = |part: &[u8]| {
        out[len..len + part.len()].copy_from_slice(part);
        len += part.len();
    };
    put(b"TC3-HMAC-SHA256 Credential=");
    for part in [ID, "/", DATE, "/", SERVICE] {
        put(black_box(part).as_bytes());
    }
    put(b"/tc3_request, SignedHeaders=content-type;host, Signature=");
    put(&signature);
    len
}

/// Encodes eight digits at a time, without a table.
fn hex(words: [u32; 8]) -> Hex {
    let mut hex = [0; 64];
    for (word, digits) in words.iter().zip(hex.as_chunks_mut::<8>().0) {
        let mut spread = u64::from(*word);
        spread = (spread | spread << 16) & 0x0000_ffff_0000_ffff;
        spread = (spread | spread << 8) & 0x00ff_00ff_00ff_00ff;
        spread = (spread | spread << 4) & 0x0f0f_0f0f_0f0f_0f0f;
        let letters = (spread + 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101;
        *digits = (spread + 0x3030_3030_3030_3030 + letters * 0x27).to_be_bytes();
    }
    hex
}

/// A key as its two midstates.
struct Key {
    inner: [u32; 8],
    outer: [u32; 8],
}

impl Key {
    fn derive() -> Self {
        let mut secret = [0; 35];
        secret[..3].copy_from_slice(b"TC3");
        secret[3..].copy_from_slice(black_box(KEY).as_bytes());
        let mut key = Self::new(&secret);
        for message in [DATE, SERVICE, "tc3_request"] {
            let mut hash = Hash::new(key.inner, 64);
            hash.put(black_box(message));
            key = Self::new(&bytes(key.finish(hash)));
        }
        key
    }

    fn new(key: &[u8]) -> Self {
        let masked = |mask| {
            let (mut state, mut block) = (INITIAL, [mask; 64]);
            block.iter_mut().zip(key).for_each(|(byte, key)| *byte ^= key);
            compress256(&mut state, slice::from_ref(&block));
            state
        };
        Self { inner: masked(0x36), outer: masked(0x5c) }
    }

    fn finish(&self, message: Hash) -> [u32; 8] {
        let mut outer = Hash::new(self.outer, 64);
        outer.put(bytes(message.finish()));
        outer.finish()
    }
}

struct Hash {
    state: [u32; 8],
    block: [u8; 64],
    len: usize,
}

impl Hash {
    fn new(state: [u32; 8], len: usize) -> Self {
        Self { state, block: [0; 64], len }
    }

    fn put(&mut self, bytes: impl AsRef<[u8]>) {
        let bytes = bytes.as_ref();
        let used = self.len % 64;
        self.len += bytes.len();
        if used + bytes.len() < 64 {
            return self.block[used..used + bytes.len()].copy_from_slice(bytes);
        }
        let (head, rest) = bytes.split_at(64 - used);
        self.block[used..].copy_from_slice(head);
        compress256(&mut self.state, slice::from_ref(&self.block));
        let (blocks, tail) = rest.as_chunks();
        if !blocks.is_empty() {
            compress256(&mut self.state, blocks);
        }
        self.block[..tail.len()].copy_from_slice(tail);
    }

    fn finish(mut self) -> [u32; 8] {
        let used = self.len % 64;
        self.block[used] = 0x80;
        self.block[used + 1..].fill(0);
        if used > 55 {
            compress256(&mut self.state, slice::from_ref(&self.block));
            self.block = [0; 64];
        }
        self.block[56..].copy_from_slice(&(8 * self.len).to_be_bytes());
        compress256(&mut self.state, slice::from_ref(&self.block));
        self.state
    }
}

fn bytes(words: [u32; 8]) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (bytes, word) in bytes.as_chunks_mut().0.iter_mut().zip(words) {
        *bytes = word.to_be_bytes();
    }
    bytes
}
