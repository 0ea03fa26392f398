//! A cache of a fixed size that lets each signature pass once.

use std::fmt;
use tc3_core::Timestamp;

/// The signatures of accepted requests, until their timestamps leave the window.
///
/// The cache has room for `N` signatures. Every request signed at or before the *horizon* counts as seen. When the
/// cache is full, it forgets the oldest signature and moves the horizon up to its timestamp. So it never accepts a
/// replay. Under more load than it was made for, it refuses requests that took long to arrive. A cache with room for
/// all requests of twice the window and 2 s never becomes full: a sender's clock may be behind or ahead.
///
/// A new cache does not know what an earlier process accepted, so its horizon is the time of its start. A sender whose
/// clock is ahead may have signed a request with a later timestamp, and that request could be sent again. To prevent
/// this too, store the horizon, or wait for one window before you accept requests.
#[derive(Debug)]
pub(crate) struct Replays<const N: usize> {
    window: u64,
    horizon: u64,
    seen: Vec<Seen>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Seen {
    signature: [u8; 32],
    at: u64,
}

/// Why a verified request is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Replay {
    /// This signature was accepted before.
    Seen,
    /// The request was signed at or before the horizon, and may have been accepted before.
    BeforeHorizon,
}

impl<const N: usize> Replays<N> {
    /// A cache for a verifier with this window, in seconds. `start` is the first horizon.
    pub(crate) fn new(window: u32, start: Timestamp) -> Self {
        Self { window: window.into(), horizon: start.unix(), seen: Vec::with_capacity(N) }
    }

    /// Refuses a signature that was accepted before, and stores a new one. Call this only after the request was
    /// verified: otherwise anyone can fill the cache.
    pub(crate) fn refuse_again(
        &mut self,
        signature: &[u8; 32],
        at: Timestamp,
        now: Timestamp,
    ) -> Result<(), Replay> {
        // The horizon also follows the window, so that nothing is accepted again after the clock was set back.
        self.forget_until(now.unix().saturating_sub(self.window.saturating_add(1)));
        let new = Seen { signature: *signature, at: at.unix() };
        if self.seen.iter().any(|seen| seen.signature == new.signature) {
            return Err(Replay::Seen);
        }
        if new.at <= self.horizon {
            return Err(Replay::BeforeHorizon);
        }
        self.seen.push(new);
        if self.seen.len() > N {
            let oldest = self.seen.iter().map(|seen| seen.at).min().unwrap_or(new.at);
            self.forget_until(oldest);
        }
        Ok(())
    }

    fn forget_until(&mut self, horizon: u64) {
        self.horizon = self.horizon.max(horizon);
        self.seen.retain(|seen| seen.at > self.horizon);
    }
}

impl fmt::Display for Replay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Seen => "this request was accepted before",
            Self::BeforeHorizon => "this request is so old that it may have been accepted before",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Replay, Replays};
    use std::collections::BTreeSet;
    use tc3_core::{Invalid, Timestamp};

    /// Compared with a set that forgets nothing, in 20,000 requests by clocks that are off by up to the window.
    #[test]
    fn a_cache_of_any_size_accepts_no_signature_twice_and_a_large_enough_one_refuses_no_new_one()
    -> Result<(), Invalid> {
        fn run<const N: usize>(is_large: bool) -> Result<(), Invalid> {
            let mut replays = Replays::<N>::new(10, Timestamp::from_unix(1_000)?);
            let (mut accepted, mut random) = (BTreeSet::new(), 1u64);
            for step in 0..20_000u64 {
                random =
                    random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                // Two requests a second on the average, each of them one of 21 times 3; the clock steps back at times.
                let back = if step % 1_000 == 999 { 8 } else { 0 };
                let now = 1_011u64.saturating_add(step / 2).saturating_sub(back);
                let at = now.saturating_add((random >> 33) % 21).saturating_sub(10);
                let mut signature = [0; 32];
                signature[..8].copy_from_slice(&at.to_le_bytes());
                signature[8] = u8::try_from((random >> 60) % 3).unwrap_or_default();
                let verdict =
                    replays.refuse_again(&signature, Timestamp::from_unix(at)?, Timestamp::from_unix(now)?);
                let is_new = accepted.insert(signature);
                match verdict {
                    Ok(()) => assert!(is_new, "{N}: {at} at {now} was accepted twice"),
                    Err(Replay::Seen) => assert!(!is_new, "{N}: {at} at {now} is new"),
                    // A clock that steps back makes new requests look old.
                    Err(Replay::BeforeHorizon) => {
                        assert!(!is_large || !is_new || back > 0, "{N}: {at} at {now} is new");
                    }
                }
                assert!(replays.seen.len() <= N, "{N}");
            }
            Ok(())
        }
        run::<1>(false)?;
        run::<7>(false)?;
        run::<64>(true)
    }
}
