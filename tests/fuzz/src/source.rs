//! The bytes of an input as values. What is missing at the end is zero, so every input says something.

/// What is left of an input.
pub(crate) struct Source<'a> {
    rest: &'a [u8],
    /// Whether texts are taken as they come, with what must not stand in them.
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

    /// Up to 255 bytes, as many as the first one says.
    pub(crate) fn bytes(&mut self) -> &'a [u8] {
        let count = self.byte();
        self.take(count.into())
    }

    /// As much of the next bytes as is UTF-8.
    pub(crate) fn utf8(&mut self) -> String {
        let bytes = self.bytes();
        let end = str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), |_| bytes.len());
        String::from_utf8_lossy(&bytes[..end]).into_owned()
    }

    /// A text of 1 to `most` of these characters, `x` among them; a wild one of any.
    pub(crate) fn text(&mut self, of: fn(u8) -> bool, most: usize) -> String {
        if self.wild {
            return self.utf8();
        }
        let of = self.bytes().iter().filter(|byte| of(**byte)).map(|byte| char::from(*byte));
        let text: String = of.take(most).collect();
        if text.is_empty() { "x".to_owned() } else { text }
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
