//! What the server has said, and which keys follow from it.

use super::{
    client::ClientHello,
    hello,
    keys::{Keys, Schedule},
    message::{Message, Proof, framed, len24},
};
use p256::{
    ecdh::diffie_hellman,
    ecdsa::{DerSignature, SigningKey, signature::Signer},
};
use sha2_tls::{Digest, Sha256};

/// Who the server is.
pub(super) struct Actor {
    pub(super) chain: Vec<Vec<u8>>,
    pub(super) key: SigningKey,
}

pub(super) struct Flight<'a> {
    actor: &'a Actor,
    client: ClientHello,
    transcript: Vec<u8>,
    schedule: Option<Schedule>,
    finished: bool,
}

/// New keys, for the server to write with, and for the client's records to be tried with.
pub(super) struct Turn {
    pub(super) write: Keys,
    pub(super) read: Option<Keys>,
}

impl<'a> Flight<'a> {
    pub(super) fn new(actor: &'a Actor, client_hello: Vec<u8>) -> Option<Self> {
        let client = ClientHello::parse(&client_hello)?;
        Some(Self { actor, client, transcript: client_hello, schedule: None, finished: false })
    }

    /// The bytes of this message, and the keys that it leads to.
    pub(super) fn say(&mut self, message: &Message, keys: Option<&Keys>) -> (Vec<u8>, Option<Turn>) {
        let bytes = self.encode(message);
        if !matches!(message, Message::Bytes(_)) {
            self.transcript.extend(&bytes);
        }
        let turn = match message.meant() {
            Message::ServerHello(_) if self.schedule.is_none() => Some(self.exchange()),
            Message::Finished if !self.finished => self.finish(),
            Message::KeyUpdate(_) => keys.map(|keys| Turn { write: keys.updated(), read: None }),
            _ => None,
        };
        (bytes, turn)
    }

    fn exchange(&mut self) -> Turn {
        let shared = diffie_hellman(hello::secret().to_nonzero_scalar(), self.client.share.as_affine());
        let schedule = Schedule::new(shared.raw_secret_bytes(), &self.transcript);
        let (write, read) = (Keys::new(schedule.server), Some(Keys::new(schedule.client)));
        self.schedule = Some(schedule);
        Turn { write, read }
    }

    fn finish(&mut self) -> Option<Turn> {
        self.finished = true;
        let [client, server] = self.schedule.as_ref()?.application(&self.transcript);
        Some(Turn { write: Keys::new(server), read: Some(Keys::new(client)) })
    }

    fn encode(&self, message: &Message) -> Vec<u8> {
        match message {
            Message::ServerHello(hello) => framed(2, &hello.encode(&self.client.session_id)),
            Message::EncryptedExtensions => framed(8, &[0, 0]),
            // No context; signature_algorithms: ecdsa_secp256r1_sha256.
            Message::CertificateRequest => framed(13, &[0, 0, 8, 0, 13, 0, 4, 0, 2, 4, 3]),
            Message::Certificate => framed(11, &certificates(&self.actor.chain)),
            Message::EmptyCertificate => framed(11, &certificates(&[])),
            Message::CertificateVerify(proof) => framed(15, &self.prove(*proof)),
            Message::Finished => {
                let proof = self.schedule.as_ref().map(|it| it.finished(&self.transcript));
                framed(20, &proof.unwrap_or_default())
            }
            // A day's lifetime, an age of zero, a nonce and a ticket of a byte each, no extensions.
            Message::NewSessionTicket => framed(4, &[0, 1, 0x51, 0x80, 0, 0, 0, 0, 1, 0, 0, 1, 7, 0, 0]),
            Message::KeyUpdate(wanted) => framed(24, &[*wanted]),
            Message::Other(kind, body) => framed(*kind, body),
            Message::Bytes(bytes) => bytes.clone(),
            Message::Corrupt(message) => corrupt(self.encode(message)),
            Message::Misstated(by, message) => misstated(self.encode(message), *by),
        }
    }

    fn prove(&self, proof: Proof) -> Vec<u8> {
        let other = SigningKey::from_slice(&[0x77; 32]).expect("a small number is a key");
        let key = if proof == Proof::ByAnotherKey { &other } else { &self.actor.key };
        let mut hash = Sha256::digest(&self.transcript);
        if proof == Proof::OfAnotherHandshake {
            hash = Sha256::digest(hash);
        }
        let content = [&[b' '; 64], &b"TLS 1.3, server CertificateVerify\0"[..], &hash].concat();
        let signature: DerSignature = key.sign(&content);
        let scheme: u16 = if let Proof::Called(scheme) = proof { scheme } else { 0x0403 };
        let len = u16::try_from(signature.as_bytes().len()).expect("a signature is short");
        [&scheme.to_be_bytes()[..], &len.to_be_bytes(), signature.as_bytes()].concat()
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

fn misstated(mut bytes: Vec<u8>, by: i32) -> Vec<u8> {
    if let Some([_, len @ ..]) = bytes.first_chunk_mut::<4>() {
        let [a, b, c] = *len;
        let declared = u32::from_be_bytes([0, a, b, c]).checked_add_signed(by);
        *len = len24(declared.and_then(|len| usize::try_from(len).ok()).expect("a length is not negative"));
    }
    bytes
}
