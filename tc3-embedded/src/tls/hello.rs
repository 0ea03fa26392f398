//! The one message that comes unprotected: a ServerHello that accepts what was offered and nothing
//! else (RFC 8446 section 4.1.3).

use core::fmt;

use super::wire::Wire;

/// The length of every acceptable ServerHello: no session id, one key share, one version.
pub(super) const LEN: usize = 123;

const SERVER_HELLO: u8 = 2;
const LEGACY_VERSION: u16 = 0x0303;
const TLS_1_3: u16 = 0x0304;
const AES_128_GCM_SHA256: u16 = 0x1301;
const SUPPORTED_VERSIONS: u16 = 43;
const KEY_SHARE: u16 = 51;
const SECP256R1: u16 = 23;
/// An uncompressed point of that group.
const SHARE: usize = 65;

/// "SHA-256 of 'HelloRetryRequest'", in the place of the random number.
const RETRY: [u8; 32] = [
    0xCF, 0x21, 0xAD, 0x74, 0xE5, 0x9A, 0x61, 0x11, 0xBE, 0x1D, 0x8C, 0x02, 0x1E, 0x65, 0xB8, 0x91, 0xC2,
    0xA2, 0x11, 0x16, 0x7A, 0xBB, 0x8C, 0x5E, 0x07, 0x9E, 0x09, 0xE2, 0xC8, 0xA8, 0x33, 0x9C,
];

/// Why the server's first message is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum HelloFault {
    /// The server chose TLS 1.2 or older.
    OldVersion {
        /// The version it chose, 0x0303 for TLS 1.2.
        version: u16,
    },
    /// The server wants a key share of another group; P-256 is the only one there is.
    RetryRequest,
    /// Another message came first.
    Message {
        /// Its handshake type.
        message: u8,
    },
    /// The legacy version is not 0x0303.
    LegacyVersion {
        /// What it is.
        version: u16,
    },
    /// A session id was echoed that was never sent.
    SessionId {
        /// Its length in bytes.
        length: u8,
    },
    /// A cipher suite that was not offered.
    Suite {
        /// The suite.
        suite: u16,
    },
    /// A compression method.
    Compression {
        /// The method.
        method: u8,
    },
    /// An extension that was not asked for, or one for the second time.
    Extension {
        /// Its type.
        extension: u16,
    },
    /// An extension is missing.
    Missing {
        /// Its type.
        extension: u16,
    },
    /// A key share of a group that was not offered.
    Group {
        /// The group.
        group: u16,
    },
    /// The message breaks off, or its lengths do not fit together.
    Malformed,
}

/// Checks a whole ServerHello, header included.
pub(super) fn check(message: &[u8]) -> Result<(), HelloFault> {
    let mut wire = Wire(message);
    let body = wire.u8().zip(wire.u24());
    match body.ok_or(HelloFault::Malformed)? {
        (SERVER_HELLO, length) if length == wire.0.len() => check_body(wire),
        (SERVER_HELLO, _) => Err(HelloFault::Malformed),
        (message, _) => Err(HelloFault::Message { message }),
    }
}

/// What can be said of a ServerHello too long to be acceptable, from its beginning.
pub(super) fn reject(beginning: &[u8]) -> HelloFault {
    let body = beginning.split_at_checked(4).map(|(_, body)| Wire(body));
    match (beginning.first(), body.map(check_choice)) {
        (Some(&message), _) if message != SERVER_HELLO => HelloFault::Message { message },
        (_, Some(Err(fault))) => fault,
        _ => HelloFault::Malformed,
    }
}

fn check_body(wire: Wire<'_>) -> Result<(), HelloFault> {
    let mut wire = check_choice(wire)?;
    let length = wire.u16().ok_or(HelloFault::Malformed)?;
    if usize::from(length) != wire.0.len() {
        return Err(HelloFault::Malformed);
    }
    let (mut version, mut share) = (None, None);
    while !wire.is_empty() {
        let (extension, content) = next_extension(&mut wire).ok_or(HelloFault::Malformed)?;
        let place = match extension {
            SUPPORTED_VERSIONS => &mut version,
            KEY_SHARE => &mut share,
            _ => return Err(HelloFault::Extension { extension }),
        };
        if place.replace(content).is_some() {
            return Err(HelloFault::Extension { extension });
        }
    }
    // TLS 1.2 has the suites of its own, so here it is TLS 1.3 without saying so.
    check_version(version.ok_or(HelloFault::Missing { extension: SUPPORTED_VERSIONS })?)?;
    check_share(share.ok_or(HelloFault::Missing { extension: KEY_SHARE })?)
}

/// Everything before the extensions.
fn check_choice(mut wire: Wire<'_>) -> Result<Wire<'_>, HelloFault> {
    let fixed = (wire.u16(), wire.take(32), wire.u8());
    let (Some(version), Some(random), Some(length)) = fixed else { return Err(HelloFault::Malformed) };
    let rest = (wire.take(usize::from(length)), wire.u16(), wire.u8());
    let (Some(_), Some(suite), Some(method)) = rest else { return Err(HelloFault::Malformed) };
    if version < LEGACY_VERSION || (version == LEGACY_VERSION && suite.to_be_bytes().first() != Some(&0x13)) {
        return Err(HelloFault::OldVersion { version });
    }
    match (version, length, suite, method) {
        _ if random == RETRY => Err(HelloFault::RetryRequest),
        (LEGACY_VERSION, 0, AES_128_GCM_SHA256, 0) => Ok(wire),
        (LEGACY_VERSION, 0, AES_128_GCM_SHA256, method) => Err(HelloFault::Compression { method }),
        (LEGACY_VERSION, 0, suite, _) => Err(HelloFault::Suite { suite }),
        (LEGACY_VERSION, length, _, _) => Err(HelloFault::SessionId { length }),
        (version, ..) => Err(HelloFault::LegacyVersion { version }),
    }
}

fn next_extension<'a>(wire: &mut Wire<'a>) -> Option<(u16, &'a [u8])> {
    let extension = wire.u16()?;
    let length = wire.u16()?;
    Some((extension, wire.take(usize::from(length))?))
}

fn check_version(content: &[u8]) -> Result<(), HelloFault> {
    let mut wire = Wire(content);
    match (wire.u16(), wire.is_empty()) {
        (Some(TLS_1_3), true) => Ok(()),
        (Some(version), true) => Err(HelloFault::OldVersion { version }),
        _ => Err(HelloFault::Malformed),
    }
}

fn check_share(content: &[u8]) -> Result<(), HelloFault> {
    let mut wire = Wire(content);
    match (wire.u16(), wire.u16(), wire.0) {
        (Some(group), ..) if group != SECP256R1 => Err(HelloFault::Group { group }),
        (_, Some(length), [4, rest @ ..])
            if usize::from(length) == SHARE && rest.len().checked_add(1) == Some(SHARE) =>
        {
            Ok(())
        }
        _ => Err(HelloFault::Malformed),
    }
}

impl fmt::Display for HelloFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OldVersion { version } => {
                write!(f, "the server chose version {version:#06x} of TLS, not 1.3 (0x0304); ")?;
                f.write_str("have a modem or gateway do that for it")
            }
            Self::RetryRequest => f.write_str("the server wants a key share of another group than P-256"),
            Self::Message { message } => write!(f, "handshake message {message} instead of a ServerHello"),
            Self::LegacyVersion { version } => write!(f, "legacy version {version:#06x} in the ServerHello"),
            Self::SessionId { length } => {
                write!(f, "session id of {length} bytes in the ServerHello, none was sent")
            }
            Self::Suite { suite } => write!(f, "cipher suite {suite:#06x} was not offered"),
            Self::Compression { method } => write!(f, "compression method {method} was not offered"),
            Self::Extension { extension } => {
                write!(f, "extension {extension} in the ServerHello, not asked for or there already")
            }
            Self::Missing { extension } => write!(f, "the ServerHello lacks extension {extension}"),
            Self::Group { group } => write!(f, "key share of group {group:#06x}, which was not offered"),
            Self::Malformed => f.write_str("malformed ServerHello"),
        }
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use std::vec::Vec;

    /// `version`, `session id`, `suite`, `compression`, then the extensions.
    fn hello(version: u16, session: &[u8], suite: u16, method: u8, extensions: &[&[u8]]) -> Vec<u8> {
        let mut body = Vec::from(version.to_be_bytes());
        body.extend([7; 32]);
        body.push(u8::try_from(session.len()).unwrap());
        body.extend(session);
        body.extend(suite.to_be_bytes());
        body.push(method);
        let extensions = extensions.concat();
        body.extend(u16::try_from(extensions.len()).unwrap().to_be_bytes());
        body.extend(extensions);
        let [_, length @ ..] = u32::try_from(body.len()).unwrap().to_be_bytes();
        [&[SERVER_HELLO][..], &length, &body].concat()
    }

    const VERSION: &[u8] = &[0, 43, 0, 2, 3, 4];

    fn share(group: u16, point: &[u8]) -> Vec<u8> {
        let [_, length] = u16::try_from(point.len()).unwrap().to_be_bytes();
        let [high, low] = group.to_be_bytes();
        [&[0, 51, 0, length + 4, high, low, 0, length][..], point].concat()
    }

    fn good_share() -> Vec<u8> {
        let mut point = [9; SHARE];
        point[0] = 4;
        share(SECP256R1, &point)
    }

    fn with(extensions: &[&[u8]]) -> Result<(), HelloFault> {
        check(&hello(LEGACY_VERSION, &[], AES_128_GCM_SHA256, 0, extensions))
    }

    #[test]
    fn what_was_offered_is_accepted_in_either_order() {
        let good = hello(LEGACY_VERSION, &[], AES_128_GCM_SHA256, 0, &[VERSION, &good_share()]);
        assert_eq!((good.len(), check(&good)), (LEN, Ok(())));
        assert_eq!(with(&[&good_share(), VERSION]), Ok(()));
    }

    #[test]
    fn what_was_not_offered_is_refused_by_name() {
        let (version, good) = (VERSION, good_share());
        let of = |version, session: &[u8], suite, method| {
            check(&hello(version, session, suite, method, &[VERSION, &good_share()]))
        };
        let legacy = LEGACY_VERSION;
        assert_eq!(of(legacy, &[1; 32], 0x1301, 0), Err(HelloFault::SessionId { length: 32 }));
        assert_eq!(of(legacy, &[], 0x1302, 0), Err(HelloFault::Suite { suite: 0x1302 }));
        assert_eq!(of(legacy, &[], 0x1301, 1), Err(HelloFault::Compression { method: 1 }));
        assert_eq!(of(0x0304, &[], 0x1301, 0), Err(HelloFault::LegacyVersion { version: 0x0304 }));
        assert_eq!(with(&[version]), Err(HelloFault::Missing { extension: KEY_SHARE }));
        assert_eq!(with(&[&good]), Err(HelloFault::Missing { extension: SUPPORTED_VERSIONS }));
        assert_eq!(with(&[version, version]), Err(HelloFault::Extension { extension: SUPPORTED_VERSIONS }));
        assert_eq!(with(&[version, &good, &[0, 16, 0, 0]]), Err(HelloFault::Extension { extension: 16 }));
        assert_eq!(with(&[version, &share(29, &[4; 32])]), Err(HelloFault::Group { group: 29 }));
        assert_eq!(with(&[version, &share(23, &[4; 64])]), Err(HelloFault::Malformed));
        assert_eq!(with(&[version, &share(23, &[2; 65])]), Err(HelloFault::Malformed));
        assert_eq!(with(&[version, &good, &[0]]), Err(HelloFault::Malformed));
    }

    #[test]
    fn an_older_version_is_told_in_every_form() {
        let old = |version| Err(HelloFault::OldVersion { version });
        let suite = 0xC02F;
        assert_eq!(check(&hello(0x0303, &[1; 32], suite, 0, &[&[0xFF, 1, 0, 1, 0]])), old(0x0303));
        assert_eq!(check(&hello(0x0301, &[], 0x002F, 0, &[])), old(0x0301));
        assert_eq!(with(&[&[0, 43, 0, 2, 3, 3], &good_share()]), old(0x0303));
        let long = hello(0x0303, &[1; 32], suite, 0, &[&[0xFF, 1, 0, 80], &[0; 80]]);
        assert_eq!(reject(&long[..LEN]), HelloFault::OldVersion { version: 0x0303 });
    }

    #[test]
    fn a_retry_request_and_another_message_are_told_apart() {
        let mut retry = hello(LEGACY_VERSION, &[], AES_128_GCM_SHA256, 0, &[VERSION]);
        retry[6..38].copy_from_slice(&RETRY);
        assert_eq!(check(&retry), Err(HelloFault::RetryRequest));
        retry[0] = 8;
        assert_eq!(check(&retry), Err(HelloFault::Message { message: 8 }));
        assert_eq!(reject(&retry), HelloFault::Message { message: 8 });
    }

    #[test]
    fn every_cut_and_every_wrong_length_is_malformed() {
        let good = hello(LEGACY_VERSION, &[], AES_128_GCM_SHA256, 0, &[VERSION, &good_share()]);
        for end in 0..good.len() {
            assert_eq!(check(&good[..end]), Err(HelloFault::Malformed), "{end}");
            assert!(matches!(reject(&good[..end]), HelloFault::Malformed), "{end}");
        }
        assert_eq!(check(&[&good[..], &[0]].concat()), Err(HelloFault::Malformed));
        // Every single byte changed: refused, or in the random number or the key share's point.
        for at in 0..good.len() {
            let mut changed = good.clone();
            changed[at] ^= 0x40;
            let free = (6..38).contains(&at) || at > good.len() - SHARE;
            assert_eq!(check(&changed).is_ok(), free, "{at}");
        }
    }
}
