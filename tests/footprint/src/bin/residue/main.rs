//! Searches all RAM for copies of a key after it was used.
//!
//! The caller's key is in flash, so every hit in RAM is a copy. The needles (the bytes to search for) are masked.
#![no_std]
#![no_main]
#![cfg_attr(not(target_os = "none"), allow(unused, reason = "for a board"))]

mod needles;
mod scan;
mod scenes;

use core::hint;

use footprint::{OUT, entry, paint};
use semihosting::io::{self, Write};
use semihosting::process;

use crate::needles::Needles;
use crate::scenes::{PLANTED, SCENES, Scene};

#[entry]
fn main() -> ! {
    let needles = Needles::new();
    // Overwrites the stack that computed the needles.
    paint();
    let mut out = [0; OUT];
    let mut is_clean = true;
    for scene in SCENES {
        is_clean &= found(&scene, &needles, &mut out) == 0;
    }
    for scene in PLANTED {
        is_clean &= found(&scene, &needles, &mut out) > 0;
    }
    process::exit(i32::from(!is_clean))
}

fn found(scene: &Scene, needles: &Needles, out: &mut [u8; OUT]) -> usize {
    out.fill(0);
    paint();
    let played = hint::black_box(scene.play)(out);
    let mut found = usize::from(played.is_none());
    scan::all(needles, &mut |hit| {
        found = found.saturating_add(1);
        let _ = print(&[b"  ", hit.name.as_bytes(), hit.form, b" at ", &hex(hit.at), b"\n"]);
    });
    let _ = print(&[
        &hex(found),
        b" ",
        scene.name.as_bytes(),
        if played.is_none() { b" failed\n" } else { b"\n" },
    ]);
    found
}

fn print(words: &[&[u8]]) -> io::Result<()> {
    let mut out = io::stdout()?;
    words.iter().try_for_each(|word| out.write_all(word))
}

fn hex(value: usize) -> [u8; 8] {
    core::array::from_fn(|place| {
        let shift = 28usize.saturating_sub(place.saturating_mul(4));
        let [digit, ..] = ((value >> shift) & 15).to_le_bytes();
        if digit < 10 { digit | b'0' } else { digit.wrapping_add(b'a').wrapping_sub(10) }
    })
}
