//! Pseudo-random keys from a fixed seed, the same on every machine.

use std::process::ExitCode;

/// As long as a real SecretKey.
pub(crate) type Key = [u8; 32];

/// An endless sequence of different keys.
pub(crate) fn keys() -> impl Iterator<Item = Key> {
    let mut seed = 0u64;
    std::iter::repeat_with(move || core::array::from_fn(|_| visible(next(&mut seed))))
}

/// Prints this many keys, one on each line.
pub(crate) fn write(count: usize) -> ExitCode {
    for key in keys().take(count) {
        println!("{}", String::from_utf8_lossy(&key));
    }
    ExitCode::SUCCESS
}

/// The generator splitmix64.
fn next(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (*seed ^ (*seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// One of the 94 characters that a key may contain.
fn visible(number: u64) -> u8 {
    u8::try_from(number % 94).map_or(b'!', |at| b'!'.saturating_add(at))
}
