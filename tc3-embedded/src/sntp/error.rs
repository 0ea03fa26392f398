//! Why a reply is not the time, with the evidence.

use core::{error::Error, fmt};

/// Why a datagram does not set the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum SntpError {
    /// Fewer bytes than a reply has.
    Short {
        /// Bytes received.
        length: usize,
    },
    /// It does not repeat the number of the request: a late reply to an earlier one, or forged by
    /// somebody who did not see it.
    Foreign,
    /// It is not from a server: 4 is.
    Mode {
        /// Its mode.
        mode: u8,
    },
    /// It is neither of version 4 nor of version 3.
    Version {
        /// Its version.
        version: u8,
    },
    /// The server sends the client away: "kiss o' death".
    Kiss(Kiss),
    /// Its stratum, the distance from a reference clock, is over 15: reserved, or not synchronised.
    Stratum {
        /// Its stratum.
        stratum: u8,
    },
    /// The server itself does not know the time: leap indicator 3.
    Unsynchronised,
    /// The server is 16 s or more away from its reference clock, in delay or in accuracy.
    Distance {
        /// Root delay, in units of 2^-16 s.
        delay: u32,
        /// Root dispersion, in units of 2^-16 s.
        dispersion: u32,
    },
    /// The reply has no time: all bits of it are zero.
    NoTime,
    /// It is later than that: the server is wrong, or somebody puts the clock back.
    BeforeFloor {
        /// The reply's time, in seconds since 1970; 0 for anything earlier too.
        now: u64,
        /// The floor, in seconds since 1970.
        floor: u64,
    },
    /// After the year 9999.
    OutOfRange {
        /// The reply's time, in seconds since 1970.
        now: u64,
    },
}

/// What the server says to a client that it does not serve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Kiss {
    /// `DENY`: do not ask this server again.
    Deny,
    /// `RSTR`: by its rules this server serves others only; do not ask it again.
    Restricted,
    /// `RATE`: asked too often; ask more rarely from now on.
    Rate,
    /// Another code, in ASCII as a rule.
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
                write!(f, "reply has {length} bytes, fewer than {}", super::PACKET)
            }
            Self::Foreign => f.write_str("reply is not to this request"),
            Self::Mode { mode } => write!(f, "reply has mode {mode}, not that of a server"),
            Self::Version { version } => write!(f, "reply has version {version}, neither 3 nor 4"),
            Self::Kiss(kiss) => write!(f, "server sends us away: {kiss}"),
            Self::Stratum { stratum } => write!(f, "server has stratum {stratum}, over 15"),
            Self::Unsynchronised => f.write_str("server does not know the time itself"),
            Self::Distance { delay, dispersion } => {
                let (delay, dispersion) = (delay >> 16, dispersion >> 16);
                write!(f, "server's clock is {delay} s away and {dispersion} s inaccurate, 16 s is too much")
            }
            Self::NoTime => f.write_str("reply has no time"),
            Self::BeforeFloor { now, floor } => {
                write!(f, "reply says {now} s since 1970, and it is {floor} s at least")
            }
            Self::OutOfRange { now } => write!(f, "reply says {now} s, after the year 9999"),
        }
    }
}

impl fmt::Display for Kiss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Deny => f.write_str("DENY, never ask it again"),
            Self::Restricted => f.write_str("RSTR, it serves others only"),
            Self::Rate => f.write_str("RATE, asked too often"),
            Self::Other(code) => write!(f, "{}", code.escape_ascii()),
        }
    }
}

impl Error for SntpError {}
