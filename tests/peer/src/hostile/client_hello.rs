//! Parses the fields of a ClientHello that the server needs.

use super::server_hello::{KEY_SHARE, P256};
use p256::PublicKey;

pub(super) struct ClientHello {
    pub(super) session_id: Vec<u8>,
    pub(super) share: PublicKey,
}

impl ClientHello {
    /// Returns `None` if the message is not a ClientHello, or has no valid key share for P-256.
    pub(super) fn parse(message: &[u8]) -> Option<Self> {
        let mut rest = message.strip_prefix(&[1])?;
        let mut body = take_vector(&mut rest, 3)?;
        let _version_and_random = take(&mut body, 2 + 32)?;
        let session_id = take_vector(&mut body, 1)?.to_vec();
        let _suites = take_vector(&mut body, 2)?;
        let _compressions = take_vector(&mut body, 1)?;
        let mut extensions = take_vector(&mut body, 2)?;
        let mut shares = find(&mut extensions, KEY_SHARE)?;
        let point = find(&mut take_vector(&mut shares, 2)?, P256)?;
        Some(Self { session_id, share: PublicKey::from_sec1_bytes(point).ok()? })
    }
}

/// Finds an extension by its type, or a key share by its group. Both are encoded as two bytes of type or
/// group, two bytes of length, and the content.
fn find<'m>(rest: &mut &'m [u8], wanted: u16) -> Option<&'m [u8]> {
    loop {
        let id = number(take(rest, 2)?);
        let content = take_vector(rest, 2)?;
        if id == usize::from(wanted) {
            return Some(content);
        }
    }
}

/// Takes a vector whose length field has `width` bytes.
fn take_vector<'m>(rest: &mut &'m [u8], width: usize) -> Option<&'m [u8]> {
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
