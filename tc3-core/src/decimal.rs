//! Decimal text without `core::fmt`.

/// The decimal digits of a number, right-aligned in a small buffer.
#[derive(Clone, Copy)]
pub(crate) struct Digits {
    /// 20 digits hold any `u64`.
    text: [u8; 20],
    start: usize,
}

impl Digits {
    pub(crate) const EMPTY: Self = Self { text: [b'0'; 20], start: 20 };

    pub(crate) fn of_u32(value: u32) -> Self {
        let mut digits = Self::EMPTY;
        digits.prepend(value, 1);
        digits
    }

    pub(crate) fn of_u64(mut value: u64) -> Self {
        const BILLION: u64 = 1_000_000_000;
        let mut digits = Self::EMPTY;
        while value >= BILLION {
            digits.prepend(u32::try_from(value % BILLION).unwrap_or_default(), 9);
            value /= BILLION;
        }
        digits.prepend(u32::try_from(value).unwrap_or_default(), 1);
        digits
    }

    /// Puts the digits of `value` before what there is, at least `width` of them.
    pub(crate) fn prepend(&mut self, mut value: u32, mut width: usize) {
        while value > 0 || width > 0 {
            let [.., digit] = (value % 10).to_be_bytes();
            self.prepend_byte(digit | b'0');
            value /= 10;
            width = width.saturating_sub(1);
        }
    }

    pub(crate) fn prepend_byte(&mut self, byte: u8) {
        let start = self.start.wrapping_sub(1);
        if let Some(slot) = self.text.get_mut(start) {
            *slot = byte;
            self.start = start;
        }
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.text.get(self.start..).unwrap_or_default()
    }
}
