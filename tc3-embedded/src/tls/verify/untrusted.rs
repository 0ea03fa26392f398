//! Why a server is not authenticated.

use core::fmt;

use tc3_core::Timestamp;

use super::MAX_SPKI;

/// Why a server is not authenticated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Untrusted {
    /// The server sent no certificate.
    NoCertificate,
    /// The server sent a second Certificate message.
    RepeatedCertificate,
    /// The server sent more certificates than [`MAX_CERTIFICATES`](super::MAX_CERTIFICATES).
    TooManyCertificates {
        /// The limit.
        limit: usize,
    },
    /// The server sent no CertificateVerify: it did not sign the handshake.
    NoCertificateVerify,
    /// The server sent a second CertificateVerify.
    RepeatedCertificateVerify,
    /// The host is not a DNS name: for example, it is an IP address.
    HostNotDnsName,
    /// The server's certificate is for other hosts.
    WrongHost,
    /// No path leads from the server's certificate to a trusted root.
    UnknownIssuer,
    /// The validity period of a certificate has ended.
    Expired {
        /// The time that [`Server::new`](super::Server::new) got.
        now: Timestamp,
        /// The certificate's notAfter.
        not_after: Timestamp,
    },
    /// The validity period of a certificate has not begun.
    NotYetValid {
        /// The time that [`Server::new`](super::Server::new) got.
        now: Timestamp,
        /// The certificate's notBefore.
        not_before: Timestamp,
    },
    /// A certificate was issued with an end-entity certificate, not with that of a CA.
    EndEntityUsedAsCa,
    /// The server's own certificate is that of a CA.
    CaUsedAsEndEntity,
    /// The key usage of a CA's certificate lacks keyCertSign.
    CaKeyUsage,
    /// The key usage of the server's certificate lacks digitalSignature.
    EndEntityKeyUsage,
    /// The extended key usage of a certificate lacks serverAuth.
    NoServerAuth,
    /// A CA certificate has more CA certificates below it than its path length constraint allows.
    PathTooLong,
    /// The name constraints of a CA's certificate do not allow the host.
    NameConstraint,
    /// A certificate has an unknown critical extension.
    CriticalExtension,
    /// A certificate is signed with an algorithm that is not supported, or whose feature is not enabled.
    UnsupportedAlgorithm,
    /// A certificate was not signed with its issuer's key.
    BadCertificateSignature,
    /// A certificate is malformed.
    Malformed,
    /// The certificates form more paths to a root than are searched.
    TooComplex,
    /// The server's public key is too long.
    KeyTooLong {
        /// Length of its SubjectPublicKeyInfo in bytes.
        length: usize,
    },
    /// The signature scheme of CertificateVerify is not supported, or its feature is not enabled.
    UnsupportedScheme {
        /// The SignatureScheme (RFC 8446 section 4.2.3).
        scheme: u16,
    },
    /// embedded-tls does not know the signature scheme of CertificateVerify, and does not report its
    /// number.
    UnknownScheme,
    /// The signature scheme of CertificateVerify is for another type of key than the server's.
    SchemeKeyMismatch {
        /// The SignatureScheme (RFC 8446 section 4.2.3).
        scheme: u16,
    },
    /// CertificateVerify was not signed with the key of the server's certificate.
    BadHandshakeSignature,
    /// No certificate on the path to the root has a pinned key.
    NotPinned,
}

impl fmt::Display for Untrusted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sentence = match self {
            Self::TooManyCertificates { limit } => {
                return write!(f, "the server sent too many certificates: the limit is {limit}");
            }
            Self::Expired { now, not_after } => {
                return write!(f, "a certificate is not valid after {not_after}, and the time is {now}");
            }
            Self::NotYetValid { now, not_before } => {
                return write!(f, "a certificate is not valid before {not_before}, and the time is {now}");
            }
            Self::KeyTooLong { length } => {
                return write!(f, "the server's public key has {length} bytes: the limit is {MAX_SPKI}");
            }
            Self::UnsupportedScheme { scheme } => {
                return write!(f, "the server signed with scheme {scheme:#06x}, which is not supported");
            }
            Self::SchemeKeyMismatch { scheme } => {
                return write!(f, "the server signed with scheme {scheme:#06x}, which does not fit its key");
            }
            Self::UnknownScheme => "the server signed with an unknown scheme",
            Self::NoCertificate => "the server sent no certificate",
            Self::RepeatedCertificate => "the server sent Certificate twice",
            Self::NoCertificateVerify => "the server did not sign the handshake",
            Self::RepeatedCertificateVerify => "the server sent CertificateVerify twice",
            Self::HostNotDnsName => "the host is not a DNS name",
            Self::WrongHost => "the server's certificate is for other hosts",
            Self::UnknownIssuer => "no path from the server's certificate to a trusted root",
            Self::EndEntityUsedAsCa => "a certificate was not issued by a CA",
            Self::CaUsedAsEndEntity => "the server's certificate is that of a CA",
            Self::CaKeyUsage => "a CA's certificate does not allow keyCertSign",
            Self::EndEntityKeyUsage => "the server's certificate does not allow digitalSignature",
            Self::NoServerAuth => "a certificate does not allow serverAuth",
            Self::PathTooLong => "the path is longer than a CA allows",
            Self::NameConstraint => "a CA's name constraints do not allow the host",
            Self::CriticalExtension => "a certificate has an unknown critical extension",
            Self::UnsupportedAlgorithm => "a certificate's signature algorithm is not supported",
            Self::BadCertificateSignature => "a certificate's signature is not by its issuer",
            Self::Malformed => "malformed certificate",
            Self::TooComplex => "too many paths through the certificates",
            Self::BadHandshakeSignature => "the server's signature over the handshake is wrong",
            Self::NotPinned => "no certificate on the path has a pinned key",
        };
        f.write_str(sentence)
    }
}

impl core::error::Error for Untrusted {}
