//! Finds and verifies a path from the server's certificate to a trusted root, with webpki.

use core::cell::Cell;
use core::slice;
use core::time::Duration;

use heapless::Vec;
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use tc3_core::Timestamp;
use webpki::{EndEntityCert, Error, KeyUsage, VerifiedPath};

use super::certificate::Certificate;
use super::supported::SUPPORTED;
use super::untrusted::Untrusted;
use super::{MAX_CERTIFICATES, Pin, Server};

/// Returns the server's SubjectPublicKeyInfo if the chain leads to a trusted root and the server's
/// certificate names the host.
pub(super) fn verify<'c>(chain: &[&'c [u8]], server: &Server<'_>) -> Result<&'c [u8], Untrusted> {
    let (end_entity, intermediates) = chain.split_first().ok_or(Untrusted::NoCertificate)?;
    let der = CertificateDer::from_slice(end_entity);
    let intermediates: Vec<_, MAX_CERTIFICATES> =
        intermediates.iter().map(|der| CertificateDer::from_slice(der)).collect();
    let certificate = EndEntityCert::try_from(&der).map_err(|error| reason(&error))?;
    find_path(&certificate, &intermediates, server)?;
    let name = ServerName::DnsName(server.dns_name()?);
    let valid = certificate.verify_is_valid_for_subject_name(&name);
    valid.map_err(|error| reason(&error))?;
    let end_entity = Certificate::parse(end_entity).map_err(|_| Untrusted::Malformed)?;
    if end_entity.usage.is_some_and(|usage| !usage.allows_digital_signature()) {
        return Err(Untrusted::EndEntityKeyUsage);
    }
    Ok(end_entity.spki)
}

/// Tries each root in turn. If all fail, returns the last reason that is more precise than
/// `UnknownIssuer`.
fn find_path(
    certificate: &EndEntityCert<'_>,
    intermediates: &[CertificateDer<'_>],
    server: &Server<'_>,
) -> Result<(), Untrusted> {
    let mut untrusted = Untrusted::UnknownIssuer;
    let time = UnixTime::since_unix_epoch(Duration::from_secs(server.now.unix()));
    for root in server.roots {
        let refused = Cell::new(None);
        let check = |path: &VerifiedPath<'_>| {
            check_path(path, server.pins).map_err(|untrusted| {
                refused.set(Some(untrusted));
                // webpki continues its search after any error. `refused` stores the reason.
                Error::UnknownIssuer
            })
        };
        let found = certificate.verify_for_usage(
            SUPPORTED,
            slice::from_ref(&root.0),
            intermediates,
            time,
            KeyUsage::server_auth(),
            None,
            Some(&check),
        );
        match found {
            Ok(_) => return Ok(()),
            Err(Error::UnknownIssuer) => untrusted = refused.take().unwrap_or(untrusted),
            Err(error) => untrusted = refused.take().unwrap_or_else(|| reason(&error)),
        }
    }
    Err(untrusted)
}

/// Checks the key usage of CA certificates and the pins, which webpki does not check.
fn check_path(path: &VerifiedPath<'_>, pins: &[Pin]) -> Result<(), Untrusted> {
    let mut pinned = pins.is_empty();
    let mut look_for_pin =
        |certificate: &Certificate<'_>| pinned = pinned || pins.contains(&Pin::of(certificate.spki));
    let end_entity = path.end_entity().der();
    look_for_pin(&Certificate::parse(&end_entity).map_err(|_| Untrusted::Malformed)?);
    for intermediate in path.intermediate_certificates() {
        let der = intermediate.der();
        let intermediate = Certificate::parse(&der).map_err(|_| Untrusted::Malformed)?;
        if intermediate.usage.is_some_and(|usage| !usage.allows_cert_sign()) {
            return Err(Untrusted::CaKeyUsage);
        }
        look_for_pin(&intermediate);
    }
    if pinned { Ok(()) } else { Err(Untrusted::NotPinned) }
}

fn reason(error: &Error) -> Untrusted {
    match error {
        Error::CertNotValidForName(_) => Untrusted::WrongHost,
        Error::UnknownIssuer => Untrusted::UnknownIssuer,
        Error::CertExpired { time, not_after } => match [time, not_after].map(timestamp) {
            [Some(now), Some(not_after)] => Untrusted::Expired { now, not_after },
            _ => Untrusted::Malformed,
        },
        Error::CertNotValidYet { time, not_before } => match [time, not_before].map(timestamp) {
            [Some(now), Some(not_before)] => Untrusted::NotYetValid { now, not_before },
            _ => Untrusted::Malformed,
        },
        Error::EndEntityUsedAsCa => Untrusted::EndEntityUsedAsCa,
        Error::CaUsedAsEndEntity => Untrusted::CaUsedAsEndEntity,
        Error::RequiredEkuNotFoundContext(_) | Error::EmptyEkuExtension => Untrusted::NoServerAuth,
        Error::PathLenConstraintViolated => Untrusted::PathTooLong,
        Error::NameConstraintViolation => Untrusted::NameConstraint,
        Error::UnsupportedCriticalExtension => Untrusted::CriticalExtension,
        Error::UnsupportedSignatureAlgorithmContext(_)
        | Error::UnsupportedSignatureAlgorithmForPublicKeyContext(_) => Untrusted::UnsupportedAlgorithm,
        Error::InvalidSignatureForPublicKey | Error::SignatureAlgorithmMismatch => {
            Untrusted::BadCertificateSignature
        }
        Error::MaximumNameConstraintComparisonsExceeded
        | Error::MaximumPathBuildCallsExceeded
        | Error::MaximumPathDepthExceeded
        | Error::MaximumSignatureChecksExceeded => Untrusted::TooComplex,
        _ => Untrusted::Malformed,
    }
}

/// `None` after the year 9999. A certificate cannot encode such a time.
fn timestamp(time: &UnixTime) -> Option<Timestamp> {
    Timestamp::from_unix(time.as_secs()).ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn each_error_of_webpki_has_its_reason() {
        let [earlier, later] = [7, 8].map(|it| UnixTime::since_unix_epoch(Duration::from_secs(it)));
        let [seven, eight] = [7, 8].map(|it| Timestamp::from_unix(it).unwrap());
        for (error, untrusted) in [
            (Error::UnknownIssuer, Untrusted::UnknownIssuer),
            (
                Error::CertExpired { time: later, not_after: earlier },
                Untrusted::Expired { now: eight, not_after: seven },
            ),
            (
                Error::CertNotValidYet { time: earlier, not_before: later },
                Untrusted::NotYetValid { now: seven, not_before: eight },
            ),
            (Error::EndEntityUsedAsCa, Untrusted::EndEntityUsedAsCa),
            (Error::CaUsedAsEndEntity, Untrusted::CaUsedAsEndEntity),
            (Error::EmptyEkuExtension, Untrusted::NoServerAuth),
            (Error::PathLenConstraintViolated, Untrusted::PathTooLong),
            (Error::NameConstraintViolation, Untrusted::NameConstraint),
            (Error::UnsupportedCriticalExtension, Untrusted::CriticalExtension),
            (Error::InvalidSignatureForPublicKey, Untrusted::BadCertificateSignature),
            (Error::SignatureAlgorithmMismatch, Untrusted::BadCertificateSignature),
            (Error::MaximumNameConstraintComparisonsExceeded, Untrusted::TooComplex),
            (Error::MaximumPathBuildCallsExceeded, Untrusted::TooComplex),
            (Error::MaximumPathDepthExceeded, Untrusted::TooComplex),
            (Error::MaximumSignatureChecksExceeded, Untrusted::TooComplex),
            (Error::BadDer, Untrusted::Malformed),
        ] {
            assert_eq!(reason(&error), untrusted, "{error:?}");
        }
    }
}
