//! Runs the case of an image, and says what came of it.

use core::hint;

#[cfg(not(feature = "silent"))]
use semihosting::io::{self, Write};
use semihosting::process;

use crate::{counter, stack};

/// The room for what a case writes, in bytes. It is not counted: it is the caller's.
pub const OUT: usize = 1024;

/// Counts from the beginning of a case, or from where it says.
#[derive(Debug)]
pub struct Meter(());

impl Meter {
    /// What came before is not counted: it was to get ready.
    pub fn start(&mut self) {
        counter::start();
    }
}

/// Runs a case, which writes what comes of it to the start of the buffer and says how much that is.
pub fn run(case: fn(&mut Meter, &mut [u8; OUT]) -> Option<usize>) -> ! {
    let mut out = [0; OUT];
    stack::paint();
    counter::start();
    // Called where it is, so that its frame is not part of this one.
    let written = hint::black_box(case)(&mut Meter(()), &mut out);
    let instructions = counter::instructions();
    let stack = stack::depth();
    let said = written.and_then(|len| out.get(..len));
    let told = tell(instructions, stack, said.unwrap_or(b"nothing came of it"));
    process::exit(i32::from(told.is_err() || said.is_none()))
}

/// There is a panic in how semihosting writes: an image that is to have none is linked, and not run.
#[cfg(feature = "silent")]
fn tell(instructions: u32, stack: usize, written: &[u8]) -> Result<(), ()> {
    hint::black_box((instructions, stack, written));
    Ok(())
}

#[cfg(not(feature = "silent"))]
fn tell(instructions: u32, stack: usize, written: &[u8]) -> io::Result<()> {
    let mut out = io::stdout()?;
    for (name, value) in
        [("instructions ", instructions), ("\nstack ", u32::try_from(stack).unwrap_or(u32::MAX))]
    {
        out.write_all(name.as_bytes())?;
        out.write_all(&hex(value))?;
    }
    out.write_all(b"\n")?;
    out.write_all(written)?;
    out.write_all(b"\n")
}

/// Without a division, which not every core has.
#[cfg(not(feature = "silent"))]
fn hex(value: u32) -> [u8; 8] {
    core::array::from_fn(|place| {
        let nibble =
            value.rotate_left(u32::try_from(place).unwrap_or_default().wrapping_mul(4).wrapping_add(4));
        let [.., digit] = (nibble & 15).to_be_bytes();
        if digit < 10 { digit | b'0' } else { digit.wrapping_add(b'a').wrapping_sub(10) }
    })
}
