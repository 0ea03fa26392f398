//! The host's clock, and the one thing that can be known to be wrong with it.

use std::{
    error::Error,
    fmt,
    time::{SystemTime, UNIX_EPOCH},
};
use tc3_core::Timestamp;

/// 2026-01-01T00:00:00Z: this release was made after it, so no clock that runs right is before it.
pub const FLOOR: u64 = 1_767_225_600;

/// The clock of the operating system.
///
/// ```
/// use tc3_std::SystemClock;
///
/// let now = SystemClock.now()?;
/// assert!(now.unix() >= tc3_std::clock::FLOOR);
/// # Ok::<(), tc3_std::ClockError>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl SystemClock {
    /// The current second.
    ///
    /// # Errors
    /// [`ClockError`] if the clock was never set. A clock that is merely some minutes off shows
    /// only in the service's answer: `AuthFailure.SignatureExpire`.
    pub fn now(self) -> Result<Timestamp, ClockError> {
        let since =
            SystemTime::now().duration_since(UNIX_EPOCH).map_err(|_| ClockError::TooEarly { unix: 0 });
        check(since?.as_secs())
    }
}

fn check(unix: u64) -> Result<Timestamp, ClockError> {
    if unix < FLOOR {
        return Err(ClockError::TooEarly { unix });
    }
    Timestamp::from_unix(unix).map_err(|_| ClockError::TooLate { unix })
}

/// The clock shows a time that cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClockError {
    /// Before [`FLOOR`].
    TooEarly {
        /// What it shows, in seconds since 1970; 0 for anything earlier too.
        unix: u64,
    },
    /// After the year 9999.
    TooLate {
        /// What it shows, in seconds since 1970.
        unix: u64,
    },
}

impl fmt::Display for ClockError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooEarly { unix } => {
                write!(f, "the system clock shows {unix} s since 1970, before this program was made")
            }
            Self::TooLate { unix } => write!(f, "the system clock shows {unix} s, after the year 9999"),
        }
    }
}

impl Error for ClockError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_before_the_floor_is_refused_with_its_time() {
        assert_eq!(check(0), Err(ClockError::TooEarly { unix: 0 }));
        assert_eq!(check(FLOOR - 1), Err(ClockError::TooEarly { unix: FLOOR - 1 }));
        assert_eq!(check(FLOOR).map(Timestamp::unix), Ok(FLOOR));
        assert_eq!(check(253_402_300_800), Err(ClockError::TooLate { unix: 253_402_300_800 }));
    }
}
