//! Runs the case of an image and prints its figures and output.

use core::hint;

#[cfg(not(feature = "silent"))]
use semihosting::io::{self, Write};
use semihosting::process;

use crate::{counter, stack};

/// Size of a case's output buffer in bytes. The buffer is not counted as stack.
pub const OUT: usize = 1024;

/// Counts instructions from the start of a case, or from [`Meter::start`].
#[derive(Debug)]
pub struct Meter(());

impl Meter {
    /// Resets the count after preparation.
    pub fn start(&mut self) {
        counter::start();
    }
}

/// Runs a case, which writes its output to the start of the buffer and returns its length.
pub fn run(case: fn(&mut Meter, &mut [u8; OUT]) -> Option<usize>) -> ! {
    let mut out = [0; OUT];
    stack::paint();
    counter::start();
    // `black_box` prevents inlining, which would count the case's frame as part of this function.
    let written = hint::black_box(case)(&mut Meter(()), &mut out);
    let instructions = counter::instructions();
    let stack = stack::depth();
    let output = written.and_then(|len| out.get(..len));
    let printed = print(instructions, stack, output.unwrap_or(b"no output produced"));
    process::exit(i32::from(printed.is_err() || output.is_none()))
}

/// Prints nothing: semihosting can panic, and the images of this feature are only linked, to prove that nothing
/// can panic.
#[cfg(feature = "silent")]
fn print(instructions: u32, stack: usize, written: &[u8]) -> Result<(), ()> {
    hint::black_box((instructions, stack, written));
    Ok(())
}

#[cfg(not(feature = "silent"))]
fn print(instructions: u32, stack: usize, written: &[u8]) -> io::Result<()> {
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

/// Eight digits.
#[must_use]
pub fn hex(value: u32) -> [u8; 8] {
    core::array::from_fn(|place| {
        let nibble =
            value.rotate_left(u32::try_from(place).unwrap_or_default().wrapping_mul(4).wrapping_add(4));
        let [.., digit] = (nibble & 15).to_be_bytes();
        if digit < 10 { digit | b'0' } else { digit.wrapping_add(b'a').wrapping_sub(10) }
    })
}
