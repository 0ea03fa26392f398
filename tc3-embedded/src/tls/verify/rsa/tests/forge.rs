//! Signatures as no honest signer makes them, and some as one does.

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

/// The key in the file of this name.
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

    /// Nothing, if the encoded message is not below the modulus.
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

/// What an encoded message is made of.
pub(super) struct Draft {
    pub(super) hash: fn(&[u8]) -> Vec<u8>,
    /// Of the DigestInfo.
    pub(super) prefix: [u8; 19],
    pub(super) message: Vec<u8>,
    /// At least as long as the hash. What is behind that serves as noise.
    pub(super) salt: Vec<u8>,
    /// Bytes of the modulus.
    pub(super) len: usize,
}

/// What is done to the message, and how it is encoded then. The first one is as it should be.
pub(super) type Encoding = (&'static str, fn(&Draft) -> Vec<u8>);

pub(super) const PKCS1: &[Encoding] = &[
    ("nothing", |it| it.padded(&it.info())),
    ("block type 0", |it| with(it.padded(&it.info()), 1, 0)),
    ("block type 2", |it| with(it.padded(&it.info()), 1, 2)),
    ("first byte not zero", |it| with(it.padded(&it.info()), 0, 1)),
    ("zero in the padding", |it| with(it.padded(&it.info()), 2 + it.noise(160), 0)),
    ("other byte in the padding", |it| with(it.padded(&it.info()), 2 + it.noise(160), 0xfe)),
    ("no zero behind the padding", |it| with(it.padded(&it.info()), it.len - it.info().len() - 1, 0xff)),
    ("no padding, noise behind the hash", |it| it.left(0, &it.info())),
    ("short padding, noise behind the hash", |it| it.left(8, &it.info())),
    ("short padding, noise before the info", |it| {
        let mut encoded = it.left(8, &[]);
        let start = it.len - it.info().len();
        encoded[start..].copy_from_slice(&it.info());
        encoded
    }),
    ("one byte behind the hash", |it| it.padded(&[it.info(), vec![0]].concat())),
    ("hash without its last byte", |it| it.padded(&it.info()[..it.info().len() - 1])),
    ("hash without its info", |it| it.padded(&it.hashed())),
    ("info without NULL", |it| it.padded(&it.info_with(&[]))),
    ("noise within NULL", |it| it.padded(&it.info_with(&[&[5, 20], &it.salt[..20]].concat()))),
    ("NULL twice", |it| it.padded(&it.info_with(&[5, 0, 5, 0]))),
    ("length not in its shortest form", |it| it.padded(&[&[0x30, 0x81], &it.info()[1..]].concat())),
    ("another hash's name", |it| {
        let mut info = it.info();
        info[14] ^= 7;
        it.padded(&info)
    }),
    ("hash of the hash", |it| it.padded(&[&it.prefix[..], &(it.hash)(&it.hashed())].concat())),
    ("zero", |it| vec![0; it.len]),
    ("PSS instead", Draft::good),
];

pub(super) const PSS: &[Encoding] = &[
    ("nothing", Draft::good),
    ("no salt", |it| it.seal(it.block(&[]), &it.whole(8, &[]))),
    ("one byte of salt", |it| it.salted(1)),
    ("salt one byte short", |it| it.salted(it.salt().len() - 1)),
    ("salt one byte long", |it| it.salted(it.salt().len() + 1)),
    ("as much salt as there is room for", |it| it.salted(it.len - it.salt().len() - 2)),
    ("trailer of another kind", |it| with(it.good(), it.len - 1, 0xcc)),
    ("trailer with another bit", |it| with(it.good(), it.len - 1, 0xbd)),
    ("leftmost bit", |it| with(it.good(), 0, it.good()[0] | 0x80)),
    ("not zero at the start", |it| it.seal(with(it.block(it.salt()), 0, 0x40), &it.whole(8, it.salt()))),
    ("not zero on the way", |it| {
        it.seal(with(it.block(it.salt()), 1 + it.noise(100), 1), &it.whole(8, it.salt()))
    }),
    ("0x01 twice", |it| it.seal(with(it.block(it.salt()), it.mark() - 1, 1), &it.whole(8, it.salt()))),
    ("no 0x01", |it| it.seal(with(it.block(it.salt()), it.mark(), 0), &it.whole(8, it.salt()))),
    ("0x02 for 0x01", |it| it.seal(with(it.block(it.salt()), it.mark(), 2), &it.whole(8, it.salt()))),
    ("hash of seven zeros", |it| it.seal(it.block(it.salt()), &it.whole(7, it.salt()))),
    ("hash without the salt", |it| it.seal(it.block(it.salt()), &it.whole(8, &[]))),
    ("hash of another salt", |it| it.seal(it.block(it.salt()), &it.whole(8, &it.hashed()))),
    ("hash without its zeros, message and salt", |it| it.seal(it.block(it.salt()), &it.hashed())),
    ("no mask", |it| [it.block(it.salt()), it.whole(8, it.salt()), vec![0xbc]].concat()),
    ("zero", |it| vec![0; it.len]),
    ("PKCS#1 v1.5 instead", |it| it.padded(&it.info())),
];

impl Draft {
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

    fn left(&self, padding: usize, end: &[u8]) -> Vec<u8> {
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
        self.seal(self.block(&salt), &self.whole(8, &salt))
    }

    fn good(&self) -> Vec<u8> {
        self.salted(self.salt().len())
    }

    fn whole(&self, zeros: usize, salt: &[u8]) -> Vec<u8> {
        (self.hash)(&[&vec![0; zeros], &self.hashed()[..], salt].concat())
    }

    fn block(&self, salt: &[u8]) -> Vec<u8> {
        let zeros = self.len - self.hashed().len() - salt.len() - 2;
        [&vec![0; zeros], &[1][..], salt].concat()
    }

    /// Where a good block has its 0x01.
    fn mark(&self) -> usize {
        self.len - 2 * self.hashed().len() - 2
    }

    fn seal(&self, mut block: Vec<u8>, whole: &[u8]) -> Vec<u8> {
        let blocks = (0_u32..).map(|counter| (self.hash)(&[whole, &counter.to_be_bytes()].concat()));
        for (byte, mask) in block.iter_mut().zip(blocks.flatten()) {
            *byte ^= mask;
        }
        block[0] &= 0x7f;
        [&block, whole, &[0xbc]].concat()
    }
}

fn sequence(contents: &[u8]) -> Vec<u8> {
    [&[0x30, u8::try_from(contents.len()).unwrap()], contents].concat()
}

fn with(mut bytes: Vec<u8>, at: usize, byte: u8) -> Vec<u8> {
    bytes[at] = byte;
    bytes
}
