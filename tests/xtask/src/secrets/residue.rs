//! Searches the RAM of a board for copies of a key.

use std::collections::{BTreeMap, HashMap};

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::digest::common::hazmat::SerializableState;
use sha2::{Digest, Sha256};

use crate::step::Outcome;

/// Eight consecutive bytes of a key are a copy.
const OF_A_KEY: usize = 8;
/// Half of a hash's state is a copy: the hash leaves two of the eight words on the stack.
const OF_A_STATE: usize = 16;

const IPAD: u8 = 0x36;
const OPAD: u8 = 0x5c;

/// What must not be in RAM, with a name: the parts of keys, and of the states of hashes that replace a key.
pub(super) struct Copies(HashMap<Vec<u8>, String>);

impl Copies {
    /// The key, what TC3 derives from it on the day of the fixture, and the states that HMAC keeps for each.
    pub(super) fn of(secret: &[u8]) -> Self {
        let mut copies = Self(HashMap::new());
        let long = [b"TC3", secret].concat();
        let date = hmac(&long, b"2019-02-25");
        let service = hmac(&date, b"cvm");
        let signing = hmac(&service, b"tc3_request");
        for (name, key) in [
            ("SecretKey", secret),
            ("TC3 and SecretKey", &long),
            ("kDate", &date),
            ("kService", &service),
            ("kSigning", &signing),
        ] {
            copies.add(name, key, OF_A_KEY);
            for (side, mask) in [("inner", IPAD), ("outer", OPAD)] {
                copies.add(&format!("{side} state of {name}"), &state::<Sha256>(key, mask), OF_A_STATE);
                copies.add(&format!("{side} SHA-1 state of {name}"), &state::<Sha1>(key, mask), OF_A_STATE);
            }
        }
        copies
    }

    /// Adds bytes as they are and with HMAC's masks, in order and as big-endian words, as SHA-256 loads them.
    fn add(&mut self, name: &str, bytes: &[u8], window: usize) {
        for (form, mask) in [("", 0), (" XOR ipad", IPAD), (" XOR opad", OPAD)] {
            let mut plain = bytes.to_vec();
            plain.resize(bytes.len().next_multiple_of(4), 0);
            plain.iter_mut().for_each(|byte| *byte ^= mask);
            let words = plain.chunks(4).flat_map(|word| word.iter().rev().copied()).collect();
            for (order, bytes) in [("", plain), (", in words", words)] {
                for part in bytes.windows(window) {
                    self.0.insert(part.to_vec(), format!("{name}{form}{order}"));
                }
            }
        }
    }

    /// Prints the copies that each scene of an image left, and returns the number of scenes. Fails if there is one,
    /// or none of a planted scene, or if a scene failed.
    pub(super) fn search(&self, output: &str) -> Outcome<usize> {
        let (mut scenes, mut wrong) = (0_usize, Vec::new());
        let mut lines = output.lines().peekable();
        while let Some(line) = lines.next() {
            let (word, scene) = line.split_once(' ').ok_or_else(|| format!("`{line}` is no scene"))?;
            let mut ram = BTreeMap::new();
            while let Some(line) = lines.next_if(|line| !line.contains(' ')) {
                read(line, &mut ram).ok_or_else(|| format!("`{line}` is no line of RAM"))?;
            }
            let found = self.found(&ram);
            println!("{:>8} copies  {scene}", found.len());
            found.iter().for_each(|(copy, at)| println!("          {copy} at {at:08x}"));
            scenes = scenes.saturating_add(1);
            if word != "scene" {
                wrong.push(format!("{scene}: {word}"));
            } else if found.is_empty() == scene.starts_with("a planted ") {
                wrong.push(format!("{scene}: {} copies", found.len()));
            }
        }
        if wrong.is_empty() {
            return Ok(scenes);
        }
        Err(format!("a copy of a key is left, or a planted one was not found: {}", wrong.join("; ")).into())
    }

    /// The copies in RAM, with the first address of each.
    fn found(&self, ram: &BTreeMap<u32, u8>) -> BTreeMap<&str, u32> {
        let (addresses, bytes): (Vec<u32>, Vec<u8>) = ram.iter().unzip();
        let mut found = BTreeMap::new();
        for window in [OF_A_KEY, OF_A_STATE] {
            for (part, at) in bytes.windows(window).zip(&addresses) {
                if let Some(name) = self.0.get(part) {
                    found.entry(name.as_str()).or_insert(*at);
                }
            }
        }
        found
    }
}

/// Reads a line of RAM: an address and the bytes from there.
fn read(line: &str, ram: &mut BTreeMap<u32, u8>) -> Option<()> {
    let (address, bytes) = line.split_at_checked(8)?;
    let mut at = u32::from_str_radix(address, 16).ok()?;
    for digits in bytes.as_bytes().chunks(2) {
        ram.insert(at, u8::from_str_radix(str::from_utf8(digits).ok()?, 16).ok()?);
        at = at.checked_add(1)?;
    }
    Some(())
}

fn hmac(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mac = Hmac::<Sha256>::new_from_slice(key).map(|mac| mac.chain_update(message));
    mac.map(|mac| mac.finalize().into_bytes().to_vec()).unwrap_or_default()
}

/// The words of a hash after the first block of HMAC.
fn state<H: Digest + SerializableState>(key: &[u8], mask: u8) -> Vec<u8> {
    let mut block = [mask; 64];
    block.iter_mut().zip(key).for_each(|(to, from)| *to ^= *from);
    let mut state = H::new_with_prefix(block).serialize().to_vec();
    state.truncate(<H as Digest>::output_size());
    state
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects,
        reason = "a test may panic"
    )]

    use std::collections::BTreeSet;
    use std::sync::LazyLock;

    use super::{Copies, IPAD, OPAD, Sha1, Sha256, hmac, state};

    const KEY: &[u8] = b"Gu5t9xGARNpq86cd98joQYCN3Cozxxxx";

    static COPIES: LazyLock<Copies> = LazyLock::new(|| Copies::of(KEY));

    fn byte(digits: &str) -> u8 {
        u8::from_str_radix(digits, 16).unwrap()
    }

    fn searched(head: &str, ram: &[u8]) -> Result<usize, String> {
        let bytes: String = ram.iter().map(|byte| format!("{byte:02x}")).collect();
        COPIES.search(&format!("{head}\n20000010{bytes}\n")).map_err(|wrong| wrong.to_string())
    }

    #[test]
    fn every_form_of_a_key_is_found_from_eight_bytes_on_and_of_a_state_from_sixteen() {
        let masked: Vec<u8> = KEY.iter().map(|byte| byte ^ OPAD).collect();
        let in_words: Vec<u8> = KEY.chunks(4).flat_map(|word| word.iter().rev().copied()).collect();
        let date = hmac(b"TC3Gu5t9xGARNpq86cd98joQYCN3Cozxxxx", b"2019-02-25");
        let [inner, outer] = [IPAD, OPAD].map(|mask| state::<Sha1>(KEY, mask));
        for (form, window) in [
            (KEY, 8),
            (&masked, 8),
            (&in_words, 8),
            (&date, 8),
            (&state::<Sha256>(&date, IPAD), 16),
            (&inner, 16),
            (&outer, 16),
        ] {
            let copy = |len: usize| [&[0xff; 3], form.get(4..).unwrap().get(..len).unwrap()].concat();
            assert_eq!(searched("scene sign", &copy(window - 1)), Ok(1), "{form:02x?}");
            let wrong = "a copy of a key is left, or a planted one was not found: sign: 1 copies";
            assert_eq!(searched("scene sign", &copy(window)), Err(wrong.to_owned()), "{form:02x?}");
        }
        for line in include_str!("copies.txt").lines().filter(|line| !line.starts_with('#')) {
            let (copy, name) = line.split_once(' ').unwrap();
            let copy: Vec<_> = (0..copy.len()).step_by(2).map(|at| byte(&copy[at..at + 2])).collect();
            let found = COPIES.0.get(&copy).unwrap_or_else(|| panic!("{line} is not searched"));
            assert!(found.ends_with(name), "{found} is {name}");
        }
        let names: BTreeSet<&String> = COPIES.0.values().collect();
        // Five keys, each with four states, three masks and two orders. One key contains another.
        assert_eq!(names.len(), 5 * 5 * 3 * 2 - 3, "{names:#?}");
    }

    #[test]
    fn a_planted_copy_that_is_not_found_and_a_scene_that_fails_are_wrong() {
        let wrong = |what| Err(format!("a copy of a key is left, or a planted one was not found: {what}"));
        assert_eq!(searched("scene a planted copy", b"none"), wrong("a planted copy: 0 copies"));
        assert_eq!(searched("failed sign", b"none"), wrong("sign: failed"));
        assert_eq!(searched("scene a planted copy", KEY), Ok(1));
        assert_eq!(searched("scene a\nscene b", b"none"), Ok(2));
    }
}
