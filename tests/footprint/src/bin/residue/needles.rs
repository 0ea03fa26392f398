//! What is searched for: keys, and what is as good as a key.

use footprint::fixture;
use sha2::block_api::compress256;

/// What a needle is kept as, so that it is not found itself.
const HIDDEN: u8 = 0xA5;

/// A key, or the state of the hash after its block.
#[derive(Clone, Copy)]
pub(crate) struct Needle {
    pub(crate) name: &'static str,
    /// As it is, and in words whose first byte is the highest, as the hash has it.
    hidden: [[u8; LEN]; 2],
    len: usize,
    /// How many bytes in a row of it make a find.
    window: usize,
}

/// Of the longest, in whole words.
const LEN: usize = 36;
/// As many bytes are looked at.
pub(crate) const WINDOW: usize = 16;

impl Needle {
    /// Of a key, eight bytes in a row.
    fn key(name: &'static str, bytes: &[u8]) -> Self {
        Self::new(name, bytes, 8)
    }

    /// Of a state, half of it: the hash itself leaves two of the eight words on the stack, where nobody
    /// wipes them.
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

    /// Whether these bytes begin with enough of it in a row, as it is or in words.
    #[inline(always)]
    pub(crate) fn has(&self, there: &[u8; WINDOW], mask: u8) -> Option<usize> {
        let window = there.map(|byte| byte ^ mask ^ HIDDEN);
        let window = window.get(..self.window)?;
        self.hidden.iter().position(|hidden| {
            // The first byte alone is quickly compared.
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

/// All of them.
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

/// The states after the key's two blocks, as a little-endian processor has them in memory.
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

/// HMAC of a message of less than a block, so that this owes nothing to what it judges.
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
