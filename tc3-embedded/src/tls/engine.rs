//! embedded-tls, with our randomness and our judgement of the server in the places it has for them.

use embedded_tls::{
    CertificateEntryRef, CertificateRef, CertificateVerifyRef, CryptoProvider, CryptoRngCore, TlsCipherSuite,
    TlsConfig, TlsError as EngineError, TlsVerifier,
};
use sha2_tls::Digest;

use super::cipher::Suite;
use super::ending::Ending;
use super::error::TlsError;
use super::random::{Random, Seed};
use super::verify::{Server, Untrusted, Verifier};

type Transcript = <Suite as TlsCipherSuite>::Hash;

/// What embedded-tls asks for in the course of a handshake.
pub(super) struct Provider<'a> {
    random: Random,
    judge: Judge<'a>,
}

/// Hands the proofs to the verifier, and keeps its answer: embedded-tls has no words for it.
struct Judge<'a> {
    verifier: Verifier<'a>,
    /// The handshake up to the certificates, which is what the server signs.
    transcript: Option<Transcript>,
    untrusted: Option<Untrusted>,
}

/// What is offered to a server of this name.
///
/// embedded-tls offers every scheme it has a name for, whether or not it is supported here; there
/// is no way to say less. A server that chooses such a one is refused by name.
pub(super) fn offer<'a>(server: &Server<'a>) -> TlsConfig<'a> {
    let config = TlsConfig::new().with_server_name(server.host);
    if cfg!(feature = "rsa") { config.enable_rsa_signatures() } else { config }
}

impl<'a> Provider<'a> {
    pub(super) const fn new(server: &'a Server<'a>, seed: Seed) -> Self {
        let verifier = Verifier::new(server);
        Self { random: Random::new(seed), judge: Judge { verifier, transcript: None, untrusted: None } }
    }

    /// What came of the handshake: no error of embedded-tls is a proof, nor is the lack of one.
    pub(super) fn verdict(&self, handshake: Result<(), EngineError>) -> Result<(), TlsError> {
        if let Some(untrusted) = self.judge.untrusted {
            return Err(TlsError::Untrusted(untrusted));
        }
        handshake.map_err(reason)?;
        self.judge.verifier.verdict().map_err(TlsError::Untrusted)
    }
}

impl CryptoProvider for Provider<'_> {
    type CipherSuite = Suite;
    /// Of a client certificate, and there is none.
    type Signature = &'static [u8];

    fn rng(&mut self) -> impl CryptoRngCore {
        &mut self.random
    }

    fn verifier(&mut self) -> Result<&mut impl TlsVerifier<Suite>, EngineError> {
        Ok(&mut self.judge)
    }
}

impl TlsVerifier<Suite> for Judge<'_> {
    /// The verifier has the name already.
    fn set_hostname_verification(&mut self, _: &str) -> Result<(), EngineError> {
        Ok(())
    }

    fn verify_certificate(
        &mut self,
        transcript: &Transcript,
        chain: CertificateRef,
    ) -> Result<(), EngineError> {
        let certificates = chain.entries.iter().map(|entry| match entry {
            CertificateEntryRef::X509(der) | CertificateEntryRef::RawPublicKey(der) => *der,
        });
        let outcome = self.verifier.certificates(certificates);
        self.transcript = Some(transcript.clone());
        self.note(outcome)
    }

    fn verify_signature(&mut self, verify: CertificateVerifyRef) -> Result<(), EngineError> {
        let scheme = verify.signature_scheme.as_u16();
        let transcript = self.transcript.take().unwrap_or_default().finalize().into();
        let outcome = self.verifier.signature(scheme, &transcript, verify.signature);
        self.note(outcome)
    }
}

impl Judge<'_> {
    fn note(&mut self, outcome: Result<(), Untrusted>) -> Result<(), EngineError> {
        outcome.map_err(|untrusted| {
            self.untrusted = Some(untrusted);
            EngineError::InvalidCertificate
        })
    }
}

/// What a read comes to: after the server's `close_notify` there is nothing more, for good.
pub(super) fn outcome(read: Result<usize, EngineError>, ending: &mut Ending<'_>) -> Result<usize, TlsError> {
    match read {
        Err(EngineError::ConnectionClosed) => {
            ending.set_over();
            Ok(0)
        }
        read => ending.first(read.map_err(reason)),
    }
}

/// What embedded-tls means, the gate and the verifier having nothing to say. The first three are
/// how a [`Refusal`](super::content::Refusal) is told.
pub(super) const fn reason(error: EngineError) -> TlsError {
    match error {
        EngineError::Unimplemented => TlsError::Unexpected,
        EngineError::InvalidHandshake => TlsError::Split,
        EngineError::InvalidRecord => TlsError::ProtectedAlert,
        EngineError::ConnectionClosed | EngineError::MissingHandshake => TlsError::Closed,
        EngineError::CryptoError => TlsError::Forged,
        EngineError::InvalidKeyShare => TlsError::KeyShare,
        EngineError::InvalidSignature => TlsError::Finished,
        EngineError::InvalidSignatureScheme => TlsError::Untrusted(Untrusted::UnknownScheme),
        EngineError::AbortHandshake(..) => TlsError::Extension,
        EngineError::ParseError(_)
        | EngineError::DecodeError
        | EngineError::InvalidCertificate
        | EngineError::InvalidCertificateEntry
        | EngineError::InvalidExtensionsLength => TlsError::Malformed,
        _ => TlsError::Engine,
    }
}
