//! Decimal numbers without `core::fmt` and without division. On a CPU without a divide instruction, `/` links a
//! software routine that is larger than this file.

use super::Sink;

/// The upper 32 bits of a product. With `factor` = 2^(32+k) / d rounded up, `high(n, factor) >> k` is n / d.
pub(crate) const fn high(number: u32, factor: u32) -> u32 {
    let [a, b, c, d, ..] = wide(number).wrapping_mul(wide(factor)).to_be_bytes();
    u32::from_be_bytes([a, b, c, d])
}

/// `u64::from` for a `const fn`.
pub(crate) const fn wide(number: u32) -> u64 {
    let [a, b, c, d] = number.to_be_bytes();
    u64::from_be_bytes([0, 0, 0, 0, a, b, c, d])
}

/// Writes the last `out.len()` decimal digits of a number, with leading zeros.
// A reciprocal saves 196 B on a Cortex-M0 over a division.
pub(crate) fn digits(mut number: u32, out: &mut [u8]) {
    for digit in out.iter_mut().rev() {
        let tenth = high(number, 0xcccc_cccd) >> 3; // number / 10; factor: 2^35 / 10, rounded up
        let [ones, ..] = number.wrapping_sub(tenth.wrapping_mul(10)).to_le_bytes();
        (*digit, number) = (ones.wrapping_add(b'0'), tenth);
    }
}

/// Writes decimal digits without leading zeros, but at least one digit.
pub(crate) fn trimmed(mut digits: &[u8], out: &mut (impl Sink + ?Sized)) {
    while let [b'0', rest @ ..] = digits
        && !rest.is_empty()
    {
        digits = rest;
    }
    out.put(digits);
}

/// Writes a `u64` in decimal.
pub(crate) fn natural(mut value: u64, out: &mut (impl Sink + ?Sized)) {
    const HIGHEST: u64 = 10_000_000_000_000_000_000;
    let mut digits = [b'0'; 20];
    let [first, rest @ ..] = &mut digits;
    if let Some(less) = value.checked_sub(HIGHEST) {
        (value, *first) = (less, b'1');
    }
    // Not by division: a CPU without a divide instruction would link a routine for it, 792 B on a Cortex-M0.
    let power = HIGHEST / 10;
    for digit in rest {
        while let Some(less) = value.checked_sub(power) {
            (value, *digit) = (less, digit.wrapping_add(1));
        }
        value = value.wrapping_mul(10);
    }
    trimmed(&digits, out);
}
