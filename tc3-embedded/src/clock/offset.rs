//! A clock made of a counter.

use super::{Monotonic, SetClock, UnixClock, error::OffsetError};
use core::fmt;
use tc3_core::Timestamp;

/// A monotonic counter plus the time at which it was set: by SNTP, an RTC, or the `Date` of an
/// answer.
///
/// It has no time until it is set. Then it drifts like the counter: with a crystal of 50 ppm by 4 s
/// a day, so that it exceeds the service's five minutes after ten weeks; with an RC oscillator of
/// 1 % after eight hours. Set it again when [`since_set`](Self::since_set) grows too large.
///
/// A time before the floor is refused. Any later time is accepted, so that the clock can be set
/// back after a forged SNTP reply moved it forward. If the counter decreases, the clock stops.
///
/// ```
/// use tc3_core::Timestamp;
/// use tc3_embedded::clock::{self, ClockError, OffsetClock, OffsetError};
///
/// # let mut ticks = [0, 3_000].into_iter();
/// # let millis = move || ticks.next().unwrap();
/// let mut clock = OffsetClock::new(millis, clock::RELEASED);
/// assert_eq!(clock::read(&mut clock, clock::RELEASED), Err(ClockError::Source(OffsetError::Unset)));
///
/// let date = Timestamp::from_http_date("Sat, 21 Nov 2026 16:39:42 GMT")?;
/// clock::set(&mut clock, date, clock::RELEASED)?;
/// // three seconds later
/// assert_eq!(clock::read(&mut clock, clock::RELEASED)?.unix(), date.unix() + 3);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct OffsetClock<M> {
    counter: M,
    floor: Timestamp,
    set: Option<Set>,
}

/// One moment in milliseconds of the counter and of UNIX time. Both are stored because their
/// difference need not fit 64 bits.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
struct Set {
    counter: u64,
    unix: u64,
}

impl<M: Monotonic> OffsetClock<M> {
    /// A clock that is not set yet, and refuses times before the [floor](super#the-floor).
    pub const fn new(counter: M, floor: Timestamp) -> Self {
        Self { counter, floor, set: None }
    }

    /// The earliest time that this clock can be set to.
    pub const fn floor(&self) -> Timestamp {
        self.floor
    }

    /// Sets the clock to a second plus milliseconds, as received by SNTP. More than 999 milliseconds
    /// carry over.
    ///
    /// # Errors
    /// [`OffsetError::BeforeFloor`]. The clock is unchanged then.
    pub fn set_millis(&mut self, now: Timestamp, millis: u16) -> Result<(), OffsetError> {
        if now < self.floor {
            return Err(OffsetError::BeforeFloor { now, floor: self.floor });
        }
        let unix = now.unix().saturating_mul(1000).saturating_add(u64::from(millis));
        self.set = Some(Set { counter: self.counter.millis(), unix });
        Ok(())
    }

    /// Milliseconds since the clock was set, or `None` if it was not.
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
