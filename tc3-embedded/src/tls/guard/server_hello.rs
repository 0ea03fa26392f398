//! Checks the ServerHello, the only handshake message of the server that is not protected. It may
//! select only values that the ClientHello offers (RFC 8446 section 4.1.3).

use super::reader::Reader;
use crate::tls::error::ServerHelloFault;

/// The length of every valid ServerHello with its handshake header: no session ID, one key share, one
/// version.
pub(super) const LEN: usize = 123;

const SERVER_HELLO: u8 = 2;
const LEGACY_VERSION: u16 = 0x0303;
const TLS_1_3: u16 = 0x0304;
const AES_128_GCM_SHA256: u16 = 0x1301;
const SUPPORTED_VERSIONS: u16 = 43;
const KEY_SHARE: u16 = 51;
const SECP256R1: u16 = 23;
/// The length of an uncompressed point on secp256r1.
const POINT_LEN: usize = 65;

/// The random value that marks a HelloRetryRequest: SHA-256 of `HelloRetryRequest` (RFC 8446 section
/// 4.1.3).
const HELLO_RETRY_REQUEST: [u8; 32] = [
    0xCF, 0x21, 0xAD, 0x74, 0xE5, 0x9A, 0x61, 0x11, 0xBE, 0x1D, 0x8C, 0x02, 0x1E, 0x65, 0xB8, 0x91, 0xC2,
    0xA2, 0x11, 0x16, 0x7A, 0xBB, 0x8C, 0x5E, 0x07, 0x9E, 0x09, 0xE2, 0xC8, 0xA8, 0x33, 0x9C,
];

/// Checks a whole ServerHello. `message` begins with the handshake header.
pub(in crate::tls) fn check(message: &[u8]) -> Result<(), ServerHelloFault> {
    let mut reader = Reader(message);
    let header = reader.u8().zip(reader.u24());
    match header.ok_or(ServerHelloFault::Malformed)? {
        (SERVER_HELLO, length) if length == reader.0.len() => check_body(reader),
        (SERVER_HELLO, _) => Err(ServerHelloFault::Malformed),
        (handshake_type, _) => Err(ServerHelloFault::UnexpectedMessage { handshake_type }),
    }
}

/// The most precise fault of a first handshake message that is longer than [`LEN`]. `beginning` is its
/// first bytes.
pub(in crate::tls) fn fault_of_too_long(beginning: &[u8]) -> ServerHelloFault {
    let body = beginning.split_at_checked(4).map(|(_, body)| Reader(body));
    match (beginning.first(), body.map(check_fixed_fields)) {
        (Some(&handshake_type), _) if handshake_type != SERVER_HELLO => {
            ServerHelloFault::UnexpectedMessage { handshake_type }
        }
        (_, Some(Err(fault))) => fault,
        _ => ServerHelloFault::Malformed,
    }
}

fn check_body(reader: Reader<'_>) -> Result<(), ServerHelloFault> {
    let mut reader = check_fixed_fields(reader)?;
    let length = reader.u16().ok_or(ServerHelloFault::Malformed)?;
    if usize::from(length) != reader.0.len() {
        return Err(ServerHelloFault::Malformed);
    }
    let (mut version, mut key_share) = (None, None);
    while !reader.is_empty() {
        let (extension, content) = next_extension(&mut reader).ok_or(ServerHelloFault::Malformed)?;
        let slot = match extension {
            SUPPORTED_VERSIONS => &mut version,
            KEY_SHARE => &mut key_share,
            _ => return Err(ServerHelloFault::UnexpectedExtension { extension }),
        };
        if slot.replace(content).is_some() {
            return Err(ServerHelloFault::UnexpectedExtension { extension });
        }
    }
    // A server that chose TLS 1.2 was already refused because of its cipher suite.
    check_version(version.ok_or(ServerHelloFault::MissingExtension { extension: SUPPORTED_VERSIONS })?)?;
    check_key_share(key_share.ok_or(ServerHelloFault::MissingExtension { extension: KEY_SHARE })?)
}

/// Checks the fields before the extensions. Returns a reader at the extensions.
fn check_fixed_fields(mut reader: Reader<'_>) -> Result<Reader<'_>, ServerHelloFault> {
    let until_session_id = (reader.u16(), reader.take(32), reader.u8());
    let (Some(version), Some(random), Some(length)) = until_session_id else {
        return Err(ServerHelloFault::Malformed);
    };
    let until_extensions = (reader.take(usize::from(length)), reader.u16(), reader.u8());
    let (Some(_), Some(suite), Some(method)) = until_extensions else {
        return Err(ServerHelloFault::Malformed);
    };
    // All cipher suites of TLS 1.3 begin with the byte 0x13.
    if version < LEGACY_VERSION || (version == LEGACY_VERSION && suite.to_be_bytes().first() != Some(&0x13)) {
        return Err(ServerHelloFault::OldVersion { version });
    }
    match (version, length, suite, method) {
        _ if random == HELLO_RETRY_REQUEST => Err(ServerHelloFault::HelloRetryRequest),
        (LEGACY_VERSION, 0, AES_128_GCM_SHA256, 0) => Ok(reader),
        (LEGACY_VERSION, 0, AES_128_GCM_SHA256, method) => Err(ServerHelloFault::Compression { method }),
        (LEGACY_VERSION, 0, suite, _) => Err(ServerHelloFault::CipherSuite { suite }),
        (LEGACY_VERSION, length, _, _) => Err(ServerHelloFault::SessionId { length }),
        (version, ..) => Err(ServerHelloFault::LegacyVersion { version }),
    }
}

fn next_extension<'a>(reader: &mut Reader<'a>) -> Option<(u16, &'a [u8])> {
    let extension = reader.u16()?;
    let length = reader.u16()?;
    Some((extension, reader.take(usize::from(length))?))
}

fn check_version(content: &[u8]) -> Result<(), ServerHelloFault> {
    let mut reader = Reader(content);
    match (reader.u16(), reader.is_empty()) {
        (Some(TLS_1_3), true) => Ok(()),
        (Some(version), true) => Err(ServerHelloFault::OldVersion { version }),
        _ => Err(ServerHelloFault::Malformed),
    }
}

fn check_key_share(content: &[u8]) -> Result<(), ServerHelloFault> {
    let mut reader = Reader(content);
    match (reader.u16(), reader.u16(), reader.0) {
        (Some(group), ..) if group != SECP256R1 => Err(ServerHelloFault::Group { group }),
        (_, Some(length), [4, rest @ ..])
            if usize::from(length) == POINT_LEN && rest.len().checked_add(1) == Some(POINT_LEN) =>
        {
            Ok(())
        }
        _ => Err(ServerHelloFault::Malformed),
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use std::vec::Vec;

    /// A ServerHello with these extensions.
    fn server_hello(extensions: &[&[u8]]) -> Vec<u8> {
        let extensions = extensions.concat();
        let [high, low] = u16::try_from(extensions.len()).unwrap().to_be_bytes();
        let body = [&[3, 3][..], &[7; 32], &[0, 0x13, 1, 0, high, low], &extensions].concat();
        let [_, length @ ..] = u32::try_from(body.len()).unwrap().to_be_bytes();
        [&[SERVER_HELLO][..], &length, &body].concat()
    }

    const VERSION: &[u8] = &[0, 43, 0, 2, 3, 4];

    fn good_key_share() -> Vec<u8> {
        [&[0, 51, 0, 69, 0, 23, 0, 65, 4][..], &[9; POINT_LEN - 1]].concat()
    }

    #[test]
    fn a_server_hello_that_accepts_the_offer_passes_with_its_extensions_in_either_order() {
        let good = server_hello(&[VERSION, &good_key_share()]);
        assert_eq!((good.len(), check(&good)), (LEN, Ok(())));
        assert_eq!(check(&server_hello(&[&good_key_share(), VERSION])), Ok(()));
    }

    #[test]
    fn a_missing_or_repeated_version_is_refused() {
        let extension = SUPPORTED_VERSIONS;
        let missing = Err(ServerHelloFault::MissingExtension { extension });
        assert_eq!(check(&server_hello(&[&good_key_share()])), missing);
        let repeated = Err(ServerHelloFault::UnexpectedExtension { extension });
        assert_eq!(check(&server_hello(&[VERSION, VERSION])), repeated);
    }

    #[test]
    fn a_server_hello_that_is_cut_or_has_a_changed_byte_is_refused() {
        let good = server_hello(&[VERSION, &good_key_share()]);
        for end in 0..good.len() {
            assert_eq!(check(&good[..end]), Err(ServerHelloFault::Malformed), "{end}");
            assert!(matches!(fault_of_too_long(&good[..end]), ServerHelloFault::Malformed), "{end}");
        }
        assert_eq!(check(&[&good[..], &[0]].concat()), Err(ServerHelloFault::Malformed));
        // Only the random value and the coordinates of the point can have any value.
        for at in 0..good.len() {
            let mut changed = good.clone();
            changed[at] ^= 0x40;
            let free = (6..38).contains(&at) || at > good.len() - POINT_LEN;
            assert_eq!(check(&changed).is_ok(), free, "{at}");
        }
    }
}
