//! Why a reply is refused.

use super::PACKET;
use core::{error::Error, fmt};
use tc3_core::Timestamp;

/// Why a datagram is refused as a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum SntpError {
    /// The datagram is shorter than 48 bytes.
    Short {
        /// Bytes received.
        length: usize,
    },
    /// The datagram does not repeat the random number of the request. It is a late reply to an earlier
    /// request, or forged.
    Foreign,
    /// The mode is not 4 (server).
    Mode {
        /// The mode of the reply.
        mode: u8,
    },
    /// The version is neither 3 nor 4.
    Version {
        /// The version of the reply.
        version: u8,
    },
    /// The server refuses to serve this client (RFC 4330, section 8: "Kiss-o'-Death").
    Kiss(Kiss),
    /// The stratum is over 15. The stratum counts the servers between this server and a reference clock.
    Stratum {
        /// The stratum of the server.
        stratum: u8,
    },
    /// The server's clock is not synchronised (leap indicator 3).
    Unsynchronised,
    /// The root delay or the root dispersion is 16 s or more.
    Distance {
        /// Root delay, in units of 2^-16 s.
        delay: u32,
        /// Root dispersion, in units of 2^-16 s.
        dispersion: u32,
    },
    /// The transmit timestamp is zero.
    NoTime,
    /// The time is before the floor. The server's clock is wrong, or the reply is forged.
    BeforeFloor {
        /// The time in the reply; 1970-01-01T00:00:00Z stands for any earlier time.
        now: Timestamp,
        /// The floor.
        floor: Timestamp,
    },
    /// The time is after the year 9999.
    OutOfRange {
        /// The time in the reply, in seconds since 1970.
        now: u64,
    },
}

/// Why the server refuses to serve this client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Kiss {
    /// `DENY`: do not ask this server again.
    Deny,
    /// `RSTR`: this server serves only other clients; do not ask it again.
    Restricted,
    /// `RATE`: the client sent too many requests.
    Rate,
    /// Another code, usually ASCII.
    Other([u8; 4]),
}

impl From<[u8; 4]> for Kiss {
    fn from(code: [u8; 4]) -> Self {
        match &code {
            b"DENY" => Self::Deny,
            b"RSTR" => Self::Restricted,
            b"RATE" => Self::Rate,
            _ => Self::Other(code),
        }
    }
}

impl fmt::Display for SntpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Short { length } => {
                write!(f, "reply has {length} bytes, fewer than {PACKET}")
            }
            Self::Foreign => f.write_str("reply does not repeat the number of the request"),
            Self::Mode { mode } => write!(f, "reply has mode {mode}, a server has 4"),
            Self::Version { version } => write!(f, "reply has version {version}, neither 3 nor 4"),
            Self::Kiss(kiss) => write!(f, "server refuses this client: {kiss}"),
            Self::Stratum { stratum } => write!(f, "server has stratum {stratum}, the limit is 15"),
            Self::Unsynchronised => f.write_str("server does not know the time (leap indicator 3)"),
            Self::Distance { delay, dispersion } => {
                let (delay, dispersion) = (delay >> 16, dispersion >> 16);
                write!(
                    f,
                    "server has a root delay of {delay} s and a root dispersion of {dispersion} s, both must be below 16 s"
                )
            }
            Self::NoTime => f.write_str("reply has no transmit timestamp"),
            Self::BeforeFloor { now, floor } => {
                write!(f, "server shows {now}, before the earliest possible time, {floor}")
            }
            Self::OutOfRange { now } => {
                write!(f, "server shows {now} s since 1970, which is after the year 9999")
            }
        }
    }
}

impl fmt::Display for Kiss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Deny => f.write_str("DENY, do not ask it again"),
            Self::Restricted => f.write_str("RSTR, it serves only others"),
            Self::Rate => f.write_str("RATE, too many requests"),
            Self::Other(code) => write!(f, "{}", code.escape_ascii()),
        }
    }
}

impl Error for SntpError {}
