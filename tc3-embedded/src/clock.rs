//! The current time: where it comes from, and which times to refuse.
//!
//! Every request is signed with the time, and the service refuses one that is off by more than five
//! minutes. Every certificate is checked against it. A device that has just started often shows
//! 1970, and a host may have lost its battery. So no request is sent and no certificate is accepted
//! with a time that did not pass [`read`], which compares the clock with a *floor*: the earliest
//! possible current time.
//!
//! # The floor
//! The time at which the program was built is a floor that every program can have. A build script
//! knows it:
//!
//! ```no_run
//! // build.rs
//! let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
//! println!("cargo::rustc-env=BUILT={now}");
//! ```
//!
//! and the program reads it at compile time: `const BUILT: Timestamp =
//! clock::floor(env!("BUILT")).unwrap();`. Reproducible builds use `SOURCE_DATE_EPOCH` instead.
//! Without either, use [`RELEASED`].
//!
//! A later floor is better: certificates that expired before it stay refused. A device may store the
//! last time it knew and start from the later of the two, `BUILT.max(stored)`. **Store only an
//! authenticated time**, such as the `Date` of an answer over TLS, and never one from SNTP: a single
//! forged reply would lock the device out for good.

mod error;
mod offset;

pub use error::{ClockError, OffsetError};
pub use offset::OffsetClock;

use tc3_core::Timestamp;

/// 2026-01-01T00:00:00Z: this release was made after it. The floor of a program that does not know
/// when it was built.
#[allow(clippy::unwrap_used, reason = "would not compile")]
pub const RELEASED: Timestamp = floor("1767225600").unwrap();

/// A clock that knows the current second.
///
/// Any function is one: the driver of an RTC, the time of an operating system, a fixed time in a
/// test.
///
/// ```
/// use core::convert::Infallible;
/// use tc3_embedded::clock;
///
/// let mut rtc = || Ok::<u64, Infallible>(1_795_279_182);
/// let now = clock::read(&mut rtc, clock::RELEASED)?;
/// assert_eq!(now.unix(), 1_795_279_182);
/// # Ok::<(), clock::ClockError<Infallible>>(())
/// ```
pub trait UnixClock {
    /// Why the clock could not be read or set.
    type Error;

    /// Seconds since 1970-01-01T00:00:00Z, not counting leap seconds.
    ///
    /// The value is unchecked: use [`read`].
    ///
    /// # Errors
    /// Why the clock cannot be read. A clock that knows it was never set reports that here.
    fn unix_seconds(&mut self) -> Result<u64, Self::Error>;
}

impl<F: FnMut() -> Result<u64, E>, E> UnixClock for F {
    type Error = E;

    fn unix_seconds(&mut self) -> Result<u64, E> {
        self()
    }
}

/// A clock that can be set.
///
/// When the service answers `AuthFailure.SignatureExpire`, the `Date` header of that answer holds
/// the current time: [`Timestamp::from_http_date`] parses it.
pub trait SetClock: UnixClock {
    /// Sets the clock to the start of this second.
    ///
    /// The value is unchecked: use the function [`set`], which compares it with the floor.
    ///
    /// # Errors
    /// Why the clock cannot be set.
    fn set(&mut self, now: Timestamp) -> Result<(), Self::Error>;
}

/// A counter of milliseconds since an arbitrary moment, such as the start of the device.
///
/// It must never decrease. A 32-bit hardware counter wraps after 49.7 days and has to be extended.
///
/// ```
/// use tc3_embedded::clock::Monotonic;
///
/// let start = std::time::Instant::now();
/// let mut counter = || start.elapsed().as_millis() as u64;
/// assert!(counter.millis() <= counter.millis());
/// ```
pub trait Monotonic {
    /// Milliseconds since that moment.
    fn millis(&mut self) -> u64;
}

impl<F: FnMut() -> u64> Monotonic for F {
    fn millis(&mut self) -> u64 {
        self()
    }
}

/// Reads a clock and checks the time. Everything in this crate that needs the time gets it here.
///
/// # Errors
/// [`ClockError`] if the clock fails, or shows a time before the floor or after the year 9999.
///
/// ```
/// use core::convert::Infallible;
/// use tc3_embedded::clock;
///
/// let mut unset = || Ok::<u64, Infallible>(17); // seconds since the start
/// let error = clock::read(&mut unset, clock::RELEASED).unwrap_err();
/// let sentence = "clock shows 1970-01-01T00:00:17Z, but it is 2026-01-01T00:00:00Z or later";
/// assert_eq!(error.to_string(), sentence);
/// ```
pub fn read<C: UnixClock + ?Sized>(
    clock: &mut C,
    floor: Timestamp,
) -> Result<Timestamp, ClockError<C::Error>> {
    let now = clock.unix_seconds().map_err(ClockError::Source)?;
    let time = Timestamp::from_unix(now).map_err(|_| ClockError::OutOfRange { now })?;
    not_before(floor, time)
}

/// Sets a clock, unless to a time before the floor.
///
/// # Errors
/// [`ClockError::BeforeFloor`], or [`ClockError::Source`] if the clock cannot be set. The clock is
/// unchanged then.
pub fn set<C: SetClock + ?Sized>(
    clock: &mut C,
    now: Timestamp,
    floor: Timestamp,
) -> Result<(), ClockError<C::Error>> {
    clock.set(not_before(floor, now)?).map_err(ClockError::Source)
}

fn not_before<E>(floor: Timestamp, now: Timestamp) -> Result<Timestamp, ClockError<E>> {
    if now < floor {
        return Err(ClockError::BeforeFloor { now, floor });
    }
    Ok(now)
}

/// Parses a floor that a build script wrote as decimal seconds since 1970. Returns `None` if it is
/// not a number, or after the year 9999.
///
/// ```
/// use tc3_core::Timestamp;
/// use tc3_embedded::clock;
///
/// # /*
/// const BUILT: Timestamp = clock::floor(env!("BUILT")).unwrap(); // a wrong value does not compile
/// # */
/// # const BUILT: Timestamp = clock::floor("1795279182").unwrap();
/// assert_eq!(BUILT.unix(), 1_795_279_182);
/// ```
#[must_use]
pub const fn floor(seconds: &str) -> Option<Timestamp> {
    let Ok(seconds) = u64::from_str_radix(seconds, 10) else { return None };
    match Timestamp::from_unix(seconds) {
        Ok(floor) => Some(floor),
        Err(_) => None,
    }
}
