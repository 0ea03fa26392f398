//! The time from the network: SNTP (RFC 4330, a subset of RFC 5905) without a socket.
//!
//! [`Request::bytes`] is one datagram for port 123 of a server, and [`Request::read`] checks the
//! reply. The caller waits, retries and chooses another server.
//!
//! **SNTP is not authenticated.** The random number in the request keeps out attackers who cannot
//! see it. The server itself, or an attacker on the path to it, can set the clock to any time after
//! the floor. With that an attacker can
//!
//! * set the clock back to when an expired certificate, whose key may have been stolen, was valid.
//!   The [floor](crate::clock#the-floor) limits that: choose a late one;
//! * set it forward, so that every certificate has expired and every signature is refused. Calls
//!   fail until the clock is set again.
//!
//! Therefore never store a time from here as a floor. Set the clock from the `Date` of the first
//! answer that came over TLS. If there is an RTC, use SNTP only to correct it by seconds, and report
//! larger differences to a person. Prefer a server on the local network.
//!
//! ```
//! use core::convert::Infallible;
//! use tc3_core::Timestamp;
//! use tc3_embedded::{
//!     clock::{self, OffsetClock},
//!     sntp,
//! };
//!
//! # let entropy = |bytes: &mut [u8]| Ok::<(), Infallible>(bytes.fill(0x2a));
//! # let server = |request: [u8; 48]| {
//! #     let mut reply = [0; 48];
//! #     reply[..2].copy_from_slice(&[0x24, 2]);
//! #     reply[24..32].copy_from_slice(&request[40..]);
//! #     reply[40..].copy_from_slice(&[0xee, 0xac, 0x47, 0xce, 0x40, 0, 0, 0]);
//! #     reply
//! # };
//! # let mut ticks = [0u64, 80, 80, 80].into_iter();
//! # let mut millis = move || ticks.next().unwrap();
//! # let mut entropy = entropy;
//! const FLOOR: Timestamp = clock::RELEASED;
//!
//! let request = sntp::Request::draw(&mut entropy)?;
//! let sent = millis();
//! let reply = server(request.bytes()); // one datagram out, one in
//! let time = request.read(&reply, FLOOR)?.after(millis().saturating_sub(sent));
//! assert_eq!((time.timestamp.unix(), time.millis), (1_795_279_182, 290));
//!
//! let mut clock = OffsetClock::new(millis, FLOOR);
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
    /// A new request. A retry needs a new one.
    ///
    /// The random number takes the place of the client's own time, which the server only repeats
    /// and a device without a clock does not have.
    ///
    /// # Errors
    /// [`EntropyError`] if there is no randomness.
    pub fn draw<S: Entropy + ?Sized>(source: &mut S) -> Result<Self, EntropyError<S::Error>> {
        Ok(Self { nonce: entropy::number(source)? })
    }

    /// The datagram: mode 3 of version 4. The random number is all that it tells about the device.
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

    /// The time in a reply: when the server sent it.
    ///
    /// The 32-bit seconds of NTP wrap every 136 years, next on 2036-02-07. They are taken as the
    /// time nearest to the floor, which is right for 68 years after it.
    ///
    /// # Errors
    /// [`SntpError`]. After [`Short`](SntpError::Short) and [`Foreign`](SntpError::Foreign) keep
    /// waiting: anyone can send such a datagram, and the server's reply may still arrive. All other
    /// errors are about the reply to this request.
    pub fn read(&self, reply: &[u8], floor: Timestamp) -> Result<Time, SntpError> {
        let (seconds, fraction) = reply::check(reply, self.nonce)?;
        let timestamp = reply::timestamp(seconds, floor)?;
        Ok(Time { timestamp, millis: reply::millis(fraction) })
    }
}

/// No leap second warning, version 4, mode 3 (client).
const CLIENT_FLAGS: u8 = 0b00_100_011;

/// A second plus milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Time {
    /// The second.
    pub timestamp: Timestamp,
    /// Milliseconds since it began.
    pub millis: u16,
}

impl Time {
    /// This time plus half of a round trip, given in milliseconds: when the reply arrived, if both
    /// directions took equally long. The error is at most the other half.
    #[must_use]
    pub fn after(self, round_trip: u64) -> Self {
        let millis = (round_trip / 2).saturating_add(u64::from(self.millis));
        let timestamp = Timestamp::from_unix(self.timestamp.unix().saturating_add(millis / 1000));
        let millis = u16::try_from(millis % 1000).unwrap_or_default();
        timestamp.map_or(self, |timestamp| Self { timestamp, millis })
    }
}
