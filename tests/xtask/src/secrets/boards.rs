//! Counts instructions on the boards, because valgrind runs only code for the host.

use std::error::Error;
use std::fs;

use measure::BOARDS;

use super::{Image, KEY};
use crate::footprint::image::instructions;
use crate::footprint::{BRANCH, V1_SIGNATURES};
use crate::setup::qemu;
use crate::step::Outcome;
use crate::workspace::Workspace;

/// The number of keys for each board.
pub(super) const KEYS: usize = 16;

/// Images that sign, and the names of their cases.
const CASES: [(&str, &str); 4] = [
    ("sign", "tc3 cold"),
    ("cached", "tc3 cached"),
    (V1_SIGNATURES, "v1 HmacSHA1 and HmacSHA256"),
    (BRANCH, "a planted branch on the key"),
];

/// Fails if the number of instructions of a case depends on the key, or that of the planted branch does not.
pub(super) fn count(workspace: &Workspace, build: Image) -> Outcome {
    qemu::required()?;
    build.build(workspace, &CASES.map(|(bin, _)| bin))?;
    let mut wrong = Vec::new();
    for board in &BOARDS {
        for (bin, case) in CASES {
            let original = build.image(workspace, board, bin);
            let with_key = original.with_extension("with-another-key");
            let mut counts = Vec::new();
            for key in keys().take(KEYS) {
                fs::write(&with_key, replaced(fs::read(&original)?, &key)?)?;
                counts.push(instructions(board, &with_key)?);
            }
            let line = format!("{case} on {}: {}", board.name, range(&counts));
            let is_right = is_right(&counts, bin == BRANCH);
            println!("  {:<6} {line}", if is_right { "ok" } else { "FAILED" });
            if !is_right {
                wrong.push(line);
            }
        }
    }
    if wrong.is_empty() {
        return Ok(());
    }
    Err(format!("the number of instructions depends on the key: {}", wrong.join("; ")).into())
}

/// An endless sequence of different keys, as long as real ones and the same on every machine.
fn keys() -> impl Iterator<Item = [u8; 32]> {
    let mut seed = 0u64;
    std::iter::repeat_with(move || std::array::from_fn(|_| visible(next(&mut seed))))
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

fn range(counts: &[u64]) -> String {
    let [least, most] = [counts.iter().min(), counts.iter().max()].map(|it| it.copied().unwrap_or_default());
    format!("{least} to {most} instructions with {} of {KEYS} keys", counts.len())
}

/// Whether all keys were counted, and took the same number or, if planted, different numbers.
fn is_right(counts: &[u64], is_planted: bool) -> bool {
    let is_constant = counts.windows(2).all(|pair| matches!(pair, [one, next] if one == next));
    counts.len() == KEYS && is_constant != is_planted
}

/// A copy of the image with another key.
fn replaced(mut image: Vec<u8>, key: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
    let places: Vec<usize> =
        image.windows(KEY.len()).enumerate().filter(|(_, at)| *at == KEY).map(|(at, _)| at).collect();
    let slot = match places.as_slice() {
        [at] => image.get_mut(*at..).and_then(|rest| rest.get_mut(..key.len())),
        _ => return Err(format!("an image contains its key {} times, not once", places.len()).into()),
    };
    slot.ok_or("a key is longer than an image")?.copy_from_slice(key);
    Ok(image)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, reason = "a test may panic")]

    use super::{KEY, KEYS, is_right, range, replaced};

    #[test]
    fn all_keys_must_take_one_number_of_instructions_and_a_planted_branch_several() {
        let (same, mut other) = ([7; KEYS], [7; KEYS]);
        other[KEYS - 1] = 8;
        for (counts, is_planted, is_expected) in [
            (&same[..], false, true),
            (&same, true, false),
            (&other, false, false),
            (&other, true, true),
            (&same[1..], false, false),
            (&other[1..], true, false),
            (&[], false, false),
        ] {
            assert_eq!(is_right(counts, is_planted), is_expected, "{} planted: {is_planted}", range(counts));
        }
    }

    #[test]
    fn a_key_that_occurs_once_is_replaced() {
        let another = [b'k'; 32];
        let replaced =
            |image: &[&[u8]]| replaced(image.concat(), &another).map_err(|wrong| wrong.to_string());
        assert_eq!(replaced(&[b"before", KEY, b"after"]), Ok([b"before", &another[..], b"after"].concat()));
        let wrong = |times| Err(format!("an image contains its key {times} times, not once"));
        assert_eq!(replaced(&[b"none"]), wrong(0));
        assert_eq!(replaced(&[KEY, KEY]), wrong(2));
    }
}
