//! Whether the server is who it should be.
//!
//! Two proofs, both needed: the certificates lead to a root that is trusted and name the host, and
//! whoever is at the other end holds the key of the first certificate, for it signed this very
//! handshake. Nothing here names embedded-tls.

mod algorithm;
mod certificate;
mod chain;
mod der;
mod ecdsa;
#[cfg(fuzzing)]
pub(super) mod fuzzing;
mod handshake;
mod key_usage;
#[cfg(feature = "rsa")]
mod rsa;
mod untrusted;

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::unwrap_used, reason = "tests")]
mod random;
#[cfg(test)]
mod wycheproof;

pub use untrusted::Untrusted;

use heapless::Vec;
use rustls_pki_types::DnsName;
use sha2_tls::{Digest, Sha256};
use tc3_core::Timestamp;

use super::roots::Root;

/// Certificates in a chain, the server's own included. Public chains have two to four.
///
/// It bounds what a stranger can cost: three authorities of one name make 16 paths, each of which
/// takes a signature to refuse, and five would make 326; each on a path takes 700 bytes of stack.
pub const MAX_CERTIFICATES: usize = 4;

/// A public key of RSA-4096 takes 550 bytes.
const MAX_KEY: usize = 600;

/// The SHA-256 of a certificate's SubjectPublicKeyInfo in DER: a key that must be in the chain, on
/// top of everything else.
///
/// Every certificate that the server sent and that the path to the root goes over may bear it. A
/// server's own key changes with its certificate, yearly or sooner; have a second pin ready. To pin
/// a root, trust that root alone.
///
/// ```sh
/// openssl x509 -in certificate.pem -pubkey -noout | openssl pkey -pubin -outform der | sha256sum
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Pin(pub [u8; 32]);

impl Pin {
    fn of(key: &[u8]) -> Self {
        Self(Sha256::digest(key).into())
    }
}

/// The server that is to be talked to, and what it is judged by.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Server<'a> {
    pub(super) host: &'a str,
    roots: &'a [Root<'a>],
    now: Timestamp,
    pins: &'a [Pin],
}

impl<'a> Server<'a> {
    /// The server of this DNS name, at this time; its certificates must lead to one of the roots.
    ///
    /// The name is the one that is signed (`Host`), whichever address is dialled. Take the time from
    /// [`Client::now`](crate::client::Client::now) or [`clock::read`](crate::clock::read), which
    /// refuse a clock that is not set: certificates are judged by it, so each connection wants one of
    /// these made anew.
    pub const fn new(host: &'a str, roots: &'a [Root<'a>], now: Timestamp) -> Self {
        Self { host, roots, now, pins: &[] }
    }

    /// The host as certificates have it. An address is none.
    pub(super) fn name(&self) -> Result<DnsName<'a>, Untrusted> {
        DnsName::try_from(self.host).map_err(|_| Untrusted::NotAName)
    }

    /// Requires one of these keys in the chain besides.
    #[must_use]
    pub const fn pinned(self, pins: &'a [Pin]) -> Self {
        Self { pins, ..self }
    }
}

/// Takes the proofs as they come: the certificates first, then the signature, each once.
pub(super) struct Verifier<'a> {
    server: &'a Server<'a>,
    /// The SubjectPublicKeyInfo of the server, once its certificates are found good.
    key: Option<Vec<u8, MAX_KEY>>,
    proved: bool,
}

impl<'a> Verifier<'a> {
    pub(super) const fn new(server: &'a Server<'a>) -> Self {
        Self { server, key: None, proved: false }
    }

    /// Whether both proofs were given.
    pub(super) const fn verdict(&self) -> Result<(), Untrusted> {
        match (&self.key, self.proved) {
            (Some(_), true) => Ok(()),
            (Some(_), false) => Err(Untrusted::NoSignature),
            (None, _) => Err(Untrusted::NoCertificate),
        }
    }

    /// The server's certificates, its own first, in DER.
    pub(super) fn certificates<'c>(
        &mut self,
        certificates: impl IntoIterator<Item = &'c [u8]>,
    ) -> Result<(), Untrusted> {
        if self.key.is_some() {
            return Err(Untrusted::CertificatesTwice);
        }
        let mut chain = Vec::<&[u8], MAX_CERTIFICATES>::new();
        for certificate in certificates {
            let limit = MAX_CERTIFICATES;
            chain.push(certificate).map_err(|_| Untrusted::TooManyCertificates { limit })?;
        }
        let key = chain::verify(&chain, self.server)?;
        self.key = Some(Vec::from_slice(key).map_err(|_| Untrusted::KeyTooLong { length: key.len() })?);
        Ok(())
    }

    /// "A digital signature over the entire handshake", as far as it went, by the key of the
    /// server's certificate (RFC 8446 section 4.4.3). `transcript` is its hash.
    pub(super) fn signature(
        &mut self,
        scheme: u16,
        transcript: &[u8; 32],
        signature: &[u8],
    ) -> Result<(), Untrusted> {
        let key = self.key.as_deref().ok_or(Untrusted::NoCertificate)?;
        if self.proved {
            return Err(Untrusted::SignatureTwice);
        }
        let mut content = [b' '; 64 + 34 + 32];
        let (_, context) = content.split_at_mut(64);
        let text = b"TLS 1.3, server CertificateVerify\0".iter().chain(transcript);
        for (to, from) in context.iter_mut().zip(text) {
            *to = *from;
        }
        handshake::verify(scheme, key, &content, signature)?;
        self.proved = true;
        Ok(())
    }
}
