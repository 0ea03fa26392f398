//! The input of the parser, with its offset in the response, and number parsing.

/// Received bytes that are not consumed yet.
pub(super) struct Input<'i> {
    pub(super) rest: &'i [u8],
    /// Offset of `rest` in the response.
    pub(super) at: u64,
}

impl<'i> Input<'i> {
    /// Consumes and returns up to `most` bytes.
    pub(super) fn take(&mut self, most: u64) -> &'i [u8] {
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let (taken, rest) = self.rest.split_at_checked(most).unwrap_or((self.rest, &[]));
        self.rest = rest;
        self.at = self.at.saturating_add(wide(taken.len()));
        taken
    }
}

/// Yields bytes with their offsets.
impl Iterator for Input<'_> {
    type Item = (u64, u8);

    fn next(&mut self) -> Option<Self::Item> {
        let (byte, rest) = self.rest.split_first()?;
        let at = self.at;
        self.rest = rest;
        self.at = at.saturating_add(1);
        Some((at, *byte))
    }
}

/// Converts a length without loss: no target has pointers of more than 64 bits.
pub(crate) fn wide(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

/// Appends a digit to a number. Returns `None` if `byte` is not a digit or the result overflows.
// Not `from_str_radix`, which accepts a sign.
pub(super) fn with_digit(number: u64, byte: u8, radix: u32) -> Option<u64> {
    let digit = char::from(byte).to_digit(radix)?;
    number.checked_mul(u64::from(radix))?.checked_add(u64::from(digit))
}
