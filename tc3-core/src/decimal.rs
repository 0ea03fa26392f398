//! Decimal text without `core::fmt`, and without a division: a core that has none would have to
//! bring one along, which is larger.

use crate::spell::Sink;

/// Spells a number of at most 12 digits: any time, any length.
pub(crate) fn decimal(value: u64, out: &mut dyn Sink) {
    spell(value, const { &powers::<12>() }, out);
}

/// Spells any number.
pub(crate) fn natural(value: u64, out: &mut dyn Sink) {
    spell(value, const { &powers::<20>() }, out);
}

fn spell(mut value: u64, powers: &[u64], out: &mut dyn Sink) {
    let (mut digits, mut used) = ([b'0'; 20], 0usize);
    for power in powers {
        let is_last = *power == 1;
        if let Some(digit) = digits.get_mut(used) {
            while value >= *power {
                value = value.wrapping_sub(*power);
                *digit = digit.wrapping_add(1);
            }
            if used > 0 || *digit > b'0' || is_last {
                used = used.wrapping_add(1);
            }
        }
    }
    out.put(digits.get(..used).unwrap_or_default());
}

/// Powers of ten down to 1.
const fn powers<const N: usize>() -> [u64; N] {
    let (mut powers, mut power) = ([1; N], 1u64);
    let mut rest: &mut [u64] = &mut powers;
    while let [others @ .., last] = rest {
        *last = power;
        power = power.wrapping_mul(10);
        rest = others;
    }
    powers
}
