//! Decimal text without `core::fmt`, and without a division: a core that has none would have to
//! bring one along, which is larger.

use crate::spell::Sink;
use core::hint;

/// Spells a number of at most 12 digits: any time, any length.
pub(crate) fn decimal(value: u64, out: &mut dyn Sink) {
    let mut text = [b'0'; 12];
    digits(value, &mut text, 100_000_000_000);
    put(&text, out);
}

/// Spells any number.
pub(crate) fn natural(mut value: u64, out: &mut dyn Sink) {
    const HIGHEST: u64 = 10_000_000_000_000_000_000;
    let mut text = [b'0'; 20];
    let [first, rest @ ..] = &mut text;
    if let Some(less) = value.checked_sub(HIGHEST) {
        (value, *first) = (less, b'1');
    }
    digits(value, rest, HIGHEST / 10);
    put(&text, out);
}

/// Counts digit by digit how often the highest power of ten is in a number, which is then made ten times
/// as large.
fn digits(mut value: u64, text: &mut [u8], power: u64) {
    // Not to be known: of a constant, a division would be made.
    let power = hint::black_box(power);
    for digit in text {
        while let Some(rest) = value.checked_sub(power) {
            (value, *digit) = (rest, digit.wrapping_add(1));
        }
        value = value.wrapping_mul(10);
    }
}

/// Puts digits, but for the zeros before the number.
fn put(mut digits: &[u8], out: &mut dyn Sink) {
    while let [b'0', rest @ ..] = digits
        && !rest.is_empty()
    {
        digits = rest;
    }
    out.put(digits);
}
