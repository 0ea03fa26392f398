//! Authenticates the server.
//!
//! Two proofs are required: the server's certificate chain leads to a trusted root and names the host,
//! and the key of the server's certificate signed this handshake. This module does not depend on
//! embedded-tls.

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
mod supported;
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

/// Maximum number of certificates that a server may send, including its own. Public chains have two to
/// four.
///
/// The limit bounds the work that an attacker can cause. Three CA certificates with the same name form
/// 16 paths, five form 326, and the refusal of each path takes one signature verification. Each
/// certificate of a path takes 700 bytes of stack.
pub const MAX_CERTIFICATES: usize = 4;

/// Maximum length of the server's SubjectPublicKeyInfo, in bytes. An RSA-4096 key has 550.
const MAX_SPKI: usize = 600;

/// A pinned public key: the SHA-256 of a certificate's SubjectPublicKeyInfo in DER.
///
/// If there are pins, a certificate on the path to the root must have a pinned key, in addition to all
/// other checks. The root itself does not count: to pin a root, trust only that root. A server's key
/// usually changes with its certificate, every year or sooner, so add a pin for the next key in advance.
///
/// ```sh
/// openssl x509 -in certificate.pem -pubkey -noout | openssl pkey -pubin -outform der | sha256sum
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Pin(pub [u8; 32]);

impl Pin {
    fn of(spki: &[u8]) -> Self {
        Self(Sha256::digest(spki).into())
    }
}

/// The server to connect to: its host name, and the roots, the time and the pins for the checks of its
/// certificates.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Server<'a> {
    pub(super) host: &'a str,
    roots: &'a [Root<'a>],
    now: Timestamp,
    pins: &'a [Pin],
}

impl<'a> Server<'a> {
    /// The server with the DNS name `host`. Its certificate chain must lead to one of the roots, and must
    /// be valid at the time `now`.
    ///
    /// `host` must be the name in the signed `Host` header, whichever address the stream is connected to.
    /// Take the time from [`Client::now`](crate::client::Client::now) or
    /// [`clock::read`](crate::clock::read), which refuse a clock that is not set. Create a new `Server`
    /// for each connection, so that `now` is the current time.
    pub const fn new(host: &'a str, roots: &'a [Root<'a>], now: Timestamp) -> Self {
        Self { host, roots, now, pins: &[] }
    }

    /// The host as a DNS name. Fails for an IP address.
    pub(super) fn dns_name(&self) -> Result<DnsName<'a>, Untrusted> {
        DnsName::try_from(self.host).map_err(|_| Untrusted::HostNotDnsName)
    }

    /// Also requires that a certificate on the path to the root has one of these keys. With an empty
    /// slice, no pin is required.
    #[must_use]
    pub const fn pinned(self, pins: &'a [Pin]) -> Self {
        Self { pins, ..self }
    }
}

/// Verifies the certificate chain once, and then the signature over the handshake once.
pub(super) struct Verifier<'a> {
    server: &'a Server<'a>,
    /// The server's SubjectPublicKeyInfo. `None` until the certificate chain is verified.
    spki: Option<Vec<u8, MAX_SPKI>>,
    signature_verified: bool,
}

impl<'a> Verifier<'a> {
    pub(super) const fn new(server: &'a Server<'a>) -> Self {
        Self { server, spki: None, signature_verified: false }
    }

    /// Succeeds only if both the chain and the signature were verified.
    pub(super) const fn finish(&self) -> Result<(), Untrusted> {
        match (&self.spki, self.signature_verified) {
            (Some(_), true) => Ok(()),
            (Some(_), false) => Err(Untrusted::NoCertificateVerify),
            (None, _) => Err(Untrusted::NoCertificate),
        }
    }

    /// Verifies the certificates that the server sent, in DER. The first is the server's own.
    pub(super) fn verify_chain<'c>(
        &mut self,
        certificates: impl IntoIterator<Item = &'c [u8]>,
    ) -> Result<(), Untrusted> {
        if self.spki.is_some() {
            return Err(Untrusted::RepeatedCertificate);
        }
        let mut chain = Vec::<&[u8], MAX_CERTIFICATES>::new();
        for certificate in certificates {
            let limit = MAX_CERTIFICATES;
            chain.push(certificate).map_err(|_| Untrusted::TooManyCertificates { limit })?;
        }
        let spki = chain::verify(&chain, self.server)?;
        self.spki = Some(Vec::from_slice(spki).map_err(|_| Untrusted::KeyTooLong { length: spki.len() })?);
        Ok(())
    }

    /// Verifies the signature in CertificateVerify (RFC 8446 section 4.4.3) with the key of the server's
    /// certificate. `transcript` is the hash of the handshake up to and including Certificate.
    pub(super) fn verify_signature(
        &mut self,
        scheme: u16,
        transcript: &[u8; 32],
        signature: &[u8],
    ) -> Result<(), Untrusted> {
        let spki = self.spki.as_deref().ok_or(Untrusted::NoCertificate)?;
        if self.signature_verified {
            return Err(Untrusted::RepeatedCertificateVerify);
        }
        // 64 spaces, a context string that ends with a zero byte, and the transcript hash.
        let mut content = [b' '; 64 + 34 + 32];
        let (_, after_spaces) = content.split_at_mut(64);
        let signed = b"TLS 1.3, server CertificateVerify\0".iter().chain(transcript);
        for (to, from) in after_spaces.iter_mut().zip(signed) {
            *to = *from;
        }
        handshake::verify(scheme, spki, &content, signature)?;
        self.signature_verified = true;
        Ok(())
    }
}
