//! The ServerHello.

use super::message::vector;
use p256::{SecretKey, elliptic_curve::sec1::ToEncodedPoint};
use sha2_tls::{Digest, Sha256};

pub(crate) const KEY_SHARE: u16 = 51;
const SUPPORTED_VERSIONS: u16 = 43;
/// The group secp256r1.
pub const P256: u16 = 0x0017;

/// The fields of a ServerHello. The default is valid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerHelloFields {
    /// The version field of TLS 1.2 and older; valid if 0x0303.
    pub legacy_version: u16,
    /// The random value. It is not random, so that tests can be repeated.
    pub random: [u8; 32],
    /// The echoed session ID. `None` echoes the client's session ID.
    pub session_id: Option<Vec<u8>>,
    /// The cipher suite.
    pub suite: u16,
    /// The compression method; valid if 0.
    pub compression: u8,
    /// The types and contents of the extensions.
    pub extensions: Vec<(u16, Vec<u8>)>,
}

impl Default for ServerHelloFields {
    fn default() -> Self {
        Self {
            legacy_version: 0x0303,
            random: [0x5a; 32],
            session_id: None,
            suite: 0x1301,
            compression: 0,
            extensions: vec![key_share(P256, &point()), version(0x0304)],
        }
    }
}

impl ServerHelloFields {
    /// A HelloRetryRequest for this group. Its random value marks it.
    pub fn retry(group: u16) -> Self {
        let selected_group = (KEY_SHARE, group.to_be_bytes().to_vec());
        Self {
            random: Sha256::digest(b"HelloRetryRequest").into(),
            extensions: vec![version(0x0304), selected_group],
            ..Self::default()
        }
    }

    pub(super) fn encode(&self, client_session_id: &[u8]) -> Vec<u8> {
        let session_id = self.session_id.as_deref().unwrap_or(client_session_id);
        let extensions: Vec<u8> = self.extensions.iter().flat_map(extension).collect();
        [
            &self.legacy_version.to_be_bytes()[..],
            &self.random,
            &vector(1, session_id),
            &self.suite.to_be_bytes(),
            &[self.compression],
            &vector(2, &extensions),
        ]
        .concat()
    }
}

/// A key_share extension with this group and share.
pub fn key_share(group: u16, share: &[u8]) -> (u16, Vec<u8>) {
    (KEY_SHARE, [&group.to_be_bytes()[..], &vector(2, share)].concat())
}

/// A supported_versions extension with this version.
pub fn version(version: u16) -> (u16, Vec<u8>) {
    (SUPPORTED_VERSIONS, version.to_be_bytes().to_vec())
}

/// The server's key share, which is always the same: an uncompressed point on P-256, 65 bytes.
pub fn point() -> Vec<u8> {
    secret().public_key().to_encoded_point(false).as_bytes().to_vec()
}

pub(super) fn secret() -> SecretKey {
    SecretKey::from_slice(&[0x3c; 32]).expect("a small number is a key")
}

fn extension((extension_type, content): &(u16, Vec<u8>)) -> Vec<u8> {
    [&extension_type.to_be_bytes()[..], &vector(2, content)].concat()
}
