//! What the server has to know of a ClientHello.

use super::hello::{KEY_SHARE, P256};
use p256::PublicKey;

pub(super) struct ClientHello {
    pub(super) session_id: Vec<u8>,
    pub(super) share: PublicKey,
}

impl ClientHello {
    /// None for a message that is no ClientHello, and for a client that offers no share of P-256.
    pub(super) fn parse(message: &[u8]) -> Option<Self> {
        let mut rest = message.strip_prefix(&[1])?;
        let mut body = sized(&mut rest, 3)?;
        let _version_and_random = take(&mut body, 2 + 32)?;
        let session_id = sized(&mut body, 1)?.to_vec();
        let _suites = sized(&mut body, 2)?;
        let _compressions = sized(&mut body, 1)?;
        let mut extensions = sized(&mut body, 2)?;
        let mut shares = find(&mut extensions, KEY_SHARE)?;
        let point = find(&mut sized(&mut shares, 2)?, P256)?;
        Some(Self { session_id, share: PublicKey::from_sec1_bytes(point).ok()? })
    }
}

/// Extensions and shares alike: two bytes of kind, two of length, the content.
fn find<'m>(rest: &mut &'m [u8], wanted: u16) -> Option<&'m [u8]> {
    loop {
        let kind = number(take(rest, 2)?);
        let content = sized(rest, 2)?;
        if kind == usize::from(wanted) {
            return Some(content);
        }
    }
}

/// A vector behind its length, which has this many bytes.
fn sized<'m>(rest: &mut &'m [u8], width: usize) -> Option<&'m [u8]> {
    let len = number(take(rest, width)?);
    take(rest, len)
}

fn take<'m>(rest: &mut &'m [u8], len: usize) -> Option<&'m [u8]> {
    let (taken, after) = rest.split_at_checked(len)?;
    *rest = after;
    Some(taken)
}

fn number(bytes: &[u8]) -> usize {
    bytes.iter().fold(0, |number, byte| number << 8 | usize::from(*byte))
}
