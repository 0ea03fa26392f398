//! What is private here, for the properties of `tests/fuzz`: built with `--cfg fuzzing` alone.

use super::algorithm::SUPPORTED;
use super::certificate::Certificate;
use super::{Server, Untrusted, Verifier};

/// Both proofs of a server, as a handshake brings them.
///
/// # Errors
/// Why the server is not believed.
pub fn prove(
    server: &Server<'_>,
    certificates: &[&[u8]],
    scheme: u16,
    transcript: &[u8; 32],
    signature: &[u8],
) -> Result<(), Untrusted> {
    let mut verifier = Verifier::new(server);
    verifier.certificates(certificates.iter().copied())?;
    verifier.signature(scheme, transcript, signature)?;
    verifier.verdict()
}

/// Of a certificate, its SubjectPublicKeyInfo, and whether it may sign handshakes and certificates.
///
/// # Errors
/// The offset of what is malformed.
pub fn read(der: &[u8]) -> Result<(&[u8], [bool; 2]), usize> {
    let Certificate { key, usage } = Certificate::read(der).map_err(|malformed| malformed.at)?;
    let allowed = usage.map_or([true; 2], |it| [it.allows_digital_signature(), it.allows_cert_sign()]);
    Ok((key, allowed))
}

/// Whether a message bears a signature of this algorithm (an AlgorithmIdentifier without its head) by
/// this key (the contents of its BIT STRING).
pub fn is_signed(algorithm: &[u8], key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let mut known = SUPPORTED.iter().filter(|it| it.signature_alg_id().as_ref() == algorithm);
    known.any(|it| it.verify_signature(key, message, signature).is_ok())
}
