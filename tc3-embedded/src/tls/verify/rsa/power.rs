//! Modular exponentiation by Montgomery multiplication with 32-bit words.
//!
//! Numbers are slices of the same length, with the least significant word first. All numbers are public,
//! so branches may depend on them.

use core::mem::swap;

/// Maximum length of a number: 4,096 bits.
pub(super) const MAX_BYTES: usize = 512;

const WORDS: usize = MAX_BYTES / 4;

/// Writes `base` to the power of `exponent` modulo `modulus` to `out`. The exponent must be odd and at
/// least 3. The other numbers are big-endian and as long as the modulus.
///
/// Returns `None` if the modulus is even or too long, or if the base is not less than the modulus.
#[inline(never)]
pub(super) fn power(base: &[u8], exponent: u32, modulus: &[u8], out: &mut [u8]) -> Option<()> {
    let [n, factor, number, scratch] = &mut [[0; WORDS]; 4];
    let len = modulus.len().div_ceil(4);
    let (n, mut factor) = (n.get_mut(..len)?, factor.get_mut(..len)?);
    let mut value = Value { number: number.get_mut(..len)?, scratch: scratch.get_mut(..len)? };
    load(modulus, n);
    load(base, factor);
    let modulus = Modulus::new(n)?;
    if !is_less(factor, n) {
        return None;
    }
    value.set_to_r_squared(modulus)?;
    modulus.product(factor, value.number, value.scratch);
    swap(&mut factor, &mut value.scratch);
    // The factor is R times the base, so its Montgomery powers are R times the powers of the base. This
    // is square-and-multiply: for each bit after the exponent's highest bit the number is squared, and for
    // a set bit it is then multiplied by the factor. The next line squares for the second
    // highest bit.
    modulus.product(factor, factor, value.number);
    let highest_bit = 31_u32.saturating_sub(exponent.leading_zeros());
    for bit in (1..highest_bit).rev() {
        if exponent & (1 << bit) != 0 {
            value.multiply(factor, modulus);
        }
        value.square(modulus);
    }
    // The exponent's lowest bit is set. Multiplying by the base, not by the factor, removes R.
    load(base, factor);
    value.multiply(factor, modulus);
    store(value.number, out);
    Some(())
}

/// A number, and a buffer for its next product.
struct Value<'a> {
    number: &'a mut [u32],
    scratch: &'a mut [u32],
}

impl Value<'_> {
    fn multiply(&mut self, factor: &[u32], modulus: Modulus<'_>) {
        modulus.product(self.number, factor, self.scratch);
        swap(&mut self.number, &mut self.scratch);
    }

    fn square(&mut self, modulus: Modulus<'_>) {
        modulus.product(self.number, self.number, self.scratch);
        swap(&mut self.number, &mut self.scratch);
    }

    /// Sets the number to R * R modulo n. The number must be zero before.
    fn set_to_r_squared(&mut self, modulus: Modulus<'_>) -> Option<()> {
        // Starts with the highest bit of n, which is less than n. `zeros` + 1 doublings make it R, and
        // `len` more make it R * 2^len, modulo n.
        let zeros = modulus.n.last()?.leading_zeros();
        *self.number.last_mut()? = 0x8000_0000_u32.wrapping_shr(zeros);
        for _ in 0..=zeros {
            modulus.double(self.number);
        }
        for _ in modulus.n {
            modulus.double(self.number);
        }
        // Five Montgomery squarings make it R * 2^(32 * len) = R * R.
        for _ in 0..5 {
            self.square(modulus);
        }
        Some(())
    }
}

/// The odd modulus n. R is 2^(32 * len), where len is the length of n in words.
#[derive(Clone, Copy)]
struct Modulus<'n> {
    n: &'n [u32],
    /// -1 / n modulo 2^32.
    inverse: u32,
}

impl<'n> Modulus<'n> {
    /// Returns `None` if n is even or has no words.
    fn new(n: &'n [u32]) -> Option<Self> {
        let lowest = *n.first().filter(|lowest| **lowest & 1 == 1)?;
        // Any odd number is its own inverse modulo 8. Each Newton step doubles the number of correct
        // bits: 3, 6, 12, 24, 48.
        let inverse = (0..4).fold(lowest, |inverse, _| {
            inverse.wrapping_mul(2_u32.wrapping_sub(lowest.wrapping_mul(inverse)))
        });
        Some(Self { n, inverse: inverse.wrapping_neg() })
    }

    fn double(self, number: &mut [u32]) {
        let mut carry = 0;
        for word in number.iter_mut() {
            let doubled = word.wrapping_mul(2).wrapping_add(carry);
            carry = *word >> 31;
            *word = doubled;
        }
        self.reduce(number, carry);
    }

    /// Writes a * b / R modulo n to `out`.
    #[inline(never)]
    fn product(self, a: &[u32], b: &[u32], out: &mut [u32]) {
        out.fill(0);
        let mut top = 0;
        for b in b {
            top = self.add_product(a, *b, out, top).unwrap_or_default();
        }
        self.reduce(out, top);
    }

    /// Adds a * b to `sum`, adds the multiple of n that makes the lowest word of the sum zero, and drops
    /// that word. `top` is the carry above the highest word of `sum`. Returns the new carry.
    fn add_product(self, a: &[u32], b: u32, sum: &mut [u32], top: u32) -> Option<u32> {
        let mut words = sum.iter_mut().zip(a).zip(self.n);
        let ((mut below, first), lowest) = words.next()?;
        let (word, mut carry) = multiply(*first, b, *below, 0);
        let multiple = word.wrapping_mul(self.inverse);
        let (_, mut carry_n) = multiply(*lowest, multiple, word, 0);
        for ((word, a), n) in words {
            let added;
            (added, carry) = multiply(*a, b, *word, carry);
            (*below, carry_n) = multiply(*n, multiple, added, carry_n);
            below = word;
        }
        (*below, carry) = halves(u64::from(top).wrapping_add(carry.into()).wrapping_add(carry_n.into()));
        Some(carry)
    }

    /// Subtracts n from a number unless the number is less than n. The number, with `top` as its carry
    /// above the highest word, must be less than 2 * n.
    fn reduce(self, number: &mut [u32], top: u32) {
        if top == 0 && is_less(number, self.n) {
            return;
        }
        let mut borrow = false;
        for (word, n) in number.iter_mut().zip(self.n) {
            let (less, first) = word.overflowing_sub(*n);
            let (less, second) = less.overflowing_sub(borrow.into());
            *word = less;
            borrow = first || second;
        }
    }
}

/// a * b + c + d as two words, low and high. The sum is at most 2^64 - 1.
fn multiply(a: u32, b: u32, c: u32, d: u32) -> (u32, u32) {
    halves(u64::from(a).wrapping_mul(b.into()).wrapping_add(c.into()).wrapping_add(d.into()))
}

/// Returns the low word and the high word.
fn halves(number: u64) -> (u32, u32) {
    let [a, b, c, d, e, f, g, h] = number.to_le_bytes();
    (u32::from_le_bytes([a, b, c, d]), u32::from_le_bytes([e, f, g, h]))
}

fn is_less(a: &[u32], b: &[u32]) -> bool {
    a.iter().rev().lt(b.iter().rev())
}

fn load(bytes: &[u8], words: &mut [u32]) {
    for (word, bytes) in words.iter_mut().zip(bytes.rchunks(4)) {
        *word = bytes.iter().fold(0u32, |word, byte| word.wrapping_mul(256).wrapping_add(u32::from(*byte)));
    }
}

fn store(words: &[u32], bytes: &mut [u8]) {
    for (bytes, word) in bytes.rchunks_mut(4).zip(words) {
        for (byte, value) in bytes.iter_mut().rev().zip(word.to_le_bytes()) {
            *byte = value;
        }
    }
}
