//! Counts instructions on the boards, because valgrind runs only code for the host.

use std::error::Error;
use std::fs;

use super::Image;
use super::counted::Counted;
use crate::footprint::{
    board::{BOARDS, Board},
    image,
};
use crate::step::Outcome;
use crate::workspace::Workspace;

/// The number of keys for each board.
pub(super) const KEYS: u64 = 16;

/// Images that sign, and the names of their cases. Signature v1 is left out, because the length of its output
/// depends on the signature.
const CASES: [(&str, &str); 3] =
    [("sign", "tc3 cold"), ("cached", "tc3 cached"), ("branch", "a planted branch on the key")];

/// The key of the fixture.
const KEY: &[u8] = b"Gu5t9xGARNpq86cd98joQYCN3Cozxxxx";

/// Fails if the number of instructions depends on the key.
pub(super) fn count<'k>(
    workspace: &Workspace,
    build: Image,
    keys: impl Iterator<Item = &'k str> + Clone,
) -> Outcome {
    build.build(workspace, &CASES.map(|(bin, _)| bin))?;
    for board in &BOARDS {
        println!("{}", board.title);
        let mut counted = Counted::default();
        for (bin, case) in CASES {
            for key in keys.clone() {
                counted.add(case, instructions(workspace, build, board, bin, key)?);
            }
        }
        counted.judge(KEYS)?;
    }
    Ok(())
}

fn instructions(
    workspace: &Workspace,
    build: Image,
    board: &Board,
    bin: &str,
    key: &str,
) -> Result<u64, Box<dyn Error>> {
    let original = build.image(workspace, board, bin);
    let with_key = original.with_extension("with-another-key");
    fs::write(&with_key, replaced(fs::read(&original)?, key.as_bytes())?)?;
    let output = image::emulate(board, &with_key)?;
    Ok(image::instructions(&output)?.0)
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
    use super::{KEY, replaced};

    #[test]
    fn a_key_that_occurs_once_is_replaced() {
        let another = [b'k'; 32];
        let image = [b"before", KEY, b"after"].concat();
        assert_eq!(replaced(image, &another).ok(), Some([b"before", &another[..], b"after"].concat()));
        assert!(replaced(b"none".to_vec(), &another).is_err());
        assert!(replaced([KEY, KEY].concat(), &another).is_err());
    }
}
