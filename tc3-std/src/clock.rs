//! The operating system's clock.

use std::{
    convert::Infallible,
    time::{SystemTime, UNIX_EPOCH},
};
use tc3_core::Timestamp;
use tc3_embedded::clock::{self, RELEASED, UnixClock};

/// The system clock shows an impossible time: before [`RELEASED`] or after the year 9999.
pub type ClockError = clock::ClockError<Infallible>;

/// The clock of the operating system.
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
    /// The current time, by the rule of [`tc3_embedded::clock::read`] with the floor [`RELEASED`].
    ///
    /// # Errors
    /// [`ClockError`] if the clock was never set. A clock that is some minutes off is not detected here:
    /// the service answers `AuthFailure.SignatureExpire`.
    pub fn now(mut self) -> Result<Timestamp, ClockError> {
        clock::read(&mut self, RELEASED)
    }
}

/// A time before 1970 is read as 1970, which is before every floor.
impl UnixClock for SystemClock {
    type Error = Infallible;

    fn unix_seconds(&mut self) -> Result<u64, Infallible> {
        Ok(SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()))
    }
}
