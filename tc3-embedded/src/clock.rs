//! Clocks, and a check that refuses impossible times.
//!
//! The service refuses a request that was signed with a time more than five minutes off. The validity
//! of certificates is checked against the current time as well. But the clock of a device that has
//! just started often shows 1970. The [client](crate::client) therefore signs only with a time from
//! [`read`], which refuses times before a *floor*: the earliest possible current time. Check
//! certificates with a time from [`read`] too.
//!
//! # The floor
//! Every program can use the time at which it was built as the floor. A build script writes that
//! time:
//!
//! ```no_run
//! // build.rs
//! let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
//! println!("cargo::rustc-env=BUILT={now}");
//! ```
//!
//! The program parses it at compile time: `const BUILT: Timestamp =
//! clock::floor(env!("BUILT")).unwrap();`. For reproducible builds, write `SOURCE_DATE_EPOCH` instead
//! of the current time. Without a build script, use [`RELEASED`].
//!
//! A later floor is better, because certificates that expired before the floor stay refused. A device
//! can store the last known time and use `BUILT.max(stored)` as the floor. **Store only an
//! authenticated time**, such as the `Date` of a response over TLS, and never a time from SNTP: a
//! single forged reply could set the floor to the far future, and the device would refuse the true
//! time for ever.

mod error;
mod from_fn;
mod offset;

pub use error::{ClockError, OffsetError};
pub use from_fn::{FromFn, from_fn};
pub use offset::OffsetClock;

use tc3_core::Timestamp;

/// 2026-01-01T00:00:00Z, the floor for a program that does not know when it was built. This release
/// was made later.
#[allow(clippy::unwrap_used, reason = "would not compile")]
pub const RELEASED: Timestamp = floor("1767225600").unwrap();

/// A clock that returns UNIX time.
///
/// `&mut` of a clock is a clock. [`from_fn`] makes a clock from a function that reads an RTC or the operating
/// system's clock, or from a test's closure that returns a fixed time.
///
/// ```
/// use core::convert::Infallible;
/// use tc3_embedded::clock;
///
/// let mut rtc = clock::from_fn(|| Ok::<u64, Infallible>(1_795_279_182));
/// let now = clock::read(&mut rtc, clock::RELEASED)?;
/// assert_eq!(now.unix(), 1_795_279_182);
/// # Ok::<(), clock::ClockError<Infallible>>(())
/// ```
pub trait UnixClock {
    /// Why the clock could not be read or set.
    type Error;

    /// Seconds since 1970-01-01T00:00:00Z, not counting leap seconds.
    ///
    /// The value is unchecked. Call [`read`] instead, which checks it.
    ///
    /// # Errors
    /// If the clock cannot be read, or knows that it was never set.
    fn unix_seconds(&mut self) -> Result<u64, Self::Error>;
}

impl<C: UnixClock + ?Sized> UnixClock for &mut C {
    type Error = C::Error;

    fn unix_seconds(&mut self) -> Result<u64, C::Error> {
        C::unix_seconds(self)
    }
}

/// A clock that can be set.
///
/// If the service reports `AuthFailure.SignatureExpire`, the `Date` header of its response contains
/// the current time: parse it with [`Timestamp::from_http_date`].
pub trait SetClock: UnixClock {
    /// Sets the clock to the start of this second.
    ///
    /// The value is unchecked. Call the function [`set`] instead, which compares it with the floor.
    ///
    /// # Errors
    /// If the clock cannot be set.
    fn set(&mut self, now: Timestamp) -> Result<(), Self::Error>;
}

impl<C: SetClock + ?Sized> SetClock for &mut C {
    fn set(&mut self, now: Timestamp) -> Result<(), C::Error> {
        C::set(self, now)
    }
}

/// A counter of milliseconds since an arbitrary moment, such as the start of the device.
///
/// It must never decrease. A 32-bit hardware counter wraps after 49.7 days and has to be extended.
/// `&mut` of a counter is a counter. [`from_fn`] makes a counter from a function.
///
/// ```
/// use tc3_embedded::clock::{self, Monotonic};
///
/// let start = std::time::Instant::now();
/// let mut counter = clock::from_fn(|| start.elapsed().as_millis() as u64);
/// assert!(counter.millis() <= counter.millis());
/// ```
pub trait Monotonic {
    /// Milliseconds since the counter's start.
    fn millis(&mut self) -> u64;
}

impl<M: Monotonic + ?Sized> Monotonic for &mut M {
    fn millis(&mut self) -> u64 {
        M::millis(self)
    }
}

/// Reads a clock and checks the time.
///
/// # Errors
/// [`ClockError`] if the clock fails, or if its time is before the floor or after the year 9999.
///
/// ```
/// use core::convert::Infallible;
/// use tc3_embedded::clock;
///
/// let mut unset = clock::from_fn(|| Ok::<u64, Infallible>(17)); // seconds since the start
/// let error = clock::read(&mut unset, clock::RELEASED).unwrap_err();
/// let sentence = "clock shows 1970-01-01T00:00:17Z, before the earliest possible time, 2026-01-01T00:00:00Z";
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

/// Sets a clock to a time that is not before the floor.
///
/// # Errors
/// [`ClockError::BeforeFloor`] if `now` is before the floor: the clock is unchanged.
/// [`ClockError::Source`] if the clock cannot be set.
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

/// Parses the seconds since 1970, in decimal, that a build script wrote. Returns `None` for anything
/// but a number, and for a time after the year 9999.
///
/// ```
/// use tc3_core::Timestamp;
/// use tc3_embedded::clock;
///
/// # /*
/// const BUILT: Timestamp = clock::floor(env!("BUILT")).unwrap(); // an invalid value does not compile
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
