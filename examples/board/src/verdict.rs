//! How a run ends: one line that says why, and a status that cannot be mistaken for another.

use core::fmt;
use core::panic::PanicInfo;

#[doc(no_inline)]
pub use semihosting::process::exit;

use crate::counter::Spent;
use crate::memory::Usage;

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

/// Something was refused, and a line says what.
#[derive(Debug)]
#[must_use]
pub struct Refused(());

/// What is wrong, in words and, with the feature `defmt`, as it is.
#[cfg(not(feature = "defmt"))]
pub trait Evidence: fmt::Display {}
#[cfg(not(feature = "defmt"))]
impl<T: fmt::Display> Evidence for T {}

/// What is wrong, in words and as it is.
#[cfg(feature = "defmt")]
pub trait Evidence: fmt::Display + defmt::Format {}
#[cfg(feature = "defmt")]
impl<T: fmt::Display + defmt::Format> Evidence for T {}

/// Writes the line of a typed error: which part refused and, with the feature `sentences`, why.
///
/// By its own type, for a `&dyn Error` links the `Debug` of all there is in it.
pub fn refuse<E: Evidence>(part: &str, error: &E) -> Refused {
    #[cfg(feature = "defmt")]
    defmt::error!("{=str}: {}", part, error);
    #[cfg(feature = "sentences")]
    report!("error: {part}: {error}");
    #[cfg(not(feature = "sentences"))]
    {
        let _ = error;
        report!("error: {part}");
    }
    Refused(())
}

/// Ends the run: `measured: …`, and the status.
pub fn end(outcome: Result<(), Refused>, spent: &Spent) -> ! {
    let Some(usage) = Usage::measure() else { fault(format_args!("stack overflow")) };
    report!("measured: {usage} {spent}");
    exit(if outcome.is_ok() { DONE } else { REFUSED })
}

/// Ends a run that the processor cannot go on with.
pub fn fault(cause: fmt::Arguments<'_>) -> ! {
    report!("fault: {cause}");
    exit(FAULTED)
}

#[panic_handler]
fn panicked(panic: &PanicInfo<'_>) -> ! {
    #[cfg(feature = "panic-text")]
    match panic.location() {
        Some(place) => report!("panic: {} ({place})", panic.message()),
        None => report!("panic: {}", panic.message()),
    }
    #[cfg(not(feature = "panic-text"))]
    {
        // Whatever is looked at here keeps the text of every panic there could be in the image.
        let _ = panic;
        report!("panic: the feature panic-text says where and why");
    }
    exit(PANICKED)
}
