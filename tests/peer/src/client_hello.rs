//! The fields of a ClientHello that a server needs, or that must be random.

use crate::hostile::{KEY_SHARE, P256};

/// What a ClientHello (RFC 8446 section 4.1.2) says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientHello {
    /// The client's random value.
    pub random: [u8; 32],
    /// The legacy session ID. It may be empty.
    pub session_id: Vec<u8>,
    /// The key share for P-256, an uncompressed point. Empty if there is none, as in TLS 1.2.
    pub share: Vec<u8>,
}

impl ClientHello {
    /// Returns `None` if the message is not a whole ClientHello.
    pub(crate) fn parse(message: &[u8]) -> Option<Self> {
        let mut rest = message.strip_prefix(&[1])?;
        let mut body = take_vector(&mut rest, 3)?;
        let _version = body.split_off(..2)?;
        let random = body.split_off(..32)?.try_into().ok()?;
        let session_id = take_vector(&mut body, 1)?.to_vec();
        let _suites = take_vector(&mut body, 2)?;
        let _compressions = take_vector(&mut body, 1)?;
        let share = take_vector(&mut body, 2).and_then(p256_share).unwrap_or_default().to_vec();
        Some(Self { random, session_id, share })
    }

    /// The ClientHello in the first record of these bytes.
    pub(crate) fn in_first_record(mut wire: &[u8]) -> Option<Self> {
        let _type_and_version = wire.split_off(..3)?;
        Self::parse(take_vector(&mut wire, 2)?)
    }
}

fn p256_share(mut extensions: &[u8]) -> Option<&[u8]> {
    let mut shares = find(&mut extensions, KEY_SHARE)?;
    find(&mut take_vector(&mut shares, 2)?, P256)
}

/// Finds an extension by its type, or a key share by its group. Both are encoded as two bytes of type or
/// group, two bytes of length, and the content.
fn find<'m>(rest: &mut &'m [u8], wanted: u16) -> Option<&'m [u8]> {
    loop {
        let id = number(rest.split_off(..2)?);
        let content = take_vector(rest, 2)?;
        if id == usize::from(wanted) {
            return Some(content);
        }
    }
}

/// Takes a vector whose length field has `width` bytes.
fn take_vector<'m>(rest: &mut &'m [u8], width: usize) -> Option<&'m [u8]> {
    let len = number(rest.split_off(..width)?);
    rest.split_off(..len)
}

fn number(bytes: &[u8]) -> usize {
    bytes.iter().fold(0, |number, byte| number << 8 | usize::from(*byte))
}
