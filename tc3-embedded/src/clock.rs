//! What time it is: where a device has it from, and which times it must not believe.
//!
//! Every request is signed with the time, and the service refuses one that is five minutes off;
//! every certificate is judged by it. A device that has just started believes it is 1970, so
//! nothing is sent, and no certificate looked at, with a time that did not pass [`read`]: it
//! compares the clock with a *floor*, the earliest time that it can possibly be.
//!
//! # The floor
//! The time at which the firmware was built is a floor that every device has. A build script
//! knows it:
//!
//! ```no_run
//! // build.rs
//! let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
//! println!("cargo::rustc-env=BUILT={now}");
//! ```
//!
//! and the firmware takes it from there, at compile time: `const BUILT: Timestamp =
//! clock::floor(env!("BUILT")).unwrap();`. For builds that have to be reproducible the variable is
//! `SOURCE_DATE_EPOCH`; without either there is [`RELEASED`].
//!
//! A later floor is better, for certificates that expired before it stay refused: a device may
//! keep the last time it saw and start from the later of the two, `BUILT.max(seen)`. **Keep only a
//! time that was proved**, such as the `Date` of an answer over TLS, and never one from SNTP: who
//! forges that once would otherwise lock the device out for good.

mod error;
mod offset;

pub use error::{ClockError, OffsetError};
pub use offset::OffsetClock;

use tc3_core::Timestamp;

/// 2026-01-01T00:00:00Z, before which this release was not made: the floor of a firmware that
/// does not know when it was built.
#[allow(clippy::unwrap_used, reason = "would not compile")]
pub const RELEASED: Timestamp = floor("1767225600").unwrap();

/// A clock that knows the second.
///
/// Any function is one: an RTC's driver, the time of an operating system, a time fixed by a test.
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
    /// Why the clock could not be read, or set.
    type Error;

    /// Seconds since 1970-01-01T00:00:00Z, leap seconds not counted.
    ///
    /// What a clock says is to be believed only after [`read`].
    ///
    /// # Errors
    /// Whatever keeps the clock from being read; a clock that knows it was never set says so here.
    fn unix_seconds(&mut self) -> Result<u64, Self::Error>;
}

impl<F: FnMut() -> Result<u64, E>, E> UnixClock for F {
    type Error = E;

    fn unix_seconds(&mut self) -> Result<u64, E> {
        self()
    }
}

/// A clock that can be put right.
///
/// Where the service answers `AuthFailure.SignatureExpire`, the `Date` of that very answer says
/// what time it is: [`Timestamp::from_http_date`] reads it.
pub trait SetClock: UnixClock {
    /// Puts the clock to the start of this second.
    ///
    /// A time from outside goes through [`set`], which compares it with the floor first.
    ///
    /// # Errors
    /// Whatever keeps the clock from being set.
    fn set(&mut self, now: Timestamp) -> Result<(), Self::Error>;
}

/// A counter of milliseconds since any moment, such as the start of the device.
///
/// It never goes back. A hardware counter of 32 bits does after 49.7 days, and has to be extended.
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

/// The time, if it can be believed: the only way from a clock to a signature or a certificate.
///
/// # Errors
/// [`ClockError`] for a clock that gives no time, one before the floor, or one after the year 9999.
///
/// ```
/// use core::convert::Infallible;
/// use tc3_embedded::clock::{self, ClockError};
///
/// let mut unset = || Ok::<u64, Infallible>(17); // seconds after the start
/// let refused = clock::read(&mut unset, clock::RELEASED);
/// assert_eq!(refused, Err(ClockError::BeforeFloor { now: 17, floor: 1_767_225_600 }));
/// ```
pub fn read<C: UnixClock + ?Sized>(
    clock: &mut C,
    floor: Timestamp,
) -> Result<Timestamp, ClockError<C::Error>> {
    let now = clock.unix_seconds().map_err(ClockError::Source)?;
    let time = Timestamp::from_unix(now).map_err(|_| ClockError::OutOfRange { now })?;
    not_before(floor, time)
}

/// Puts a clock right, unless to a time before the floor.
///
/// # Errors
/// [`ClockError::BeforeFloor`], and [`ClockError::Source`] if the clock cannot be set; it is left
/// as it was.
pub fn set<C: SetClock + ?Sized>(
    clock: &mut C,
    now: Timestamp,
    floor: Timestamp,
) -> Result<(), ClockError<C::Error>> {
    clock.set(not_before(floor, now)?).map_err(ClockError::Source)
}

fn not_before<E>(floor: Timestamp, now: Timestamp) -> Result<Timestamp, ClockError<E>> {
    if now < floor {
        return Err(ClockError::BeforeFloor { now: now.unix(), floor: floor.unix() });
    }
    Ok(now)
}

/// The floor that a build script wrote as decimal seconds since 1970; none if it is no number, or
/// after the year 9999.
///
/// ```
/// use tc3_core::Timestamp;
/// use tc3_embedded::clock;
///
/// # /*
/// const BUILT: Timestamp = clock::floor(env!("BUILT")).unwrap(); // else it does not compile
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
