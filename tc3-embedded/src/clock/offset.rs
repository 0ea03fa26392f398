//! A clock made of a counter.

use super::{Monotonic, SetClock, UnixClock, error::OffsetError};
use core::fmt;
use tc3_core::Timestamp;

/// A clock made of a [`Monotonic`] counter and one known time, from SNTP, an RTC or the `Date` header
/// of a response.
///
/// Until it is set, the clock returns an error. Afterwards it drifts like the counter. With a crystal
/// of 50 ppm it drifts by 4 s a day and exceeds the service's five minutes after ten weeks. With an RC
/// oscillator of 1 % it exceeds them after eight hours. Set the clock again before
/// [`since_set`](Self::since_set) reaches that time.
///
/// Times before the floor are refused. All later times are accepted, so that the clock can be set
/// back after a forged SNTP reply set it forward. The clock never returns less than the time to which
/// it was set, even if the counter decreases.
///
/// ```
/// use tc3_core::Timestamp;
/// use tc3_embedded::clock::{self, ClockError, OffsetClock, OffsetError};
///
/// # let mut ticks = [0, 3_000].into_iter();
/// # let millis = move || ticks.next().unwrap();
/// let mut clock = OffsetClock::new(clock::from_fn(millis), clock::RELEASED);
/// assert_eq!(clock::read(&mut clock, clock::RELEASED), Err(ClockError::Source(OffsetError::Unset)));
///
/// let date = Timestamp::from_http_date("Sat, 21 Nov 2026 16:39:42 GMT")?;
/// clock::set(&mut clock, date, clock::RELEASED)?;
/// // Three seconds later:
/// assert_eq!(clock::read(&mut clock, clock::RELEASED)?.unix(), date.unix() + 3);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct OffsetClock<M> {
    counter: M,
    floor: Timestamp,
    set: Option<Set>,
}

/// The counter and the UNIX time when the clock was set, in milliseconds. Both are stored, because
/// their difference might not fit 64 bits.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
struct Set {
    counter: u64,
    unix: u64,
}

impl<M: Monotonic> OffsetClock<M> {
    /// A clock that is not set yet. It cannot be set to a time before the
    /// [floor](super#the-floor).
    pub const fn new(counter: M, floor: Timestamp) -> Self {
        Self { counter, floor, set: None }
    }

    /// The earliest time that this clock can be set to.
    pub const fn floor(&self) -> Timestamp {
        self.floor
    }

    /// Sets the clock to `now` plus `millis`, which can exceed 999.
    ///
    /// # Errors
    /// [`OffsetError::BeforeFloor`] if `now` is before the floor. The clock is then unchanged.
    pub fn set_millis(&mut self, now: Timestamp, millis: u16) -> Result<(), OffsetError> {
        if now < self.floor {
            return Err(OffsetError::BeforeFloor { now, floor: self.floor });
        }
        let unix = now.unix().saturating_mul(1000).saturating_add(u64::from(millis));
        self.set = Some(Set { counter: self.counter.millis(), unix });
        Ok(())
    }

    /// Milliseconds since the clock was set, or `None` if it was never set.
    pub fn since_set(&mut self) -> Option<u64> {
        self.set.map(|set| self.counter.millis().saturating_sub(set.counter))
    }
}

impl<M: Monotonic> UnixClock for OffsetClock<M> {
    type Error = OffsetError;

    fn unix_seconds(&mut self) -> Result<u64, OffsetError> {
        let set = self.set.ok_or(OffsetError::Unset)?;
        let elapsed = self.counter.millis().saturating_sub(set.counter);
        Ok(set.unix.saturating_add(elapsed) / 1000)
    }
}

impl<M: Monotonic> SetClock for OffsetClock<M> {
    fn set(&mut self, now: Timestamp) -> Result<(), OffsetError> {
        self.set_millis(now, 0)
    }
}

impl<M> fmt::Debug for OffsetClock<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OffsetClock")
            .field("floor", &self.floor)
            .field("set", &self.set)
            .finish_non_exhaustive()
    }
}

#[cfg(feature = "defmt")]
impl<M> defmt::Format for OffsetClock<M> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "OffsetClock({}, {})", self.floor, self.set);
    }
}
