//! From the server's certificate to a trusted root.

use core::cell::Cell;
use core::slice;
use core::time::Duration;

use heapless::Vec;
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use webpki::{EndEntityCert, Error, KeyUsage, VerifiedPath};

use super::algorithm::SUPPORTED;
use super::certificate::Certificate;
use super::untrusted::Untrusted;
use super::{MAX_CERTIFICATES, Pin, Server};

/// The server's SubjectPublicKeyInfo, if its certificates lead to a trusted root and name it.
pub(super) fn verify<'c>(chain: &[&'c [u8]], server: &Server<'_>) -> Result<&'c [u8], Untrusted> {
    let (own, others) = chain.split_first().ok_or(Untrusted::NoCertificate)?;
    let first = CertificateDer::from_slice(own);
    let others: Vec<_, MAX_CERTIFICATES> = others.iter().map(|der| CertificateDer::from_slice(der)).collect();
    let certificate = EndEntityCert::try_from(&first).map_err(|error| reason(&error))?;
    find_path(&certificate, &others, server)?;
    let name = ServerName::DnsName(server.name()?);
    let named = certificate.verify_is_valid_for_subject_name(&name);
    named.map_err(|error| reason(&error))?;
    let own = Certificate::read(own).map_err(|_| Untrusted::Malformed)?;
    if own.usage.is_some_and(|usage| !usage.allows_digital_signature()) {
        return Err(Untrusted::ServerKeyUsage);
    }
    Ok(own.key)
}

/// One root after the other; the reason that says most is kept.
fn find_path(
    certificate: &EndEntityCert<'_>,
    others: &[CertificateDer<'_>],
    server: &Server<'_>,
) -> Result<(), Untrusted> {
    let mut untrusted = Untrusted::UnknownIssuer;
    let time = UnixTime::since_unix_epoch(Duration::from_secs(server.now.unix()));
    for root in server.roots {
        let refused = Cell::new(None);
        let look = |path: &VerifiedPath<'_>| {
            check_path(path, server.pins).map_err(|untrusted| {
                refused.set(Some(untrusted));
                // Which error it is makes no difference: the search goes on, `refused` is told.
                Error::UnknownIssuer
            })
        };
        let found = certificate.verify_for_usage(
            SUPPORTED,
            slice::from_ref(&root.0),
            others,
            time,
            KeyUsage::server_auth(),
            None,
            Some(&look),
        );
        match found {
            Ok(_) => return Ok(()),
            Err(Error::UnknownIssuer) => untrusted = refused.take().unwrap_or(untrusted),
            Err(error) => untrusted = refused.take().unwrap_or_else(|| reason(&error)),
        }
    }
    Err(untrusted)
}

/// What webpki leaves aside: the authorities' key usage, and the pins.
fn check_path(path: &VerifiedPath<'_>, pins: &[Pin]) -> Result<(), Untrusted> {
    let mut pinned = pins.is_empty();
    let mut note =
        |certificate: &Certificate<'_>| pinned = pinned || pins.contains(&Pin::of(certificate.key));
    let own = path.end_entity().der();
    note(&Certificate::read(&own).map_err(|_| Untrusted::Malformed)?);
    for authority in path.intermediate_certificates() {
        let der = authority.der();
        let authority = Certificate::read(&der).map_err(|_| Untrusted::Malformed)?;
        if authority.usage.is_some_and(|usage| !usage.allows_cert_sign()) {
            return Err(Untrusted::AuthorityKeyUsage);
        }
        note(&authority);
    }
    if pinned { Ok(()) } else { Err(Untrusted::NotPinned) }
}

fn reason(error: &Error) -> Untrusted {
    match error {
        Error::CertNotValidForName(_) => Untrusted::WrongHost,
        Error::UnknownIssuer => Untrusted::UnknownIssuer,
        Error::CertExpired { time, not_after } => {
            Untrusted::Expired { now: time.as_secs(), not_after: not_after.as_secs() }
        }
        Error::CertNotValidYet { time, not_before } => {
            Untrusted::NotYetValid { now: time.as_secs(), not_before: not_before.as_secs() }
        }
        Error::EndEntityUsedAsCa => Untrusted::NotAnAuthority,
        Error::CaUsedAsEndEntity => Untrusted::AuthorityAsServer,
        Error::RequiredEkuNotFoundContext(_) | Error::EmptyEkuExtension => Untrusted::NotForServers,
        Error::PathLenConstraintViolated => Untrusted::PathTooLong,
        Error::NameConstraintViolation => Untrusted::NameConstraint,
        Error::UnsupportedCriticalExtension => Untrusted::CriticalExtension,
        Error::UnsupportedSignatureAlgorithmContext(_)
        | Error::UnsupportedSignatureAlgorithmForPublicKeyContext(_) => Untrusted::Algorithm,
        Error::InvalidSignatureForPublicKey | Error::SignatureAlgorithmMismatch => Untrusted::BadCertificate,
        Error::MaximumNameConstraintComparisonsExceeded
        | Error::MaximumPathBuildCallsExceeded
        | Error::MaximumPathDepthExceeded
        | Error::MaximumSignatureChecksExceeded => Untrusted::TooComplex,
        _ => Untrusted::Malformed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_refusal_of_webpki_has_its_reason() {
        let [earlier, later] = [7, 8].map(|it| UnixTime::since_unix_epoch(Duration::from_secs(it)));
        for (error, untrusted) in [
            (Error::UnknownIssuer, Untrusted::UnknownIssuer),
            (
                Error::CertExpired { time: later, not_after: earlier },
                Untrusted::Expired { now: 8, not_after: 7 },
            ),
            (
                Error::CertNotValidYet { time: earlier, not_before: later },
                Untrusted::NotYetValid { now: 7, not_before: 8 },
            ),
            (Error::EndEntityUsedAsCa, Untrusted::NotAnAuthority),
            (Error::CaUsedAsEndEntity, Untrusted::AuthorityAsServer),
            (Error::EmptyEkuExtension, Untrusted::NotForServers),
            (Error::PathLenConstraintViolated, Untrusted::PathTooLong),
            (Error::NameConstraintViolation, Untrusted::NameConstraint),
            (Error::UnsupportedCriticalExtension, Untrusted::CriticalExtension),
            (Error::InvalidSignatureForPublicKey, Untrusted::BadCertificate),
            (Error::SignatureAlgorithmMismatch, Untrusted::BadCertificate),
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
