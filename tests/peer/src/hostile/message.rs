//! Messages of the handshake, honest and otherwise.

use super::hello::Hello;

/// What a server says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// The beginning. The first one leads to keys.
    ServerHello(Hello),
    /// Empty.
    EncryptedExtensions,
    /// Asks for a certificate of the client, signed with ECDSA.
    CertificateRequest,
    /// The chain of the server's identity.
    Certificate,
    /// A chain of no certificates.
    EmptyCertificate,
    /// The signature of the handshake.
    CertificateVerify(Proof),
    /// The end of the flight. The first one leads to new keys.
    Finished,
    /// A ticket that is good for nothing.
    NewSessionTicket,
    /// The server's keys change; the client's should as well if this is 1.
    KeyUpdate(u8),
    /// A message of this type, with this body.
    Other(u8, Vec<u8>),
    /// A message whose last byte is not as it should be.
    Corrupt(Box<Message>),
    /// A message that is longer or shorter than it says by this many bytes.
    Misstated(i32, Box<Message>),
    /// No message, but bytes where one would be. They are not part of what is signed.
    Bytes(Vec<u8>),
}

/// How a CertificateVerify is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// With the key of the leaf, over the handshake, as ECDSA with P-256 and SHA-256.
    Honest,
    /// With another key.
    ByAnotherKey,
    /// Over another handshake.
    OfAnotherHandshake,
    /// Honestly, but it says that the signature is of this scheme.
    Called(u16),
}

impl Message {
    /// What it would be if nothing were wrong with its bytes.
    pub(super) fn meant(&self) -> &Self {
        match self {
            Self::Corrupt(message) | Self::Misstated(_, message) => message.meant(),
            message => message,
        }
    }
}

/// A message behind its type and its length.
pub(super) fn framed(kind: u8, body: &[u8]) -> Vec<u8> {
    [&[kind], &len24(body.len())[..], body].concat()
}

pub(super) fn len24(len: usize) -> [u8; 3] {
    let [zero, len @ ..] = u32::try_from(len).expect("a message is short").to_be_bytes();
    assert_eq!(zero, 0, "a message is short");
    len
}
