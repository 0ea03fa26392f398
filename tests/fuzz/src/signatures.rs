//! This crate accepts an RSA signature if and only if the crate `rsa` accepts it.
//!
//! No private key is needed. With the exponent 3 a modulus can be computed for a signature and any
//! encoded message: the signature's cube minus that message.

use reference::Source;
use rsa::pkcs1::{DecodeRsaPublicKey, EncodeRsaPublicKey};
use rsa::sha2::{Digest, Sha256, Sha384, Sha512};
use rsa::signature::Verifier;
use rsa::{BigUint, RsaPublicKey, pkcs1v15, pss};
use rustls_pki_types::{AlgorithmIdentifier, alg_id};
use tc3_embedded::tls::fuzzing;

struct Scheme {
    ours: AlgorithmIdentifier,
    theirs: fn(RsaPublicKey, &[u8], &[u8]) -> Option<()>,
    hash: fn(&[u8]) -> Vec<u8>,
    /// For PKCS#1 v1.5, the last byte of the hash function's OID.
    pkcs1: Option<u8>,
}

macro_rules! scheme {
    ($ours:ident, $theirs:ident, $hash:ident, $pkcs1:expr) => {
        Scheme {
            ours: alg_id::$ours,
            theirs: |key, message, signature| {
                let signature = $theirs::Signature::try_from(signature).ok()?;
                $theirs::VerifyingKey::<$hash>::new(key).verify(message, &signature).ok()
            },
            hash: |message| $hash::digest(message).to_vec(),
            pkcs1: $pkcs1,
        }
    };
}

const SCHEMES: [Scheme; 6] = [
    scheme!(RSA_PKCS1_SHA256, pkcs1v15, Sha256, Some(1)),
    scheme!(RSA_PKCS1_SHA384, pkcs1v15, Sha384, Some(2)),
    scheme!(RSA_PKCS1_SHA512, pkcs1v15, Sha512, Some(3)),
    scheme!(RSA_PSS_SHA256, pss, Sha256, None),
    scheme!(RSA_PSS_SHA384, pss, Sha384, None),
    scheme!(RSA_PSS_SHA512, pss, Sha512, None),
];

/// Length of the modulus in bytes.
const LEN: usize = 256;

/// A valid signature, or one with a changed encoding, key, message or signature.
pub(crate) fn check(data: &[u8]) {
    let mut source = Source::new(data);
    let scheme = &SCHEMES[source.below(SCHEMES.len())];
    let (mut message, salt) = (source.bytes().to_vec(), source.take(64).to_vec());
    let valid = scheme.encode(&message, &salt);
    let mut encoded = valid.clone();
    maybe_edit(&mut encoded, &mut source);
    // The encoded message is as long as the modulus, and the signature's cube has 2,048 bits.
    encoded.resize(LEN, 0xbc);
    let mut root = [&[6, 0x54], &[0x55; 83][..], &[!encoded[LEN - 1] & 1 | 0x54]].concat();
    root[2..34].copy_from_slice(&(Sha256::digest(&salt)));
    let number = BigUint::from_bytes_be(&root);
    let (cube, taken) = (&number * &number * &number, BigUint::from_bytes_be(&encoded));
    if cube < taken {
        return;
    }
    let modulus = cube - taken;
    if modulus.bits() != 8 * LEN {
        return;
    }
    let key =
        RsaPublicKey::new_unchecked(modulus, 3_u8.into()).to_pkcs1_der().expect("the key can be encoded");
    let mut key = key.as_bytes().to_vec();
    let mut signature = [vec![0; LEN - root.len()], root].concat();
    let before = (key.clone(), message.clone(), signature.clone());
    maybe_edit(&mut key, &mut source);
    maybe_edit(&mut message, &mut source);
    maybe_edit(&mut signature, &mut source);
    let expected = encoded == valid && before == (key.clone(), message.clone(), signature.clone());
    let ours = fuzzing::is_signed(&scheme.ours, &key, &message, &signature);
    let theirs = RsaPublicKey::from_pkcs1_der(&key).ok();
    let theirs = theirs.and_then(|key| (scheme.theirs)(key, &message, &signature)).is_some();
    assert_eq!([ours, theirs], [expected; 2]);
}

/// One in four times, changes one or two bytes.
fn maybe_edit(bytes: &mut Vec<u8>, source: &mut Source<'_>) {
    if source.one_in(4) {
        (0..=source.below(2)).for_each(|_| source.edit(bytes));
    }
}

impl Scheme {
    /// RFC 8017 sections 9.2 and 9.1.1, with a salt as long as the hash.
    fn encode(&self, message: &[u8], salt: &[u8]) -> Vec<u8> {
        let hash = (self.hash)(message);
        let len = hash.len();
        if let Some(name) = self.pkcs1 {
            let oid = b"\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02";
            let info = [&oid[..], &[name, 5, 0, 4, len as u8], &hash].concat();
            let info = [&[0x30, info.len() as u8], &info[..]].concat();
            return [&[0, 1][..], &vec![0xff; LEN - info.len() - 3], &[0], &info].concat();
        }
        let salt: Vec<u8> = salt.iter().copied().chain(0..).take(len).collect();
        let h = (self.hash)(&[&[0; 8][..], &hash, &salt].concat());
        let mut db = [&vec![0; LEN - 2 * len - 2][..], &[1], &salt].concat();
        let masks = (0_u32..).flat_map(|counter| (self.hash)(&[&h[..], &counter.to_be_bytes()].concat()));
        db.iter_mut().zip(masks).for_each(|(byte, mask)| *byte ^= mask);
        db[0] &= 0x7f;
        [&db[..], &h, &[0xbc]].concat()
    }
}
