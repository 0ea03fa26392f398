//! Draws values from the bytes of an input. After its end all bytes are zero, so any input is valid.

/// The bytes of an input that are not drawn yet.
pub(crate) struct Source<'a> {
    rest: &'a [u8],
    /// Whether [`text`](Self::text) returns any UTF-8, including characters that are not allowed.
    pub(crate) wild: bool,
}

impl<'a> Source<'a> {
    pub(crate) fn new(data: &'a [u8]) -> Self {
        let mut source = Self { rest: data, wild: false };
        source.wild = source.one_in(4);
        source
    }

    pub(crate) fn byte(&mut self) -> u8 {
        self.take(1).first().copied().unwrap_or_default()
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::from(self.byte()) % end
    }

    /// False at the end of the input.
    pub(crate) fn one_in(&mut self, times: u8) -> bool {
        self.byte() % times == times - 1
    }

    pub(crate) fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    pub(crate) fn number(&mut self) -> u64 {
        self.take(8).iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
    }

    pub(crate) fn short(&mut self) -> usize {
        self.take(2).iter().fold(0, |number, byte| number << 8 | usize::from(*byte))
    }

    /// Up to 255 bytes; the first byte drawn is their number.
    pub(crate) fn bytes(&mut self) -> &'a [u8] {
        let count = self.byte();
        self.take(count.into())
    }

    /// The longest prefix of [`bytes`](Self::bytes) that is UTF-8.
    pub(crate) fn utf8(&mut self) -> String {
        let bytes = self.bytes();
        let end = str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), |_| bytes.len());
        String::from_utf8_lossy(&bytes[..end]).into_owned()
    }

    /// A string of 1 to `most` characters for which `is_allowed` is true; if wild, any string.
    pub(crate) fn text(&mut self, is_allowed: fn(u8) -> bool, most: usize) -> String {
        if self.wild {
            return self.utf8();
        }
        let allowed = self.bytes().iter().filter(|byte| is_allowed(**byte)).map(|byte| char::from(*byte));
        let string: String = allowed.take(most).collect();
        if string.is_empty() { "x".to_owned() } else { string }
    }

    pub(crate) fn maybe<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.one_in(2).then(|| make(self))
    }

    pub(crate) fn list<T>(&mut self, most: usize, mut make: impl FnMut(&mut Self) -> T) -> Vec<T> {
        (0..self.below(most + 1)).map(|_| make(self)).collect()
    }

    pub(crate) fn rest(self) -> &'a [u8] {
        self.rest
    }

    pub(crate) fn take(&mut self, count: usize) -> &'a [u8] {
        let (taken, rest) = self.rest.split_at(count.min(self.rest.len()));
        self.rest = rest;
        taken
    }
}
