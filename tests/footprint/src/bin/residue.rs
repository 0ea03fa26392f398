//! Does each operation with a key, and then prints all RAM, in which `cargo xtask secrets` searches for copies of
//! the key. The caller's key is in flash.
#![no_std]
#![no_main]
#![cfg_attr(not(target_os = "none"), allow(unused, reason = "for a board"))]

use core::hint::black_box;
use core::mem;
use core::ptr::with_exposed_provenance;

use footprint::{OUT, entry, fixture, hex, paint};
use secrets::{Key, OPERATIONS, Operation, operation};
use semihosting::io::{self, Write};
use semihosting::process;
use tc3_core::{ContentType, Signer};

unsafe extern "C" {
    // The start and the end of RAM, defined by the runtimes.
    static __sdata: u32;
    static _stack_start: u32;
}

/// These leave copies, which the search must find.
const PLANTED: [Operation; 2] =
    [operation("a planted copy of the key", copied), operation("a planted signer, not dropped", forgotten)];

fn copied(key: &Key<'_>, out: &mut [u8; OUT]) -> Option<usize> {
    let part = key.text.as_bytes().get(8..16)?;
    Some(out.iter_mut().zip(part).map(|(to, from)| *to = *from ^ 0x36).count())
}

fn forgotten(_: &Key<'_>, _: &mut [u8; OUT]) -> Option<usize> {
    let request = fixture::api().ok()?.action(fixture::action()).text(ContentType::JsonUtf8, fixture::body());
    let mut signer = Signer::new(fixture::credentials().ok()?);
    signer.sign(request.as_ref().ok()?, fixture::now().ok()?);
    mem::forget(black_box(signer));
    Some(0)
}

#[entry]
fn main() -> ! {
    let mut out = [0; OUT];
    let shown = OPERATIONS.iter().chain(&PLANTED).try_for_each(|operation| show(operation, &mut out));
    process::exit(i32::from(shown.is_err()))
}

fn show(operation: &Operation, out: &mut [u8; OUT]) -> io::Result<()> {
    out.fill(0);
    paint();
    let len = black_box(operation.run)(&Key { text: fixture::key(), hide: |_| {} }, out);
    let is_right = operation.verdict.as_ref().is_none_or(|verdict| out.first() == Some(&verdict.is));
    let mut to = io::stdout()?;
    to.write_all(if len.is_some() && is_right { b"scene " } else { b"failed " })?;
    to.write_all(operation.name.as_bytes())?;
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
