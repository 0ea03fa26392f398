//! The time from the network: SNTP (RFC 4330, and RFC 5905 of which it is a part) without a socket.
//!
//! [`Request::bytes`] is one datagram for port 123 of a server, [`Request::read`] judges what comes
//! back. Waiting, sending again and asking another server are up to the caller.
//!
//! **SNTP proves nothing.** The reply is not authenticated: the random number in the request keeps
//! out those who cannot see it, but whoever sits on the way to the server, or is the server, sets
//! the clock as he likes, to any time after the floor. With it he can
//!
//! * put the clock back to where a certificate that has expired, and whose key was perhaps stolen,
//!   is valid: the [floor](crate::clock#the-floor) is what ends that, so keep it late;
//! * put it forward, so that every certificate has expired and every signature is refused: nothing
//!   is lost but the service, until the clock is set again.
//!
//! Therefore: never keep a time from here as a floor. Put the clock right with the `Date` of the
//! first answer that came over TLS. Where there is an RTC, use SNTP to correct it by seconds, and
//! ask a human if it is off by more. Prefer a server on the local network to one across the world.
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
//! assert_eq!((time.unix.unix(), time.millis), (1_795_279_182, 290));
//!
//! let mut clock = OffsetClock::new(millis, FLOOR);
//! clock.set_millis(time.unix, time.millis)?;
//! assert_eq!(clock::read(&mut clock, FLOOR)?, time.unix);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod error;
mod reply;

pub use error::{Kiss, SntpError};

use crate::entropy::{self, Entropy, EntropyError};
use core::num::NonZeroU64;
use tc3_core::Timestamp;

/// Bytes of a request, and of a reply at least.
pub const PACKET: usize = 48;

/// One question for the time, and the number that its answer has to repeat.
#[derive(Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Request {
    nonce: NonZeroU64,
}

impl Request {
    /// A new question. One that is asked again needs a new number.
    ///
    /// The number stands where the client's own time would: a server only repeats it, and a device
    /// that does not know the time has none to send.
    ///
    /// # Errors
    /// [`EntropyError`] if there is no randomness.
    pub fn draw<S: Entropy + ?Sized>(source: &mut S) -> Result<Self, EntropyError<S::Error>> {
        Ok(Self { nonce: entropy::number(source)? })
    }

    /// The datagram: mode 3 of version 4, and nothing about the device but the number.
    #[must_use]
    pub const fn bytes(&self) -> [u8; PACKET] {
        let mut packet = [0; PACKET];
        let [flags, ..] = &mut packet;
        *flags = QUESTION;
        if let Some(transmit) = packet.last_chunk_mut() {
            *transmit = self.nonce.get().to_be_bytes();
        }
        packet
    }

    /// The time that a reply carries: the server's when it was sent.
    ///
    /// Seconds on the wire have 32 bits and start anew every 136 years, next on 2036-02-07: they
    /// are read as the moment nearest to the floor, for 68 years after it.
    ///
    /// # Errors
    /// [`SntpError`]. After [`Short`](SntpError::Short) and [`Foreign`](SntpError::Foreign) go on
    /// waiting: anybody can send such a datagram, and the server's may still come. All others are
    /// the answer to this very question.
    pub fn read(&self, reply: &[u8], floor: Timestamp) -> Result<Time, SntpError> {
        let (seconds, fraction) = reply::check(reply, self.nonce)?;
        let unix = reply::unix(seconds, floor)?;
        Ok(Time { unix, millis: reply::millis(fraction) })
    }
}

/// No warning of a leap second, version 4, mode 3: a client's.
const QUESTION: u8 = 0b00_100_011;
const VERSION: u8 = 4;
const SERVER: u8 = 4;

/// A second and the milliseconds of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Time {
    /// The second.
    pub unix: Timestamp,
    /// Milliseconds since it began.
    pub millis: u16,
}

impl Time {
    /// This time and half of a round trip, in milliseconds: the time at which the reply arrived, if
    /// both ways took equally long. It is wrong by the other half at most.
    #[must_use]
    pub fn after(self, round_trip: u64) -> Self {
        let millis = (round_trip / 2).saturating_add(u64::from(self.millis));
        let unix = Timestamp::from_unix(self.unix.unix().saturating_add(millis / 1000));
        let millis = u16::try_from(millis % 1000).unwrap_or_default();
        unix.map_or(self, |unix| Self { unix, millis })
    }
}
