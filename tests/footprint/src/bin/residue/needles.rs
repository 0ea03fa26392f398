//! What is searched for: keys, and what is as good as a key.

use footprint::fixture;
use sha2::block_api::compress256;

/// What a needle is kept as, so that it is not found itself.
const HIDDEN: u8 = 0xA5;

/// A key, filled up to a block as HMAC does it, or the state of the hash after such a block.
#[derive(Clone, Copy)]
pub(crate) struct Needle {
    pub(crate) name: &'static str,
    hidden: [u8; 64],
    pub(crate) len: usize,
}

impl Needle {
    fn new(name: &'static str, bytes: &[u8]) -> Self {
        let mut hidden = [HIDDEN; 64];
        hidden.iter_mut().zip(bytes).for_each(|(to, from)| *to ^= *from);
        Self { name, hidden, len: bytes.len() }
    }

    /// A byte of it; beyond it there are zeros.
    pub(crate) fn byte(&self, at: usize) -> u8 {
        self.hidden.get(at).map_or(0, |byte| byte ^ HIDDEN)
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
            Needle::new("SecretKey", secret),
            Needle::new("TC3 and SecretKey", &long),
            Needle::new("kDate", &date),
            Needle::new("kService", &service),
            Needle::new("kSigning", &signing),
            Needle::new("inner state of SecretKey", &v1[0]),
            Needle::new("outer state of SecretKey", &v1[1]),
            Needle::new("inner state of TC3 and SecretKey", &tc3[0]),
            Needle::new("outer state of TC3 and SecretKey", &tc3[1]),
            Needle::new("inner state of kDate", &of_date[0]),
            Needle::new("outer state of kDate", &of_date[1]),
            Needle::new("inner state of kService", &of_service[0]),
            Needle::new("outer state of kService", &of_service[1]),
            Needle::new("inner state of kSigning", &of_signing[0]),
            Needle::new("outer state of kSigning", &of_signing[1]),
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
