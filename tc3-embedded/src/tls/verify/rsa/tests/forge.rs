//! Makes valid signatures and signatures of malformed encoded messages.

use rsa::hazmat::rsa_decrypt;
use rsa::pkcs1::EncodeRsaPublicKey;
use rsa::pkcs8::DecodePrivateKey;
use rsa::rand_core::CryptoRngCore;
use rsa::traits::{PrivateKeyParts, PublicKeyParts};
use rsa::{BigUint, RsaPrivateKey, RsaPublicKey};
use std::vec;
use std::vec::Vec;

/// A private key that signs any encoded message.
pub(super) struct Signer(RsaPrivateKey);

/// The key in the file `tests/keys/NAME.pem`.
macro_rules! signer {
    ($name:literal) => {
        $crate::tls::verify::rsa::tests::forge::Signer::from_pem(include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/keys/",
            $name,
            ".pem"
        )))
    };
}
pub(super) use signer;

impl Signer {
    pub(super) fn from_pem(pem: &str) -> Self {
        Self(RsaPrivateKey::from_pkcs8_pem(pem).unwrap())
    }

    pub(super) fn with_exponent(&self, exponent: u64) -> Self {
        let [p, q] = self.0.primes() else { panic!("a key of two primes") };
        Self(RsaPrivateKey::from_p_q(p.clone(), q.clone(), exponent.into()).unwrap())
    }

    pub(super) fn modulus(&self) -> &BigUint {
        self.0.n()
    }

    pub(super) fn exponent(&self) -> &BigUint {
        self.0.e()
    }

    /// `None` if the encoded message is not less than the modulus.
    pub(super) fn sign(&self, encoded: &[u8]) -> Option<Vec<u8>> {
        let none = None::<&mut dyn CryptoRngCore>;
        let signature = rsa_decrypt(none, &self.0, &BigUint::from_bytes_be(encoded)).ok()?;
        Some(big_endian(&signature, self.0.size()))
    }
}

pub(super) fn public_key(modulus: &BigUint, exponent: &BigUint) -> Vec<u8> {
    let key = RsaPublicKey::new_unchecked(modulus.clone(), exponent.clone());
    key.to_pkcs1_der().unwrap().into_vec()
}

pub(super) fn big_endian(number: &BigUint, len: usize) -> Vec<u8> {
    let digits = number.to_bytes_be();
    [vec![0; len.checked_sub(digits.len()).unwrap()], digits].concat()
}

/// A message and the parameters of its encoding. The methods encode it, or parts of it.
pub(super) struct MessageToEncode {
    pub(super) hash: fn(&[u8]) -> Vec<u8>,
    /// The bytes of the DigestInfo before the hash.
    pub(super) prefix: [u8; 19],
    pub(super) message: Vec<u8>,
    /// Random bytes, at least as many as the hash has. The first are the salt, the others are noise.
    pub(super) salt: Vec<u8>,
    /// Length of the modulus in bytes.
    pub(super) len: usize,
}

/// The name of a defect, and a function that encodes a message with that defect. The first entry of each
/// list has no defect.
pub(super) type Encoding = (&'static str, fn(&MessageToEncode) -> Vec<u8>);

pub(super) const PKCS1: &[Encoding] = &[
    ("nothing", |it| it.padded(&it.info())),
    ("block type 0", |it| with(it.padded(&it.info()), 1, 0)),
    ("block type 2", |it| with(it.padded(&it.info()), 1, 2)),
    ("first byte not zero", |it| with(it.padded(&it.info()), 0, 1)),
    ("zero in the padding", |it| with(it.padded(&it.info()), 2 + it.noise(160), 0)),
    ("other byte in the padding", |it| with(it.padded(&it.info()), 2 + it.noise(160), 0xfe)),
    ("no zero after the padding", |it| with(it.padded(&it.info()), it.len - it.info().len() - 1, 0xff)),
    ("no padding, noise after the hash", |it| it.left_aligned(0, &it.info())),
    ("short padding, noise after the hash", |it| it.left_aligned(8, &it.info())),
    ("short padding, noise before the DigestInfo", |it| {
        let mut encoded = it.left_aligned(8, &[]);
        let start = it.len - it.info().len();
        encoded[start..].copy_from_slice(&it.info());
        encoded
    }),
    ("one byte after the hash", |it| it.padded(&[it.info(), vec![0]].concat())),
    ("hash without its last byte", |it| it.padded(&it.info()[..it.info().len() - 1])),
    ("hash without its DigestInfo", |it| it.padded(&it.hashed())),
    ("DigestInfo without NULL", |it| it.padded(&it.info_with(&[]))),
    ("noise within NULL", |it| it.padded(&it.info_with(&[&[5, 20], &it.salt[..20]].concat()))),
    ("NULL twice", |it| it.padded(&it.info_with(&[5, 0, 5, 0]))),
    ("length not in its shortest form", |it| it.padded(&[&[0x30, 0x81], &it.info()[1..]].concat())),
    ("OID of another hash", |it| {
        let mut info = it.info();
        info[14] ^= 7;
        it.padded(&info)
    }),
    ("hash of the hash", |it| it.padded(&[&it.prefix[..], &(it.hash)(&it.hashed())].concat())),
    ("zero", |it| vec![0; it.len]),
    ("PSS instead", MessageToEncode::valid_pss),
];

pub(super) const PSS: &[Encoding] = &[
    ("nothing", MessageToEncode::valid_pss),
    ("no salt", |it| it.seal(it.db(&[]), &it.h(8, &[]))),
    ("one byte of salt", |it| it.salted(1)),
    ("salt one byte short", |it| it.salted(it.salt().len() - 1)),
    ("salt one byte long", |it| it.salted(it.salt().len() + 1)),
    ("the longest salt that fits", |it| it.salted(it.len - it.salt().len() - 2)),
    ("another trailer", |it| with(it.valid_pss(), it.len - 1, 0xcc)),
    ("trailer with a flipped bit", |it| with(it.valid_pss(), it.len - 1, 0xbd)),
    ("leftmost bit set", |it| with(it.valid_pss(), 0, it.valid_pss()[0] | 0x80)),
    ("padding does not start with zero", |it| it.seal(with(it.db(it.salt()), 0, 0x40), &it.h(8, it.salt()))),
    ("nonzero byte in the padding", |it| {
        it.seal(with(it.db(it.salt()), 1 + it.noise(100), 1), &it.h(8, it.salt()))
    }),
    ("0x01 twice", |it| it.seal(with(it.db(it.salt()), it.one_index() - 1, 1), &it.h(8, it.salt()))),
    ("no 0x01", |it| it.seal(with(it.db(it.salt()), it.one_index(), 0), &it.h(8, it.salt()))),
    ("0x02 for 0x01", |it| it.seal(with(it.db(it.salt()), it.one_index(), 2), &it.h(8, it.salt()))),
    ("hash over seven zeros", |it| it.seal(it.db(it.salt()), &it.h(7, it.salt()))),
    ("hash over no salt", |it| it.seal(it.db(it.salt()), &it.h(8, &[]))),
    ("hash over another salt", |it| it.seal(it.db(it.salt()), &it.h(8, &it.hashed()))),
    ("hash of the message only", |it| it.seal(it.db(it.salt()), &it.hashed())),
    ("no mask", |it| [it.db(it.salt()), it.h(8, it.salt()), vec![0xbc]].concat()),
    ("zero", |it| vec![0; it.len]),
    ("PKCS#1 v1.5 instead", |it| it.padded(&it.info())),
];

impl MessageToEncode {
    fn hashed(&self) -> Vec<u8> {
        (self.hash)(&self.message)
    }

    fn noise(&self, below: usize) -> usize {
        usize::from(self.salt[self.salt.len() - 1]) % below
    }

    fn info(&self) -> Vec<u8> {
        self.info_with(&[5, 0])
    }

    fn info_with(&self, parameters: &[u8]) -> Vec<u8> {
        let algorithm = sequence(&[&self.prefix[4..15], parameters].concat());
        sequence(&[&algorithm, &self.prefix[17..], &self.hashed()].concat())
    }

    fn padded(&self, end: &[u8]) -> Vec<u8> {
        [&[0, 1], &vec![0xff; self.len - end.len() - 3][..], &[0], end].concat()
    }

    fn left_aligned(&self, padding: usize, end: &[u8]) -> Vec<u8> {
        let mut encoded = [&[0, 1], &vec![0xff; padding][..], &[0], end].concat();
        let noise = self.salt.iter().cycle().take(self.len - encoded.len());
        encoded.extend(noise);
        encoded
    }

    fn salt(&self) -> &[u8] {
        &self.salt[..self.hashed().len()]
    }

    fn salted(&self, len: usize) -> Vec<u8> {
        let salt = self.salt.iter().cycle().take(len).copied().collect::<Vec<_>>();
        self.seal(self.db(&salt), &self.h(8, &salt))
    }

    fn valid_pss(&self) -> Vec<u8> {
        self.salted(self.salt().len())
    }

    fn h(&self, zeros: usize, salt: &[u8]) -> Vec<u8> {
        (self.hash)(&[&vec![0; zeros], &self.hashed()[..], salt].concat())
    }

    fn db(&self, salt: &[u8]) -> Vec<u8> {
        let zeros = self.len - self.hashed().len() - salt.len() - 2;
        [&vec![0; zeros], &[1][..], salt].concat()
    }

    /// The index of 0x01 in a valid data block.
    fn one_index(&self) -> usize {
        self.len - 2 * self.hashed().len() - 2
    }

    fn seal(&self, mut block: Vec<u8>, h: &[u8]) -> Vec<u8> {
        let blocks = (0_u32..).map(|counter| (self.hash)(&[h, &counter.to_be_bytes()].concat()));
        for (byte, mask) in block.iter_mut().zip(blocks.flatten()) {
            *byte ^= mask;
        }
        block[0] &= 0x7f;
        [&block, h, &[0xbc]].concat()
    }
}

fn sequence(contents: &[u8]) -> Vec<u8> {
    [&[0x30, u8::try_from(contents.len()).unwrap()], contents].concat()
}

fn with(mut bytes: Vec<u8>, at: usize, byte: u8) -> Vec<u8> {
    bytes[at] = byte;
    bytes
}
