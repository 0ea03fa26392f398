//! Valid and invalid handshake messages.

use super::server_hello::ServerHelloFields;

/// A handshake message of the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HandshakeMessage {
    /// A ServerHello. The first one sets the handshake keys.
    ServerHello(ServerHelloFields),
    /// EncryptedExtensions without extensions.
    EncryptedExtensions,
    /// Requests a client certificate for ECDSA.
    CertificateRequest,
    /// The server's certificate chain.
    Certificate,
    /// A Certificate message without certificates.
    EmptyCertificate,
    /// The signature over the handshake.
    CertificateVerify(Signature),
    /// A Finished. The first one sets the application keys.
    Finished,
    /// A ticket. The server does not accept it later.
    NewSessionTicket,
    /// Changes the server's keys. The value 1 requests that the client changes its keys, too.
    KeyUpdate(u8),
    /// A message with this handshake type and body.
    Other(u8, Vec<u8>),
    /// A message with its last byte changed.
    Corrupt(Box<HandshakeMessage>),
    /// A message with this number added to its length field.
    WrongLength(i32, Box<HandshakeMessage>),
    /// Bytes instead of a message. They are not added to the transcript.
    Bytes(Vec<u8>),
}

/// The signature of a CertificateVerify.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signature {
    /// Valid: signs the transcript with the leaf's key and ecdsa_secp256r1_sha256.
    Valid,
    /// Signed with another key.
    OtherKey,
    /// Signs another transcript.
    OtherTranscript,
    /// Valid, but labelled with this signature scheme.
    WithScheme(u16),
}

impl HandshakeMessage {
    /// The message without its corruption.
    pub(super) fn intended(&self) -> &Self {
        match self {
            Self::Corrupt(message) | Self::WrongLength(_, message) => message.intended(),
            message => message,
        }
    }
}

/// Prepends the handshake header: type and length.
pub(super) fn with_header(handshake_type: u8, body: &[u8]) -> Vec<u8> {
    [&[handshake_type], &len24(body.len())[..], body].concat()
}

pub(super) fn len24(len: usize) -> [u8; 3] {
    let [zero, len @ ..] = u32::try_from(len).expect("a message is short").to_be_bytes();
    assert_eq!(zero, 0, "a message is short");
    len
}
