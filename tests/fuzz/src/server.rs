//! The server's side of a TLS 1.3 handshake (RFC 8446), and records protected with its keys.

use aes_gcm::{AeadInPlace, Aes128Gcm, KeyInit};
use hkdf::Hkdf;
use hkdf::hmac::{Hmac, Mac};
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use p256::elliptic_curve::sec1::ToEncodedPoint;
use p256::{PublicKey, SecretKey, ecdh};
use sha2_tls::{Digest, Sha256};

const LEAF: &[u8] = include_bytes!("../chains/ecdsa/leaf.der");
const INTERMEDIATE: &[u8] = include_bytes!("../chains/ecdsa/intermediate.der");
const KEY: &[u8; 32] = include_bytes!("../chains/ecdsa/key");

/// A valid server's answer to a ClientHello, and the secrets to protect other messages.
pub(crate) struct Server {
    /// The record with the ServerHello.
    pub(crate) server_hello: Vec<u8>,
    /// EncryptedExtensions, Certificate, CertificateVerify and Finished.
    pub(crate) flight: [Vec<u8>; 4],
    /// The server's handshake and application traffic secrets.
    pub(crate) secrets: [[u8; 32]; 2],
}

impl Server {
    pub(crate) fn answering(client_hello: &[u8]) -> Self {
        let secret = SecretKey::from_slice(&[0x3c; 32]).expect("a small number is a key");
        let share =
            client_hello.windows(4).position(|it| it == [0, 23, 0, 65]).expect("a key share for P-256") + 4;
        let share =
            PublicKey::from_sec1_bytes(&client_hello[share..share + 65]).expect("the key share is a point");
        let shared = ecdh::diffie_hellman(secret.to_nonzero_scalar(), share.as_affine());
        let point = secret.public_key().to_encoded_point(false);
        let extensions = [&[0, 43, 0, 2, 3, 4, 0, 51, 0, 69, 0, 23, 0, 65][..], point.as_bytes()].concat();
        let server_hello =
            handshake_message(2, &[&[3, 3][..], &[0x5a; 32], &[0, 0x13, 1, 0, 0, 79], &extensions].concat());

        let mut transcript = [client_hello, &server_hello].concat();
        let early = extract(&[0; 32], &[0; 32]);
        let handshake = extract(&derive(&early, b"derived", b""), shared.raw_secret_bytes());
        let server = derive(&handshake, b"s hs traffic", &transcript);
        let list: Vec<u8> =
            [LEAF, INTERMEDIATE].iter().flat_map(|it| [&len(it.len()), *it, &[0, 0]].concat()).collect();
        let (extensions, certificate) = (
            handshake_message(8, &[0, 0]),
            handshake_message(11, &[&[0], &len(list.len())[..], &list].concat()),
        );
        transcript.extend([&extensions[..], &certificate].concat());
        let verify = handshake_message(15, &certificate_verify(&transcript));
        transcript.extend(&verify);
        let key: [u8; 32] = expand(&server, b"finished", b"");
        let mac = <Hmac<Sha256> as Mac>::new_from_slice(&key).expect("an HMAC key may have any length");
        let finished =
            handshake_message(20, &mac.chain_update(Sha256::digest(&transcript)).finalize().into_bytes());
        transcript.extend(&finished);
        let master = extract(&derive(&handshake, b"derived", b""), &[0; 32]);
        let secrets = [server, derive(&master, b"s ap traffic", &transcript)];
        let server_hello = [&[22, 3, 3, 0, server_hello.len() as u8][..], &server_hello].concat();
        Self { server_hello, flight: [extensions, certificate, verify, finished], secrets }
    }
}

/// The body of CertificateVerify (section 4.4.3): scheme, length and signature.
fn certificate_verify(transcript: &[u8]) -> Vec<u8> {
    let context = b"TLS 1.3, server CertificateVerify\0";
    let content = [&[b' '; 64][..], context, &Sha256::digest(transcript)].concat();
    let signature: Signature = SigningKey::from_slice(KEY).expect("it is a key").sign(&content);
    let signature = signature.to_der();
    [&[4, 3, 0, signature.as_bytes().len() as u8][..], signature.as_bytes()].concat()
}

pub(crate) fn handshake_message(handshake_type: u8, body: &[u8]) -> Vec<u8> {
    [&[handshake_type], &len(body.len())[..], body].concat()
}

fn len(len: usize) -> [u8; 3] {
    [(len >> 16) as u8, (len >> 8) as u8, len as u8]
}

/// Protects these plaintexts, each with its content type and padding, as one record each.
pub(crate) fn protect(secret: &[u8; 32], contents: &[Vec<u8>]) -> Vec<u8> {
    let key: [u8; 16] = expand(secret, b"key", b"");
    let (cipher, iv) = (Aes128Gcm::new(&key.into()), expand::<12>(secret, b"iv", b""));
    let mut records = Vec::new();
    for (number, content) in contents.iter().enumerate() {
        let (mut nonce, mut content) = (iv, content.clone());
        nonce[11] ^= number as u8;
        let [high, low] = ((content.len() + 16) as u16).to_be_bytes();
        let header = [23, 3, 3, high, low];
        let tag = cipher.encrypt_in_place_detached(&nonce.into(), &header, &mut content);
        records.extend([&header[..], &content, &tag.expect("a record is short")].concat());
    }
    records
}

fn extract(salt: &[u8; 32], secret: &[u8]) -> [u8; 32] {
    Hkdf::<Sha256>::extract(Some(salt), secret).0.into()
}

fn derive(secret: &[u8; 32], label: &[u8], messages: &[u8]) -> [u8; 32] {
    expand(secret, label, &Sha256::digest(messages))
}

fn expand<const N: usize>(secret: &[u8; 32], label: &[u8], context: &[u8]) -> [u8; N] {
    let lengths = [0, N as u8, 6 + label.len() as u8];
    let info = [&lengths[..], b"tls13 ", label, &[context.len() as u8], context];
    let mut out = [0; N];
    let key = Hkdf::<Sha256>::from_prk(secret).expect("a secret is as long as a hash");
    key.expand_multi_info(&info, &mut out).expect("a key is short");
    out
}
