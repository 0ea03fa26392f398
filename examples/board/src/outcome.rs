//! Ends a run with a printed line and an exit status.

use core::fmt;
use core::panic::PanicInfo;

#[doc(no_inline)]
pub use semihosting::process::exit;

use crate::counter::{Counter, InstructionCounts, per_milli};
use crate::memory::Usage;

/// All calls succeeded.
pub const DONE: i32 = 0;
/// An error, printed as `error: …`.
pub const FAILED: i32 = 1;
/// The command line is wrong, printed as `usage: …`. Nothing was sent.
pub const USAGE_ERROR: i32 = 2;
/// A panic, printed as `panic: …`. It is always a bug.
pub const PANICKED: i32 = 101;
/// A processor exception or a stack overflow, printed as `fault: …`.
pub const FAULTED: i32 = 102;

/// Writes one line to the host's standard output.
///
/// With the feature `defmt`, standard output carries defmt frames, and the line goes to standard error.
#[macro_export]
macro_rules! report {
    ($($args:tt)*) => { $crate::outcome::line(::core::format_args!($($args)*)) };
}

#[doc(hidden)]
pub fn line(args: fmt::Arguments<'_>) {
    #[cfg(not(feature = "defmt"))]
    semihosting::println!("{args}");
    #[cfg(feature = "defmt")]
    semihosting::eprintln!("{args}");
}

/// The run failed, and the `error: …` line has been printed.
#[derive(Debug)]
#[must_use]
pub struct Failed(());

/// An error that [`report_error`] can print.
#[cfg(not(feature = "defmt"))]
pub trait Reportable: fmt::Display {}
#[cfg(not(feature = "defmt"))]
impl<T: fmt::Display> Reportable for T {}

/// An error that [`report_error`] can print and write as a `defmt` frame.
#[cfg(feature = "defmt")]
pub trait Reportable: fmt::Display + defmt::Format {}
#[cfg(feature = "defmt")]
impl<T: fmt::Display + defmt::Format> Reportable for T {}

/// Prints `error: PART: …`, or only `error: PART` without the feature `sentences`.
///
/// Generic, because `&dyn Error` would link the `Debug` code of every error type.
pub fn report_error<E: Reportable>(part: &str, error: &E) -> Failed {
    #[cfg(feature = "defmt")]
    defmt::error!("{=str}: {}", part, error);
    #[cfg(feature = "sentences")]
    report!("error: {part}: {error}");
    #[cfg(not(feature = "sentences"))]
    {
        let _ = error;
        report!("error: {part}");
    }
    Failed(())
}

/// Prints `measured: …` and exits with [`DONE`] or [`FAILED`].
pub fn end(outcome: Result<(), Failed>, counts: &InstructionCounts, mut counter: impl Counter) -> ! {
    let ended = counter.millis();
    let Some(usage) = Usage::measure() else { fault(format_args!("stack overflow")) };
    report!("measured: {usage} {counts} ended-ms={ended} insns-per-ms={}", per_milli(counter));
    exit(if outcome.is_ok() { DONE } else { FAILED })
}

/// Prints `fault: …` and exits, after an exception or a stack overflow.
pub fn fault(cause: fmt::Arguments<'_>) -> ! {
    report!("fault: {cause}");
    exit(FAULTED)
}

#[panic_handler]
fn panicked(panic: &PanicInfo<'_>) -> ! {
    #[cfg(feature = "panic-text")]
    match panic.location() {
        Some(location) => report!("panic: {} ({location})", panic.message()),
        None => report!("panic: {}", panic.message()),
    }
    #[cfg(not(feature = "panic-text"))]
    {
        // Reading the message or the location would link the strings of every possible panic.
        let _ = panic;
        report!("panic: build with the feature panic-text to see the message and the place");
    }
    exit(PANICKED)
}
