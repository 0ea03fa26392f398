//! Encodes the server's messages, and derives the keys from the transcript.

use super::{
    keys::{KeySchedule, TrafficKeys},
    message::{HandshakeMessage, Signature, len24, with_header},
    server_hello,
};
use crate::client_hello::ClientHello;
use p256::{
    PublicKey,
    ecdh::diffie_hellman,
    ecdsa::{DerSignature, SigningKey, signature::Signer},
};
use sha2_tls::{Digest, Sha256};

/// The server's certificate chain and private key.
pub(super) struct ServerIdentity {
    pub(super) chain: Vec<Vec<u8>>,
    pub(super) key: SigningKey,
}

pub(super) struct Flight<'a> {
    server: &'a ServerIdentity,
    session_id: Vec<u8>,
    client_share: PublicKey,
    transcript: Vec<u8>,
    schedule: Option<KeySchedule>,
    finished: bool,
}

/// New keys for the server's records and, if they change too, for the client's records.
pub(super) struct NewKeys {
    pub(super) write: TrafficKeys,
    pub(super) read: Option<TrafficKeys>,
}

impl<'a> Flight<'a> {
    /// Returns `None` if the message is not a ClientHello, or has no valid key share for P-256.
    pub(super) fn new(server: &'a ServerIdentity, client_hello: Vec<u8>) -> Option<Self> {
        let client = ClientHello::parse(&client_hello)?;
        Some(Self {
            server,
            client_share: PublicKey::from_sec1_bytes(&client.share).ok()?,
            session_id: client.session_id,
            transcript: client_hello,
            schedule: None,
            finished: false,
        })
    }

    /// Encodes the message and adds it to the transcript. Also returns new keys if the message changes the
    /// keys.
    pub(super) fn encode_next(
        &mut self,
        message: &HandshakeMessage,
        keys: Option<&TrafficKeys>,
    ) -> (Vec<u8>, Option<NewKeys>) {
        let bytes = self.encode(message);
        if !matches!(message, HandshakeMessage::Bytes(_)) {
            self.transcript.extend(&bytes);
        }
        let new_keys = match message.intended() {
            HandshakeMessage::ServerHello(_) if self.schedule.is_none() => Some(self.exchange_keys()),
            HandshakeMessage::Finished if !self.finished => self.finish(),
            HandshakeMessage::KeyUpdate(_) => keys.map(|keys| NewKeys { write: keys.updated(), read: None }),
            _ => None,
        };
        (bytes, new_keys)
    }

    fn exchange_keys(&mut self) -> NewKeys {
        let shared =
            diffie_hellman(server_hello::secret().to_nonzero_scalar(), self.client_share.as_affine());
        let schedule = KeySchedule::new(shared.raw_secret_bytes(), &self.transcript);
        let (write, read) = (TrafficKeys::new(schedule.server), Some(TrafficKeys::new(schedule.client)));
        self.schedule = Some(schedule);
        NewKeys { write, read }
    }

    fn finish(&mut self) -> Option<NewKeys> {
        self.finished = true;
        let [client, server] = self.schedule.as_ref()?.application(&self.transcript);
        Some(NewKeys { write: TrafficKeys::new(server), read: Some(TrafficKeys::new(client)) })
    }

    fn encode(&self, message: &HandshakeMessage) -> Vec<u8> {
        match message {
            HandshakeMessage::ServerHello(hello) => with_header(2, &hello.encode(&self.session_id)),
            HandshakeMessage::EncryptedExtensions => with_header(8, &[0, 0]),
            // The context is empty. The extension signature_algorithms contains ecdsa_secp256r1_sha256.
            HandshakeMessage::CertificateRequest => with_header(13, &[0, 0, 8, 0, 13, 0, 4, 0, 2, 4, 3]),
            HandshakeMessage::Certificate => with_header(11, &certificates(&self.server.chain)),
            HandshakeMessage::EmptyCertificate => with_header(11, &certificates(&[])),
            HandshakeMessage::CertificateVerify(signature) => {
                with_header(15, &self.certificate_verify(*signature))
            }
            HandshakeMessage::Finished => {
                let verify_data = self.schedule.as_ref().map(|it| it.finished(&self.transcript));
                with_header(20, &verify_data.unwrap_or_default())
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
        let other = SigningKey::from_slice(&[0x77; 32]).expect("a small number is a key");
        let key = if signature == Signature::OtherKey { &other } else { &self.server.key };
        let mut hash = Sha256::digest(&self.transcript);
        if signature == Signature::OtherTranscript {
            hash = Sha256::digest(hash);
        }
        let content = [&[b' '; 64], &b"TLS 1.3, server CertificateVerify\0"[..], &hash].concat();
        let signed: DerSignature = key.sign(&content);
        let scheme: u16 = if let Signature::WithScheme(scheme) = signature { scheme } else { 0x0403 };
        let len = u16::try_from(signed.as_bytes().len()).expect("a signature is short");
        [&scheme.to_be_bytes()[..], &len.to_be_bytes(), signed.as_bytes()].concat()
    }
}

fn certificates(chain: &[Vec<u8>]) -> Vec<u8> {
    let entry = |certificate: &Vec<u8>| [&len24(certificate.len())[..], certificate, &[0, 0]].concat();
    let entries: Vec<u8> = chain.iter().flat_map(entry).collect();
    [&[0], &len24(entries.len())[..], &entries].concat()
}

pub(super) fn corrupt(mut bytes: Vec<u8>) -> Vec<u8> {
    if let Some(last) = bytes.last_mut() {
        *last ^= 1;
    }
    bytes
}

fn with_wrong_length(mut bytes: Vec<u8>, by: i32) -> Vec<u8> {
    if let Some([_, len @ ..]) = bytes.first_chunk_mut::<4>() {
        let [a, b, c] = *len;
        let declared = u32::from_be_bytes([0, a, b, c]).checked_add_signed(by);
        *len = len24(declared.and_then(|len| usize::try_from(len).ok()).expect("a length is not negative"));
    }
    bytes
}
