//! The needles of the search: keys, and midstates that can replace a key.

use footprint::fixture;
use sha2::block_api::compress256;

/// Needles are stored XORed with this byte, so that the search does not find the needles themselves.
const HIDDEN: u8 = 0xA5;

/// A key, or the midstate after one of its blocks.
#[derive(Clone, Copy)]
pub(crate) struct Needle {
    pub(crate) name: &'static str,
    /// Two masked forms: the bytes in order, and the bytes as big-endian words, as SHA-256 loads them.
    hidden: [[u8; LEN]; 2],
    len: usize,
    /// The number of consecutive bytes that count as a hit.
    window: usize,
}

/// The longest needle, in whole words.
const LEN: usize = 36;
/// Maximum number of bytes compared.
pub(crate) const WINDOW: usize = 16;

impl Needle {
    /// Eight consecutive bytes of a key are a hit.
    fn key(name: &'static str, bytes: &[u8]) -> Self {
        Self::new(name, bytes, 8)
    }

    /// Half of a midstate is a hit: the hash leaves two of the eight words on the stack.
    fn state(name: &'static str, bytes: &[u8]) -> Self {
        Self::new(name, bytes, WINDOW)
    }

    fn new(name: &'static str, bytes: &[u8], window: usize) -> Self {
        let mut plain = [HIDDEN; LEN];
        plain.iter_mut().zip(bytes).for_each(|(to, from)| *to ^= *from);
        let mut words = plain;
        words.as_chunks_mut::<4>().0.iter_mut().for_each(|word| word.reverse());
        Self { name, hidden: [plain, words], len: bytes.len(), window }
    }

    /// Returns in which of the two forms these bytes contain a window of the needle.
    #[inline(always)]
    pub(crate) fn has(&self, bytes: &[u8; WINDOW], mask: u8) -> Option<usize> {
        let window = bytes.map(|byte| byte ^ mask ^ HIDDEN);
        let window = window.get(..self.window)?;
        self.hidden.iter().position(|hidden| {
            // Comparing the first byte first is faster.
            let mut rest = hidden.get(..self.len).unwrap_or_default();
            while let [first, tail @ ..] = rest {
                if window.first() == Some(first) && rest.starts_with(window) {
                    return true;
                }
                rest = tail;
            }
            false
        })
    }
}

/// All needles.
pub(crate) struct Needles(pub(crate) [Needle; 15]);

impl Needles {
    #[inline(never)]
    pub(crate) fn new() -> Self {
        let secret = fixture::key().as_bytes();
        let mut long = [0; 35];
        long.iter_mut().zip(b"TC3".iter().chain(secret)).for_each(|(to, from)| *to = *from);
        let date = hmac(&long, b"2019-02-25");
        let service = hmac(&date, b"cvm");
        let signing = hmac(&service, b"tc3_request");
        let [v1, tc3, of_date, of_service, of_signing] =
            [secret, &long, &date, &service, &signing].map(states);
        Self([
            Needle::key("SecretKey", secret),
            Needle::key("TC3 and SecretKey", &long),
            Needle::key("kDate", &date),
            Needle::key("kService", &service),
            Needle::key("kSigning", &signing),
            Needle::state("inner state of SecretKey", &v1[0]),
            Needle::state("outer state of SecretKey", &v1[1]),
            Needle::state("inner state of TC3 and SecretKey", &tc3[0]),
            Needle::state("outer state of TC3 and SecretKey", &tc3[1]),
            Needle::state("inner state of kDate", &of_date[0]),
            Needle::state("outer state of kDate", &of_date[1]),
            Needle::state("inner state of kService", &of_service[0]),
            Needle::state("outer state of kService", &of_service[1]),
            Needle::state("inner state of kSigning", &of_signing[0]),
            Needle::state("outer state of kSigning", &of_signing[1]),
        ])
    }
}

/// FIPS 180-4, section 5.3.3.
const INITIAL: [u32; 8] =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

/// The midstates after the key XOR ipad and the key XOR opad, in little-endian words.
fn states(key: &[u8]) -> [[u8; 32]; 2] {
    [0x36, 0x5c].map(|mask| bytes(&after(key, mask), u32::to_le_bytes))
}

fn bytes(state: &[u32; 8], order: fn(u32) -> [u8; 4]) -> [u8; 32] {
    let mut bytes = [0; 32];
    let words = bytes.as_chunks_mut().0.iter_mut().zip(state);
    words.for_each(|(to, word)| *to = order(*word));
    bytes
}

fn after(key: &[u8], mask: u8) -> [u32; 8] {
    let mut block = [mask; 64];
    block.iter_mut().zip(key).for_each(|(to, from)| *to ^= *from);
    let mut state = INITIAL;
    compress256(&mut state, &[block]);
    state
}

/// HMAC of a message shorter than a block, independent of tc3-core.
fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    [0x36, 0x5c]
        .iter()
        .fold(None, |inner: Option<[u8; 32]>, mask| {
            let message = inner.as_ref().map_or(message, |inner| inner);
            let mut block = [0; 64];
            let end = [0x80].iter();
            block.iter_mut().zip(message.iter().chain(end)).for_each(|(to, from)| *to = *from);
            let bits = u16::try_from(message.len()).unwrap_or_default().saturating_add(64).saturating_mul(8);
            if let Some(tail) = block.last_chunk_mut() {
                *tail = bits.to_be_bytes();
            }
            let mut state = after(key, *mask);
            compress256(&mut state, &[block]);
            Some(bytes(&state, u32::to_be_bytes))
        })
        .unwrap_or_default()
}
