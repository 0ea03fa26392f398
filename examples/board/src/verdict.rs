//! How a run ends: one line that says why, and a status that cannot be mistaken for another.

use core::fmt;
use core::panic::PanicInfo;

#[doc(no_inline)]
pub use semihosting::process::exit;

/// Everything that was asked for was done.
pub const DONE: i32 = 0;
/// A typed error; the line before says which: `error: …`.
pub const REFUSED: i32 = 1;
/// The parameters make no sense; nothing was done: `usage: …`.
pub const USED_WRONGLY: i32 = 2;
/// A panic, which is always a bug: `panic: …`.
pub const PANICKED: i32 = 101;
/// The processor trapped, or the stack ran into the statics: `fault: …`.
pub const FAULTED: i32 = 102;

/// Writes one line to the host.
///
/// To its standard output; with the feature `defmt` that belongs to the frames, and lines go to
/// standard error.
#[macro_export]
macro_rules! report {
    ($($text:tt)*) => { $crate::verdict::line(::core::format_args!($($text)*)) };
}

#[doc(hidden)]
pub fn line(text: fmt::Arguments<'_>) {
    #[cfg(not(feature = "defmt"))]
    semihosting::println!("{text}");
    #[cfg(feature = "defmt")]
    semihosting::eprintln!("{text}");
}

/// Ends the run.
pub fn end<E: fmt::Display>(outcome: Result<(), E>) -> ! {
    match outcome {
        Ok(()) => exit(DONE),
        Err(error) => {
            report!("error: {error}");
            exit(REFUSED)
        }
    }
}

/// Ends a run that the processor cannot go on with.
pub fn fault(cause: fmt::Arguments<'_>) -> ! {
    report!("fault: {cause}");
    exit(FAULTED)
}

#[panic_handler]
fn panicked(panic: &PanicInfo<'_>) -> ! {
    match panic.location() {
        Some(place) => report!("panic: {} at {place}", panic.message()),
        None => report!("panic: {}", panic.message()),
    }
    exit(PANICKED)
}
