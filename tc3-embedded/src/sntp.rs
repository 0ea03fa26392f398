//! The time from the network: SNTP (RFC 4330, a subset of RFC 5905) without a socket.
//!
//! Send [`Request::bytes`] in one UDP datagram to port 123 of a server, and pass the reply to
//! [`Request::read`]. The caller waits, retries and chooses another server.
//!
//! **SNTP is not authenticated.** An attacker who cannot see the request cannot guess the random
//! number in it. But the server, or an attacker on the path, can choose any time that is not before the
//! [floor](crate::clock#the-floor), the earliest possible current time. Such an attacker can
//!
//! * set the clock back, so that an expired certificate is accepted again; its key might have been
//!   stolen. A late floor limits this attack;
//! * set the clock forward, so that every certificate and all temporary credentials seem to have expired, and
//!   every signature is refused. Calls fail until the clock is set again. If nothing is sent, no `Date` comes
//!   back: ask again after such a failure, or no call succeeds until the device restarts.
//!
//! Therefore never store a time from SNTP as the floor. After the first response over TLS, set the
//! clock again from its `Date` header. If there is an RTC, use SNTP only for corrections of a few
//! seconds, and report larger differences to a person. Prefer a server on the local network.
//!
//! ```
//! use core::convert::Infallible;
//! use tc3_core::Timestamp;
//! use tc3_embedded::{
//!     clock::{self, OffsetClock},
//!     sntp,
//! };
//!
//! # let mut generator = tc3_embedded::entropy::from_fn(|bytes| Ok::<(), Infallible>(bytes.fill(0x2a)));
//! # let server = |request: [u8; 48]| {
//! #     let mut reply = [0; 48];
//! #     reply[..2].copy_from_slice(&[0x24, 2]);
//! #     reply[24..32].copy_from_slice(&request[40..]);
//! #     reply[40..].copy_from_slice(&[0xee, 0xac, 0x47, 0xce, 0x40, 0, 0, 0]);
//! #     reply
//! # };
//! # let mut ticks = [0u64, 80, 80, 80].into_iter();
//! # let mut millis = move || ticks.next().unwrap();
//! const FLOOR: Timestamp = clock::RELEASED;
//!
//! let request = sntp::Request::draw(&mut generator)?;
//! let sent = millis();
//! let reply = server(request.bytes()); // one datagram out, one in
//! let time = request.read(&reply, FLOOR)?.after(millis().saturating_sub(sent));
//! assert_eq!((time.timestamp.unix(), time.millis), (1_795_279_182, 290));
//!
//! let mut clock = OffsetClock::new(clock::from_fn(millis), FLOOR);
//! clock.set_millis(time.timestamp, time.millis)?;
//! assert_eq!(clock::read(&mut clock, FLOOR)?, time.timestamp);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod error;
mod reply;

pub use error::{Kiss, SntpError};

use crate::entropy::{self, Entropy, EntropyError};
use core::num::NonZeroU64;
use tc3_core::Timestamp;

/// Length of a request and minimum length of a reply, in bytes.
pub const PACKET: usize = 48;

/// A request for the time, with a random number that the reply must repeat.
#[derive(Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Request {
    nonce: NonZeroU64,
}

impl Request {
    /// Draws the random number of a new request. Each retry needs a new request.
    ///
    /// The transmit timestamp of the request carries the random number, not a time. The server only
    /// echoes that field.
    ///
    /// # Errors
    /// [`EntropyError`] if the source fails.
    pub fn draw<S: Entropy + ?Sized>(source: &mut S) -> Result<Self, EntropyError<S::Error>> {
        Ok(Self { nonce: entropy::number(source)? })
    }

    /// The datagram: version 4, mode 3 (client). Apart from the random number, all devices send the same
    /// bytes.
    #[must_use]
    pub const fn bytes(&self) -> [u8; PACKET] {
        let mut packet = [0; PACKET];
        let [flags, ..] = &mut packet;
        *flags = CLIENT_FLAGS;
        if let Some(transmit) = packet.last_chunk_mut() {
            *transmit = self.nonce.get().to_be_bytes();
        }
        packet
    }

    /// Checks a reply and returns the time at which the server sent it.
    ///
    /// The 32-bit seconds of NTP wrap every 136 years, next on 2036-02-07. The era that is nearest to
    /// the floor is assumed. That is right until 68 years after the floor.
    ///
    /// # Errors
    /// [`SntpError`]. After [`Short`](SntpError::Short) and [`Foreign`](SntpError::Foreign) keep
    /// waiting: anyone can send such a datagram, and the server's reply might still arrive. After any
    /// other error stop waiting: this was the reply.
    pub fn read(&self, reply: &[u8], floor: Timestamp) -> Result<Time, SntpError> {
        let (seconds, fraction) = reply::check(reply, self.nonce)?;
        let timestamp = reply::timestamp(seconds, floor)?;
        Ok(Time { timestamp, millis: reply::millis(fraction) })
    }
}

/// No leap second warning, version 4, mode 3 (client).
const CLIENT_FLAGS: u8 = 0b00_100_011;

/// A time with milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Time {
    /// The time in whole seconds.
    pub timestamp: Timestamp,
    /// Milliseconds since the start of that second, at most 999.
    pub millis: u16,
}

impl Time {
    /// Adds half of the `round_trip` in milliseconds: the estimated time at which the reply arrived. It
    /// is wrong by at most half the round trip.
    #[must_use]
    pub fn after(self, round_trip: u64) -> Self {
        let millis = (round_trip / 2).saturating_add(u64::from(self.millis));
        let timestamp = Timestamp::from_unix(self.timestamp.unix().saturating_add(millis / 1000));
        let millis = u16::try_from(millis % 1000).unwrap_or_default();
        timestamp.map_or(self, |timestamp| Self { timestamp, millis })
    }
}
