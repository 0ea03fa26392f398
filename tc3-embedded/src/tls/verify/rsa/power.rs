//! Powers modulo an odd number, by Montgomery's product of 32-bit words.
//!
//! Numbers are slices of one length, the lowest word first. Branches depend on them, for all of them
//! are public.

use core::mem::swap;

/// Bytes of the longest number.
pub(super) const MAX: usize = 512;

const WORDS: usize = MAX / 4;

/// Writes `base` to the power of `exponent`, which is odd and not 1, modulo `modulus`; all numbers
/// are big-endian and as long as the modulus.
///
/// There is no answer unless the modulus is odd and the base below it.
#[inline(never)]
pub(super) fn power(base: &[u8], exponent: u32, modulus: &[u8], out: &mut [u8]) -> Option<()> {
    let [n, factor, number, room] = &mut [[0; WORDS]; 4];
    let len = modulus.len().div_ceil(4);
    let (n, mut factor) = (n.get_mut(..len)?, factor.get_mut(..len)?);
    let mut value = Value { number: number.get_mut(..len)?, room: room.get_mut(..len)? };
    load(modulus, n);
    load(base, factor);
    let modulus = Modulus::odd(n)?;
    if !is_less(factor, n) {
        return None;
    }
    value.set_to_r_squared(modulus)?;
    modulus.product(factor, value.number, value.room);
    swap(&mut factor, &mut value.room);
    // Now the factor is R times the base, and so R times the base's are its powers. The highest bit
    // of the exponent is the factor itself, the second highest squares it, and so on: where a bit is
    // set, the factor comes on top.
    modulus.product(factor, factor, value.number);
    let second = 31_u32.saturating_sub(exponent.leading_zeros());
    for bit in (1..second).rev() {
        if exponent & (1 << bit) != 0 {
            value.multiply(factor, modulus);
        }
        value.square(modulus);
    }
    // The lowest bit is set: the base without its R takes the R out of the product.
    load(base, factor);
    value.multiply(factor, modulus);
    store(value.number, out);
    Some(())
}

/// A number, and the room for what it becomes next.
struct Value<'a> {
    number: &'a mut [u32],
    room: &'a mut [u32],
}

impl Value<'_> {
    fn multiply(&mut self, factor: &[u32], modulus: Modulus<'_>) {
        modulus.product(self.number, factor, self.room);
        swap(&mut self.number, &mut self.room);
    }

    fn square(&mut self, modulus: Modulus<'_>) {
        modulus.product(self.number, self.number, self.room);
        swap(&mut self.number, &mut self.room);
    }

    /// To R * R modulo n. The number is zero before.
    fn set_to_r_squared(&mut self, modulus: Modulus<'_>) -> Option<()> {
        // The highest bit of n alone is below n. So many doublings of it are R * 2^len …
        let zeros = modulus.n.last()?.leading_zeros();
        *self.number.last_mut()? = 0x8000_0000_u32.wrapping_shr(zeros);
        for _ in 0..=zeros {
            modulus.double(self.number);
        }
        for _ in modulus.n {
            modulus.double(self.number);
        }
        // … and five of Montgomery's squares make that R * 2^(32 * len).
        for _ in 0..5 {
            self.square(modulus);
        }
        Some(())
    }
}

/// The modulus n, and with it R = 2^(32 * len), where len is its length in words.
#[derive(Clone, Copy)]
struct Modulus<'n> {
    n: &'n [u32],
    /// -1 / n modulo 2^32.
    inverse: u32,
}

impl<'n> Modulus<'n> {
    fn odd(n: &'n [u32]) -> Option<Self> {
        let lowest = *n.first().filter(|lowest| **lowest & 1 == 1)?;
        // Any odd number is its own inverse modulo 8, and each of Newton's steps doubles the bits
        // that are right: 3, 6, 12, 24, 48.
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

    /// Leaves a * b / R modulo n in `out`.
    #[inline(never)]
    fn product(self, a: &[u32], b: &[u32], out: &mut [u32]) {
        out.fill(0);
        let mut top = 0;
        for b in b {
            top = self.add_product(a, *b, out, top).unwrap_or_default();
        }
        self.reduce(out, top);
    }

    /// Adds a * b to `sum`, adds that multiple of n which makes the lowest word zero, and drops this
    /// word. `top` is what of the sum is above its words; the new one is returned.
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

    /// Subtracts n from a number below 2 * n, if it is not below n.
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

/// a * b + c + d, which is at most 2^64 - 1, in halves.
fn multiply(a: u32, b: u32, c: u32, d: u32) -> (u32, u32) {
    halves(u64::from(a).wrapping_mul(b.into()).wrapping_add(c.into()).wrapping_add(d.into()))
}

/// The low one and the high one.
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
