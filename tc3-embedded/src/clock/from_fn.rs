//! Clocks and counters made from functions.

use super::{Monotonic, UnixClock};
use core::fmt;

/// A clock or counter that [`from_fn`] made from a function.
#[derive(Clone, Copy)]
pub struct FromFn<F>(F);

/// Makes a [`UnixClock`] from a `FnMut() -> Result<u64, E>` that returns UNIX seconds, or a [`Monotonic`]
/// counter from a `FnMut() -> u64` that returns milliseconds.
///
/// ```
/// use core::convert::Infallible;
/// use tc3_embedded::clock::{self, OffsetClock, UnixClock};
///
/// let mut rtc = clock::from_fn(|| Ok::<u64, Infallible>(1_795_279_182));
/// assert_eq!(rtc.unix_seconds(), Ok(1_795_279_182));
///
/// let clock = OffsetClock::new(clock::from_fn(|| 17), clock::RELEASED);
/// # let _ = clock;
/// ```
// An implementation for all functions would overlap with that for `&mut` of a clock, because `&mut` of a
// function is a function too.
pub const fn from_fn<F>(read: F) -> FromFn<F> {
    FromFn(read)
}

impl<F: FnMut() -> Result<u64, E>, E> UnixClock for FromFn<F> {
    type Error = E;

    fn unix_seconds(&mut self) -> Result<u64, E> {
        (self.0)()
    }
}

impl<F: FnMut() -> u64> Monotonic for FromFn<F> {
    fn millis(&mut self) -> u64 {
        (self.0)()
    }
}

impl<F> fmt::Debug for FromFn<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FromFn")
    }
}

#[cfg(feature = "defmt")]
impl<F> defmt::Format for FromFn<F> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "FromFn");
    }
}
