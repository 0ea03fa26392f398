//! Connects embedded-tls to the random generator and the certificate verifier of this crate.

use embedded_tls::{
    CertificateEntryRef, CertificateRef, CertificateVerifyRef, CryptoProvider, CryptoRngCore, TlsCipherSuite,
    TlsConfig, TlsError as EngineError, TlsVerifier,
};
use sha2_tls::Digest;

use super::cipher::Suite;
use super::ending::Ending;
use super::error::TlsError;
use super::random::{Seed, SeededRng};
use super::verify::{Server, Untrusted, Verifier};

type Transcript = <Suite as TlsCipherSuite>::Hash;

/// The random generator and the verifier that embedded-tls uses during a handshake.
pub(super) struct Provider<'a> {
    random: SeededRng,
    verifier: EngineVerifier<'a>,
}

/// Adapts [`Verifier`] to the trait of embedded-tls. Stores the reason for a refusal, because
/// embedded-tls cannot return it.
struct EngineVerifier<'a> {
    inner: Verifier<'a>,
    /// Hash of the handshake up to and including Certificate. CertificateVerify signs this hash.
    transcript: Option<Transcript>,
    untrusted: Option<Untrusted>,
}

/// The settings of the ClientHello.
///
/// embedded-tls always offers every signature scheme that it knows, even those that this crate cannot
/// verify. If the server picks one of them, the handshake fails with [`Untrusted::UnsupportedScheme`].
pub(super) fn client_config<'a>(server: &Server<'a>) -> TlsConfig<'a> {
    let config = TlsConfig::new().with_server_name(server.host);
    if cfg!(feature = "rsa") { config.enable_rsa_signatures() } else { config }
}

impl<'a> Provider<'a> {
    pub(super) const fn new(server: &'a Server<'a>, seed: Seed) -> Self {
        let verifier = EngineVerifier { inner: Verifier::new(server), transcript: None, untrusted: None };
        Self { random: SeededRng::new(seed), verifier }
    }

    /// The result of the handshake: `Ok` only if both embedded-tls and the verifier succeeded.
    pub(super) fn finish(&self, handshake: Result<(), EngineError>) -> Result<(), TlsError> {
        if let Some(untrusted) = self.verifier.untrusted {
            return Err(TlsError::Untrusted(untrusted));
        }
        handshake.map_err(tls_error)?;
        self.verifier.inner.finish().map_err(TlsError::Untrusted)
    }
}

impl CryptoProvider for Provider<'_> {
    type CipherSuite = Suite;
    /// The trait requires it. Only client certificates would use it.
    type Signature = &'static [u8];

    fn rng(&mut self) -> impl CryptoRngCore {
        &mut self.random
    }

    fn verifier(&mut self) -> Result<&mut impl TlsVerifier<Suite>, EngineError> {
        Ok(&mut self.verifier)
    }
}

impl TlsVerifier<Suite> for EngineVerifier<'_> {
    /// Nothing to do: [`Verifier::new`] got the host.
    fn set_hostname_verification(&mut self, _: &str) -> Result<(), EngineError> {
        Ok(())
    }

    fn verify_certificate(
        &mut self,
        transcript: &Transcript,
        chain: CertificateRef,
    ) -> Result<(), EngineError> {
        let certificates = chain.entries.iter().map(|entry| match entry {
            // A raw public key is refused like a malformed certificate.
            CertificateEntryRef::X509(der) | CertificateEntryRef::RawPublicKey(der) => *der,
        });
        let outcome = self.inner.verify_chain(certificates);
        self.transcript = Some(transcript.clone());
        self.store(outcome)
    }

    fn verify_signature(&mut self, verify: CertificateVerifyRef) -> Result<(), EngineError> {
        let scheme = verify.signature_scheme.as_u16();
        // Without a Certificate message there is no hash, and the verifier refuses any hash.
        let transcript = self.transcript.take().unwrap_or_default().finalize().into();
        let outcome = self.inner.verify_signature(scheme, &transcript, verify.signature);
        self.store(outcome)
    }
}

impl EngineVerifier<'_> {
    fn store(&mut self, outcome: Result<(), Untrusted>) -> Result<(), EngineError> {
        outcome.map_err(|untrusted| {
            self.untrusted = Some(untrusted);
            EngineError::InvalidCertificate
        })
    }
}

/// Maps the result of a read. After the server's close_notify, a read returns 0.
pub(super) fn read_outcome(
    read: Result<usize, EngineError>,
    ending: &mut Ending<'_>,
) -> Result<usize, TlsError> {
    match read {
        Err(EngineError::ConnectionClosed) => {
            ending.set_closed();
            Ok(0)
        }
        read => ending.first_error(read.map_err(tls_error)),
    }
}

/// Maps an error of embedded-tls. The result is used only if neither the gate
/// ([`guard::gate`](super::guard::gate)) nor the verifier stored a reason.
///
/// [`guard::content::filter`](super::guard::content::filter) provokes the first three errors on
/// purpose, one for each variant of [`Refusal`](super::guard::content::Refusal).
pub(super) const fn tls_error(error: EngineError) -> TlsError {
    match error {
        EngineError::Unimplemented => TlsError::UnexpectedMessage,
        EngineError::InvalidHandshake => TlsError::FragmentedMessage,
        EngineError::InvalidRecord => TlsError::ProtectedAlert,
        EngineError::ConnectionClosed | EngineError::MissingHandshake => TlsError::Closed,
        // Of a write. The gate stores every other error of the transport.
        EngineError::Io(kind) => TlsError::Transport(kind),
        EngineError::CryptoError => TlsError::BadRecordMac,
        EngineError::InvalidKeyShare => TlsError::InvalidKeyShare,
        EngineError::InvalidSignature => TlsError::BadFinished,
        EngineError::InvalidSignatureScheme => TlsError::Untrusted(Untrusted::UnknownScheme),
        EngineError::AbortHandshake(..) => TlsError::UnexpectedExtension,
        EngineError::ParseError(_)
        | EngineError::DecodeError
        | EngineError::InvalidCertificate
        | EngineError::InvalidCertificateEntry
        | EngineError::InvalidExtensionsLength => TlsError::Malformed,
        _ => TlsError::Engine,
    }
}
