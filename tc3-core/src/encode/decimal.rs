//! Decimal numbers without `core::fmt` and without division: a core without a divider would link a
//! division routine, which is larger.

use super::Sink;

/// The upper 32 bits of a product. With a scaled reciprocal as `factor` it is a quotient.
pub(crate) const fn high(number: u32, factor: u32) -> u32 {
    let [a, b, c, d, ..] = wide(number).wrapping_mul(wide(factor)).to_be_bytes();
    u32::from_be_bytes([a, b, c, d])
}

/// `u64::from` for a `const fn`.
pub(crate) const fn wide(number: u32) -> u64 {
    let [a, b, c, d] = number.to_be_bytes();
    u64::from_be_bytes([0, 0, 0, 0, a, b, c, d])
}

/// Fills `text` with the last digits of a number. Digits that do not fit are dropped.
// A reciprocal saves 196 B on a Cortex-M0 over a division.
pub(crate) fn digits(mut number: u32, text: &mut [u8]) {
    for digit in text.iter_mut().rev() {
        let tenth = high(number, 0xcccc_cccd) >> 3; // 2^35 / 10
        let [ones, ..] = number.wrapping_sub(tenth.wrapping_mul(10)).to_le_bytes();
        (*digit, number) = (ones.wrapping_add(b'0'), tenth);
    }
}

/// Writes decimal digits without leading zeros.
pub(crate) fn trimmed(mut text: &[u8], out: &mut (impl Sink + ?Sized)) {
    while let [b'0', rest @ ..] = text
        && !rest.is_empty()
    {
        text = rest;
    }
    out.put(text);
}

/// Writes any number.
pub(crate) fn natural(mut value: u64, out: &mut (impl Sink + ?Sized)) {
    const HIGHEST: u64 = 10_000_000_000_000_000_000;
    let mut text = [b'0'; 20];
    let [first, rest @ ..] = &mut text;
    if let Some(less) = value.checked_sub(HIGHEST) {
        (value, *first) = (less, b'1');
    }
    // Not by division: a core without a divider would link a routine for it, which takes 792 B on a Cortex-M0.
    let power = HIGHEST / 10;
    for digit in rest {
        while let Some(rest) = value.checked_sub(power) {
            (value, *digit) = (rest, digit.wrapping_add(1));
        }
        value = value.wrapping_mul(10);
    }
    trimmed(&text, out);
}
