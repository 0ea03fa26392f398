//! The operating system's clock.

use std::{
    convert::Infallible,
    time::{SystemTime, UNIX_EPOCH},
};
use tc3_core::Timestamp;
use tc3_embedded::clock::{self, RELEASED, UnixClock};

/// The system clock shows an impossible time: before [`RELEASED`] or after the year 9999.
pub type ClockError = clock::ClockError<Infallible>;

/// The system clock, in seconds since 1970.
///
/// ```
/// use tc3_embedded::clock::RELEASED;
/// use tc3_std::SystemClock;
///
/// let now = SystemClock.now()?;
/// assert!(now >= RELEASED);
/// # Ok::<(), tc3_std::ClockError>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl SystemClock {
    /// The current time, checked by [`tc3_embedded::clock::read`] with [`RELEASED`] as the earliest time.
    ///
    /// # Errors
    /// [`ClockError`] if the clock shows an impossible time, usually because it was never set. A clock that
    /// is some minutes off is only detected by the service, with `AuthFailure.SignatureExpire`.
    pub fn now(mut self) -> Result<Timestamp, ClockError> {
        clock::read(&mut self, RELEASED)
    }
}

/// A time before 1970 is read as 1970, which [`tc3_embedded::clock::read`] refuses.
impl UnixClock for SystemClock {
    type Error = Infallible;

    fn unix_seconds(&mut self) -> Result<u64, Infallible> {
        Ok(SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()))
    }
}
