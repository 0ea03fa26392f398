//! The key schedule and record protection of TLS 1.3 (RFC 8446 sections 5.2 and 7).

use aes_gcm::{AeadInPlace, Aes128Gcm, KeyInit};
use hkdf::{
    Hkdf,
    hmac::{Hmac, Mac},
};
use sha2_tls::{Digest, Sha256};

pub(super) type Secret = [u8; 32];

/// The secrets derived from the key exchange.
pub(super) struct KeySchedule {
    handshake: Secret,
    pub(super) client: Secret,
    pub(super) server: Secret,
}

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

    /// The application traffic secrets of client and server. `transcript` ends with the server's Finished.
    pub(super) fn application(&self, transcript: &[u8]) -> [Secret; 2] {
        let master = extract(&derive(&self.handshake, b"derived", b""), &[0; 32]);
        [&b"c ap traffic"[..], b"s ap traffic"].map(|label| derive(&master, label, transcript))
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
    let info = [
        &[0, short(N), short(6 + label.len())],
        b"tls13 ".as_slice(),
        label,
        &[short(context.len())],
        context,
    ];
    let mut out = [0; N];
    let key = Hkdf::<Sha256>::from_prk(secret).expect("a secret is as long as a hash");
    key.expand_multi_info(&info, &mut out).expect("a key is shorter than 255 hashes");
    out
}

/// The traffic keys of one direction.
pub(super) struct TrafficKeys {
    secret: Secret,
    cipher: Aes128Gcm,
    iv: [u8; 12],
    sequence_number: u64,
}

impl TrafficKeys {
    pub(super) fn new(secret: Secret) -> Self {
        let key: [u8; 16] = expand(&secret, b"key", b"");
        Self {
            cipher: Aes128Gcm::new(&key.into()),
            iv: expand(&secret, b"iv", b""),
            secret,
            sequence_number: 0,
        }
    }

    /// The keys after a KeyUpdate.
    pub(super) fn updated(&self) -> Self {
        Self::new(expand(&self.secret, b"traffic upd", b""))
    }

    /// Encrypts a record's plaintext. Returns the ciphertext, followed by the tag.
    pub(super) fn encrypt(&mut self, header: &[u8; 5], mut plaintext: Vec<u8>) -> Vec<u8> {
        let nonce = self.nonce();
        let tag = self.cipher.encrypt_in_place_detached(&nonce.into(), header, &mut plaintext);
        plaintext.extend(tag.expect("a record is short"));
        self.sequence_number += 1;
        plaintext
    }

    /// Decrypts a record. Returns `None` if the record was encrypted with other keys.
    pub(super) fn decrypt(&mut self, header: &[u8; 5], encrypted: &[u8]) -> Option<Vec<u8>> {
        let (ciphertext, tag) = encrypted.split_at_checked(encrypted.len().checked_sub(16)?)?;
        let mut plaintext = ciphertext.to_vec();
        let nonce = self.nonce();
        self.cipher.decrypt_in_place_detached(&nonce.into(), header, &mut plaintext, tag.into()).ok()?;
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
