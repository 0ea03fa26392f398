//! Draws values from the bytes of an input.

/// An input with this first byte is tidy: it has no strings that must be refused, so most of its requests are signed.
const TIDY: u8 = 0xfe;

/// The bytes of an input that are not drawn yet. After its end all bytes are zero, so any input is valid.
#[derive(Clone, Debug)]
pub struct Source<'a> {
    rest: &'a [u8],
    /// Whether strings may have characters that are not allowed.
    pub wild: bool,
    /// Whether strings should have only characters that are allowed. Most inputs are neither wild nor tidy.
    pub(crate) tidy: bool,
}

impl<'a> Source<'a> {
    /// The source of this input.
    pub fn new(data: &'a [u8]) -> Self {
        let mut source = Self { rest: data, wild: false, tidy: data.first() == Some(&TIDY) };
        source.wild = source.one_in(4);
        source
    }

    /// A byte.
    pub fn byte(&mut self) -> u8 {
        self.take(1).first().copied().unwrap_or_default()
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        usize::from(self.byte()) % end
    }

    /// False at the end of the input.
    pub fn one_in(&mut self, times: u8) -> bool {
        self.byte() % times == times - 1
    }

    /// One of these values.
    pub fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    /// A number of 64 bits.
    pub fn number(&mut self) -> u64 {
        self.take(8).iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
    }

    /// A number of 16 bits.
    pub fn short(&mut self) -> usize {
        self.take(2).iter().fold(0, |number, byte| number << 8 | usize::from(*byte))
    }

    /// Up to 255 bytes; the first byte drawn is their number.
    pub fn bytes(&mut self) -> &'a [u8] {
        let count = self.byte();
        self.take(count.into())
    }

    /// The longest prefix of [`bytes`](Self::bytes) that is UTF-8.
    pub fn utf8(&mut self) -> String {
        let bytes = self.bytes();
        let end = str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), |_| bytes.len());
        String::from_utf8_lossy(&bytes[..end]).into_owned()
    }

    /// A string of 1 to `most` characters for which `is_allowed` is true; if wild, any string.
    pub fn text(&mut self, is_allowed: fn(u8) -> bool, most: usize) -> String {
        if self.wild {
            return self.utf8();
        }
        let bytes = self.bytes();
        let mut allowed: Vec<u8> = bytes.iter().copied().filter(|byte| is_allowed(*byte)).collect();
        if self.tidy {
            // As long as drawn, so that all lengths occur.
            let all: Vec<u8> = (0..128).filter(|byte| is_allowed(*byte)).collect();
            allowed = bytes.iter().map(|byte| all[usize::from(*byte) % all.len()]).collect();
        }
        let string: String = allowed.into_iter().map(char::from).take(most).collect();
        if string.is_empty() { "x".to_owned() } else { string }
    }

    /// A value one in two times.
    pub fn maybe<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.one_in(2).then(|| make(self))
    }

    /// Up to `most` values.
    pub fn list<T>(&mut self, most: usize, mut make: impl FnMut(&mut Self) -> T) -> Vec<T> {
        (0..self.below(most + 1)).map(|_| make(self)).collect()
    }

    /// All bytes that are not drawn yet.
    pub fn rest(self) -> &'a [u8] {
        self.rest
    }

    /// As many bytes, or fewer at the end of the input.
    pub fn take(&mut self, count: usize) -> &'a [u8] {
        let (taken, rest) = self.rest.split_at(count.min(self.rest.len()));
        self.rest = rest;
        taken
    }

    /// Replaces, inserts or removes one byte, as an attacker on the network could.
    pub fn edit(&mut self, bytes: &mut Vec<u8>) {
        let (change, at, byte) = (self.below(4), self.short(), self.byte());
        let at = at % (bytes.len() + 1);
        match bytes.get_mut(at) {
            Some(old) if change < 2 => *old = byte,
            Some(_) if change == 2 => drop(bytes.remove(at)),
            _ => bytes.insert(at, byte),
        }
    }

    /// The same for a string. Invalid UTF-8 is replaced.
    pub(crate) fn edit_string(&mut self, string: &mut String) {
        let mut bytes = std::mem::take(string).into_bytes();
        self.edit(&mut bytes);
        *string = String::from_utf8_lossy(&bytes).into_owned();
    }
}

/// An input of 2 KiB from a seed by splitmix64, the same on every machine. Seven of eight are tidy.
///
/// A quarter of it is any bytes, a quarter small numbers, and half UTF-8: text, lists and numbers need each of these.
pub fn seeded(seed: u64) -> Vec<u8> {
    let mut random = Random(seed);
    let mut next = || random.number();
    let first = next().to_be_bytes();
    let mut input = vec![if first[0] % 8 == 0 { first[1] } else { TIDY }];
    while input.len() < 2048 {
        let (random, limit) = (next().to_be_bytes(), [0x80, 0x80, 0x800, 0x1_0000, 0x11_0000]);
        match next() % 4 {
            0 => input.extend(random),
            1 => input.extend(random.map(|byte| byte % 16)),
            _ => {
                let scalar = next() % limit[usize::from(random[0]) % limit.len()];
                let scalar = char::from_u32(scalar as u32).unwrap_or(char::REPLACEMENT_CHARACTER);
                input.extend(scalar.to_string().bytes());
            }
        }
    }
    input
}

/// Random numbers by splitmix64, the same for a seed on every machine.
#[derive(Clone, Debug)]
pub struct Random(pub u64);

impl Random {
    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        (self.number() % end as u64) as usize
    }

    /// One of these values.
    pub fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }
}
