//! Random values from a seed by splitmix64, the same on every machine.

use core::ops::RangeInclusive;

pub(crate) const VISIBLE: RangeInclusive<u8> = b'!'..=b'~';

pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    pub(crate) fn within(&mut self, range: RangeInclusive<usize>) -> usize {
        range.start() + self.below(range.end() - range.start() + 1)
    }

    pub(crate) fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    pub(crate) fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    /// A string of ASCII characters for which `is_allowed` is true.
    pub(crate) fn text(&mut self, is_allowed: impl Fn(u8) -> bool, len: RangeInclusive<usize>) -> String {
        (0..self.within(len)).map(|_| self.ascii(&is_allowed)).collect()
    }

    fn ascii(&mut self, is_allowed: impl Fn(u8) -> bool) -> char {
        loop {
            let byte = (self.next() % 128) as u8;
            if is_allowed(byte) {
                return char::from(byte);
            }
        }
    }

    pub(crate) fn visible(&mut self, len: RangeInclusive<usize>) -> String {
        self.text(|byte| VISIBLE.contains(&byte), len)
    }

    pub(crate) fn label(&mut self, len: RangeInclusive<usize>) -> String {
        self.text(|byte| byte.is_ascii_alphanumeric() || byte == b'-', len)
    }

    /// Any UTF-8, control characters included.
    pub(crate) fn utf8(&mut self, len: RangeInclusive<usize>) -> String {
        (0..self.within(len)).map(|_| self.scalar()).collect()
    }

    fn scalar(&mut self) -> char {
        let end = self.pick(&[0x80, 0x80, 0x80, 0x800, 0x1_0000, 0x11_0000]);
        char::from_u32(self.below(end) as u32).unwrap_or(char::REPLACEMENT_CHARACTER)
    }

    pub(crate) fn bytes(&mut self, len: RangeInclusive<usize>) -> Vec<u8> {
        (0..self.within(len)).map(|_| self.next() as u8).collect()
    }

    /// A value in two of three cases.
    pub(crate) fn maybe<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        (!self.one_in(3)).then(|| make(self))
    }

    /// A key of 1 to 200 bytes, often of about SHA-256's block of 64.
    pub(crate) fn key(&mut self) -> String {
        let len = if self.one_in(4) { self.within(61..=65) } else { self.within(1..=200) };
        self.visible(len..=len)
    }
}
