//! The key schedule and record protection of TLS 1.3 (RFC 8446 sections 5.2 and 7).

use super::content_type::APPLICATION;
use aes_gcm::{AeadInPlace, Aes128Gcm, KeyInit};
use hkdf::{
    Hkdf,
    hmac::{Hmac, Mac},
};
use sha2_tls::{Digest, Sha256};

type Secret = [u8; 32];

/// The secrets derived from the key exchange.
pub(super) struct KeySchedule {
    handshake: Secret,
    client: Secret,
    server: Secret,
}

/// The keys for the server's records, and those for the client's.
pub type Keys = [TrafficKeys; 2];

impl KeySchedule {
    /// `transcript` ends with the ServerHello.
    pub(super) fn new(shared: &[u8], transcript: &[u8]) -> Self {
        let early = extract(&[0; 32], &[0; 32]);
        let handshake = extract(&derive(&early, b"derived", b""), shared);
        Self {
            client: derive(&handshake, b"c hs traffic", transcript),
            server: derive(&handshake, b"s hs traffic", transcript),
            handshake,
        }
    }

    pub(super) fn handshake(&self) -> Keys {
        [TrafficKeys::new(&self.server), TrafficKeys::new(&self.client)]
    }

    /// `transcript` ends with the server's Finished.
    pub(super) fn application(&self, transcript: &[u8]) -> Keys {
        let master = extract(&derive(&self.handshake, b"derived", b""), &[0; 32]);
        [b"s ap traffic", b"c ap traffic"].map(|label| TrafficKeys::new(&derive(&master, label, transcript)))
    }

    /// The verify_data of the server's Finished.
    pub(super) fn finished(&self, transcript: &[u8]) -> Secret {
        let key: Secret = expand(&self.server, b"finished", b"");
        let mac = <Hmac<Sha256> as Mac>::new_from_slice(&key).expect("an HMAC key may have any length");
        mac.chain_update(Sha256::digest(transcript)).finalize().into_bytes().into()
    }
}

fn extract(salt: &Secret, secret: &[u8]) -> Secret {
    Hkdf::<Sha256>::extract(Some(salt), secret).0.into()
}

fn derive(secret: &Secret, label: &[u8], messages: &[u8]) -> Secret {
    expand(secret, label, &Sha256::digest(messages))
}

fn expand<const N: usize>(secret: &Secret, label: &[u8], context: &[u8]) -> [u8; N] {
    let short = |len: usize| u8::try_from(len).expect("labels, contexts and keys are short");
    let lengths = [0, short(N), short(6 + label.len())];
    let info = [&lengths[..], b"tls13 ", label, &[short(context.len())], context];
    let mut out = [0; N];
    let key = Hkdf::<Sha256>::from_prk(secret).expect("a secret is as long as a hash");
    key.expand_multi_info(&info, &mut out).expect("a key is shorter than 255 hashes");
    out
}

/// The traffic keys of one direction.
#[derive(Clone)]
pub struct TrafficKeys {
    cipher: Aes128Gcm,
    iv: [u8; 12],
    sequence_number: u64,
}

impl TrafficKeys {
    fn new(secret: &Secret) -> Self {
        let key: [u8; 16] = expand(secret, b"key", b"");
        Self { cipher: Aes128Gcm::new(&key.into()), iv: expand(secret, b"iv", b""), sequence_number: 0 }
    }

    /// The next record. The plaintext ends with its content type and padding.
    pub fn protect(&mut self, mut plaintext: Vec<u8>) -> Vec<u8> {
        let header = header(APPLICATION, plaintext.len() + 16);
        let tag = self.cipher.encrypt_in_place_detached(&self.nonce().into(), &header, &mut plaintext);
        self.sequence_number += 1;
        [&header[..], &plaintext, &tag.expect("a record is short")].concat()
    }

    /// Decrypts a record. Returns `None` if the record was encrypted with other keys.
    pub(super) fn decrypt(&mut self, header: &[u8; 5], encrypted: &[u8]) -> Option<Vec<u8>> {
        let (ciphertext, tag) = encrypted.split_at_checked(encrypted.len().checked_sub(16)?)?;
        let mut plaintext = ciphertext.to_vec();
        let nonce = self.nonce().into();
        self.cipher.decrypt_in_place_detached(&nonce, header, &mut plaintext, tag.into()).ok()?;
        self.sequence_number += 1;
        Some(plaintext)
    }

    fn nonce(&self) -> [u8; 12] {
        let mut nonce = self.iv;
        let number = u128::from(self.sequence_number).to_be_bytes();
        nonce.iter_mut().zip(number.iter().skip(4)).for_each(|(byte, number)| *byte ^= number);
        nonce
    }
}

/// The header of a record.
pub(super) fn header(content_type: u8, len: usize) -> [u8; 5] {
    let [high, low] = u16::try_from(len).expect("the length of a record has two bytes").to_be_bytes();
    [content_type, 3, 3, high, low]
}
