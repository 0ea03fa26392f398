//! Does each operation with a key, and then prints all RAM, in which `cargo xtask secrets` searches for copies of
//! the key. The caller's key is in flash.
#![no_std]
#![no_main]
#![cfg_attr(not(target_os = "none"), allow(unused, reason = "for a board"))]

mod scenes;

use core::hint;
use core::ptr::with_exposed_provenance;

use footprint::{OUT, entry, hex, paint};
use semihosting::io::{self, Write};
use semihosting::process;

use crate::scenes::{SCENES, Scene};

unsafe extern "C" {
    // The start and the end of RAM, defined by the runtimes.
    static __sdata: u32;
    static _stack_start: u32;
}

#[entry]
fn main() -> ! {
    let mut out = [0; OUT];
    let shown = SCENES.iter().try_for_each(|scene| show(scene, &mut out));
    process::exit(i32::from(shown.is_err()))
}

fn show(scene: &Scene, out: &mut [u8; OUT]) -> io::Result<()> {
    out.fill(0);
    paint();
    let played = hint::black_box(scene.play)(out);
    let mut to = io::stdout()?;
    to.write_all(if played.is_some() { b"scene " } else { b"failed " })?;
    to.write_all(scene.name.as_bytes())?;
    let (start, end) = ((&raw const __sdata).expose_provenance(), (&raw const _stack_start).addr());
    for at in (start..end).step_by(16) {
        let words = [0, 4, 8, 12].map(|place| word(at.wrapping_add(place)));
        // Paint and zeros, which fill most of RAM, are left out.
        if words != [words[0]; 4] {
            to.write_all(b"\n")?;
            to.write_all(&hex(u32::try_from(at).unwrap_or_default()))?;
            words.iter().try_for_each(|word| to.write_all(&hex(word.to_be())))?;
        }
    }
    to.write_all(b"\n")
}

fn word(at: usize) -> u32 {
    // SAFETY: the address is in RAM, which can be read.
    unsafe { with_exposed_provenance::<u32>(at).read_volatile() }
}
