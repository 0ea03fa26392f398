//! Access to private functions for `tests/fuzz`. Compiled only with `--cfg fuzzing`.

use super::certificate::Certificate;
use super::supported::SUPPORTED;
use super::{Server, Untrusted, Verifier};

/// Verifies the certificate chain and the signature over the handshake, as a handshake does.
///
/// # Errors
/// The reason why the server is not authenticated.
pub fn prove(
    server: &Server<'_>,
    certificates: &[&[u8]],
    scheme: u16,
    transcript: &[u8; 32],
    signature: &[u8],
) -> Result<(), Untrusted> {
    let mut verifier = Verifier::new(server);
    verifier.verify_chain(certificates.iter().copied())?;
    verifier.verify_signature(scheme, transcript, signature)?;
    verifier.finish()
}

/// Parses a certificate. Returns its SubjectPublicKeyInfo, whether its key may sign handshakes, and
/// whether its key may sign certificates.
///
/// # Errors
/// The offset of the malformed element.
pub fn read(der: &[u8]) -> Result<(&[u8], [bool; 2]), usize> {
    let Certificate { spki, usage } = Certificate::parse(der).map_err(|malformed| malformed.at)?;
    let allowed = usage.map_or([true; 2], |it| [it.allows_digital_signature(), it.allows_cert_sign()]);
    Ok((spki, allowed))
}

/// Whether the signature of the message is valid. `algorithm` is the contents of an
/// AlgorithmIdentifier. `key` is the contents of a subjectPublicKey.
pub fn is_signed(algorithm: &[u8], key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let mut known = SUPPORTED.iter().filter(|it| it.signature_alg_id().as_ref() == algorithm);
    known.any(|it| it.verify_signature(key, message, signature).is_ok())
}
