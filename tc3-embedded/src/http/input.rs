//! What the caller lent to the parser, and where in the response it stands.

/// Received bytes that are not used up yet.
pub(super) struct Input<'i> {
    pub(super) rest: &'i [u8],
    /// Offset of the first of them, counted from the first byte of the response.
    pub(super) at: u64,
}

impl<'i> Input<'i> {
    /// Takes as many bytes as are there, but no more than `most`.
    pub(super) fn take(&mut self, most: u64) -> &'i [u8] {
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let (taken, rest) = self.rest.split_at_checked(most).unwrap_or((self.rest, &[]));
        self.rest = rest;
        self.at = self.at.saturating_add(wide(taken.len()));
        taken
    }
}

/// Single bytes, each with its offset.
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

/// A count in memory as a count on the wire: no target has more than 64 bits of address.
pub(crate) fn wide(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

/// `number` with one more digit, unless `byte` is none or the result does not fit.
///
/// Unlike `from_str_radix` it takes no sign and no blank.
pub(super) fn with_digit(number: u64, byte: u8, radix: u32) -> Option<u64> {
    let digit = char::from(byte).to_digit(radix)?;
    number.checked_mul(u64::from(radix))?.checked_add(u64::from(digit))
}
