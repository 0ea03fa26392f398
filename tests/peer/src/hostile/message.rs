//! Encodes valid and invalid handshake messages, and derives the keys from the transcript.

use super::keys::{KeySchedule, Keys};
use crate::{client_hello::ClientHello, pki::Identity};
use p256::{
    PublicKey, SecretKey,
    ecdh::diffie_hellman,
    ecdsa::{DerSignature, SigningKey, signature::Signer},
    elliptic_curve::sec1::ToEncodedPoint,
    pkcs8::DecodePrivateKey,
};
use sha2_tls::{Digest, Sha256};

/// A handshake message of the server. A ServerHello sets the handshake keys, and a Finished the application
/// keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HandshakeMessage {
    ServerHello(ServerHelloFields),
    /// EncryptedExtensions without extensions.
    EncryptedExtensions,
    /// Requests a client certificate for ECDSA.
    CertificateRequest,
    Certificate,
    CertificateVerify(Signature),
    Finished,
    /// A ticket. The server does not accept it later.
    NewSessionTicket,
    /// Announces new keys, which the server does not use. The value 1 requests new keys of the client, too.
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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signature {
    /// Valid: signs the transcript with the leaf's key and ecdsa_secp256r1_sha256.
    Valid,
    OtherKey,
    OtherTranscript,
    /// Valid, but labelled with this signature scheme.
    WithScheme(u16),
}

const SERVER_HELLO: u8 = 2;
pub(super) const FINISHED: u8 = 20;

/// The server's side of a handshake.
pub struct Flight<'a> {
    server: &'a Identity,
    session_id: Vec<u8>,
    client_share: PublicKey,
    transcript: Vec<u8>,
    schedule: Option<KeySchedule>,
}

impl<'a> Flight<'a> {
    /// Returns `None` if the message is not a ClientHello, or has no valid key share for P-256.
    pub fn new(server: &'a Identity, client_hello: Vec<u8>) -> Option<Self> {
        let client = ClientHello::parse(&client_hello)?;
        Some(Self {
            server,
            client_share: PublicKey::from_sec1_bytes(&client.share).ok()?,
            session_id: client.session_id,
            transcript: client_hello,
            schedule: None,
        })
    }

    /// Encodes the message and adds it to the transcript. Also returns the new keys if the message changes
    /// the keys.
    pub fn encode_next(&mut self, message: &HandshakeMessage) -> (Vec<u8>, Option<Keys>) {
        let bytes = self.encode(message);
        if !matches!(message, HandshakeMessage::Bytes(_)) {
            self.transcript.extend(&bytes);
        }
        let keys = match bytes.first() {
            Some(&SERVER_HELLO) => {
                let secret = secret().to_nonzero_scalar();
                let shared = diffie_hellman(secret, self.client_share.as_affine());
                let schedule = KeySchedule::new(shared.raw_secret_bytes(), &self.transcript);
                Some(self.schedule.insert(schedule).handshake())
            }
            Some(&FINISHED) => self.schedule.as_ref().map(|it| it.application(&self.transcript)),
            _ => None,
        };
        (bytes, keys)
    }

    fn encode(&self, message: &HandshakeMessage) -> Vec<u8> {
        match message {
            HandshakeMessage::ServerHello(hello) => {
                with_header(SERVER_HELLO, &hello.encode(&self.session_id))
            }
            HandshakeMessage::EncryptedExtensions => with_header(8, &[0, 0]),
            // The context is empty. The extension signature_algorithms contains ecdsa_secp256r1_sha256.
            HandshakeMessage::CertificateRequest => with_header(13, &[0, 0, 8, 0, 13, 0, 4, 0, 2, 4, 3]),
            HandshakeMessage::Certificate => with_header(11, &certificates(&self.server.chain)),
            HandshakeMessage::CertificateVerify(signature) => {
                with_header(15, &self.certificate_verify(*signature))
            }
            HandshakeMessage::Finished => {
                let verify_data = self.schedule.as_ref().map(|it| it.finished(&self.transcript));
                with_header(FINISHED, &verify_data.unwrap_or_default())
            }
            // The lifetime is a day, ticket_age_add is 0, nonce and ticket have one byte each, and there are
            // no extensions.
            HandshakeMessage::NewSessionTicket => {
                with_header(4, &[0, 1, 0x51, 0x80, 0, 0, 0, 0, 1, 0, 0, 1, 7, 0, 0])
            }
            HandshakeMessage::KeyUpdate(request_update) => with_header(24, &[*request_update]),
            HandshakeMessage::Other(handshake_type, body) => with_header(*handshake_type, body),
            HandshakeMessage::Bytes(bytes) => bytes.clone(),
            HandshakeMessage::Corrupt(message) => corrupt(self.encode(message)),
            HandshakeMessage::WrongLength(by, message) => with_wrong_length(self.encode(message), *by),
        }
    }

    fn certificate_verify(&self, signature: Signature) -> Vec<u8> {
        let key = match signature {
            Signature::OtherKey => SigningKey::from_slice(&[0x77; 32]).expect("a small number is a key"),
            _ => SigningKey::from_pkcs8_der(&self.server.key).expect("the leaf's key is a P-256 key"),
        };
        let mut hash = Sha256::digest(&self.transcript);
        if signature == Signature::OtherTranscript {
            hash = Sha256::digest(hash);
        }
        let content = [&[b' '; 64], &b"TLS 1.3, server CertificateVerify\0"[..], &hash].concat();
        let signed: DerSignature = key.sign(&content);
        let scheme: u16 = if let Signature::WithScheme(scheme) = signature { scheme } else { 0x0403 };
        [&scheme.to_be_bytes()[..], &vector(2, signed.as_bytes())].concat()
    }
}

/// Prepends the handshake header: type and length.
pub fn with_header(handshake_type: u8, body: &[u8]) -> Vec<u8> {
    [&[handshake_type][..], &vector(3, body)].concat()
}

/// Prepends a length field of this many bytes.
pub(super) fn vector(width: usize, content: &[u8]) -> Vec<u8> {
    let len = content.len().to_be_bytes();
    let (zeros, len) = len.split_at(len.len() - width);
    assert!(zeros.iter().all(|byte| *byte == 0), "{} bytes do not fit the length field", content.len());
    [len, content].concat()
}

fn certificates(chain: &[Vec<u8>]) -> Vec<u8> {
    let entry = |certificate: &Vec<u8>| [&vector(3, certificate)[..], &[0, 0]].concat();
    let entries: Vec<u8> = chain.iter().flat_map(entry).collect();
    [&[0], &vector(3, &entries)[..]].concat()
}

pub(super) fn corrupt(mut bytes: Vec<u8>) -> Vec<u8> {
    if let Some(last) = bytes.last_mut() {
        *last ^= 1;
    }
    bytes
}

/// The length is in the last three bytes of the header.
fn with_wrong_length(mut message: Vec<u8>, by: i32) -> Vec<u8> {
    if let Some(header) = message.first_chunk_mut::<4>() {
        let changed = u32::from_be_bytes(*header).checked_add_signed(by);
        *header = changed.expect("a length is not negative").to_be_bytes();
    }
    message
}

pub(crate) const KEY_SHARE: u16 = 51;
const SUPPORTED_VERSIONS: u16 = 43;
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

    fn encode(&self, client_session_id: &[u8]) -> Vec<u8> {
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

fn secret() -> SecretKey {
    SecretKey::from_slice(&[0x3c; 32]).expect("a small number is a key")
}

fn extension((extension_type, content): &(u16, Vec<u8>)) -> Vec<u8> {
    [&extension_type.to_be_bytes()[..], &vector(2, content)].concat()
}
