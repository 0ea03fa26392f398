//! Counts instructions on the boards, because valgrind runs only code for the host.

use std::fs;

use measure::{BOARDS, replaced};
use sha2::{Digest, Sha256};

use super::KEY;
use crate::footprint::image::{Build, instructions};
use crate::footprint::{BRANCH, V1_SIGNATURES};
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
pub(super) fn count(workspace: &Workspace, build: Build) -> Outcome {
    build.build(workspace, &CASES.map(|(bin, _)| bin))?;
    let mut wrong = Vec::new();
    for board in &BOARDS {
        for (bin, case) in CASES {
            let original = build.image(workspace, board, bin);
            let with_key = original.with_extension("with-another-key");
            let mut counts = Vec::new();
            for key in keys() {
                fs::write(&with_key, replaced(fs::read(&original)?, KEY, &key)?)?;
                counts.push(instructions(board, &with_key)?);
            }
            counts.sort_unstable();
            let [least, .., most] = counts.as_slice() else { return Err("one key proves nothing".into()) };
            let line = format!("{case} on {}: {least} to {most} instructions", board.name);
            println!("  {line}");
            if (least == most) == (bin == BRANCH) {
                wrong.push(line);
            }
        }
    }
    if wrong.is_empty() {
        return Ok(());
    }
    Err(format!("the number of instructions depends on the key: {}", wrong.join("; ")).into())
}

/// Keys as long as real ones, of the 94 characters that a key may contain. The same on every machine.
fn keys() -> impl Iterator<Item = [u8; 32]> {
    let digests = (0..KEYS).map(|number| <[u8; 32]>::from(Sha256::digest(number.to_le_bytes())));
    digests.map(|digest| digest.map(|byte| b'!'.saturating_add(byte % 94)))
}
