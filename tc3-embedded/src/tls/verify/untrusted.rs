//! Why a server is not believed to be the one that was called.

use core::fmt;

/// Why a server is not believed to be the one that was called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Untrusted {
    /// The server sent no certificate.
    NoCertificate,
    /// The server sent its certificates for the second time.
    CertificatesTwice,
    /// More certificates than are looked at.
    TooManyCertificates {
        /// [`MAX_CERTIFICATES`](super::MAX_CERTIFICATES).
        limit: usize,
    },
    /// The server did not sign the handshake.
    NoSignature,
    /// The server signed the handshake for the second time.
    SignatureTwice,
    /// The host that was called is no DNS name.
    NotAName,
    /// The server's certificate names other hosts.
    WrongHost,
    /// No path leads to a trusted root.
    UnknownIssuer,
    /// A certificate has expired. Times are seconds since 1970.
    Expired {
        /// The time by our clock.
        now: u64,
        /// The end of its time.
        not_after: u64,
    },
    /// A certificate is not valid yet. Times are seconds since 1970.
    NotYetValid {
        /// The time by our clock.
        now: u64,
        /// The start of its time.
        not_before: u64,
    },
    /// A certificate that is no authority's signed another.
    NotAnAuthority,
    /// An authority's certificate stands for the server itself.
    AuthorityAsServer,
    /// An authority's key usage does not let it sign certificates.
    AuthorityKeyUsage,
    /// The server's key usage does not let it sign a handshake.
    ServerKeyUsage,
    /// A certificate is not for servers (extended key usage without serverAuth).
    NotForServers,
    /// More authorities below another than that one allows.
    PathTooLong,
    /// An authority may not speak for this name.
    NameConstraint,
    /// A critical extension that is not known here.
    CriticalExtension,
    /// A certificate is signed with an algorithm that is not known here, or was left out by feature.
    Algorithm,
    /// A certificate's signature is not its issuer's.
    BadCertificate,
    /// A certificate is malformed.
    Malformed,
    /// Too many ways through the certificates.
    TooComplex,
    /// The server's public key is longer than the verifier has room for.
    KeyTooLong {
        /// Length of its SubjectPublicKeyInfo in bytes.
        length: usize,
    },
    /// The handshake is signed with a scheme that is not supported, or was left out by feature.
    Scheme {
        /// The SignatureScheme of RFC 8446 section 4.2.3.
        scheme: u16,
    },
    /// The handshake is signed with a scheme that nobody knows.
    UnknownScheme,
    /// The handshake is signed with a scheme for another kind of key than the server's.
    SchemeOfAnotherKey {
        /// The SignatureScheme of RFC 8446 section 4.2.3.
        scheme: u16,
    },
    /// The signature over the handshake is not by the key of the server's certificate.
    BadSignature,
    /// None of the pinned keys is in the chain.
    NotPinned,
}

impl fmt::Display for Untrusted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::TooManyCertificates { limit } => {
                return write!(f, "the server sent more than {limit} certificates");
            }
            Self::Expired { now, not_after } => {
                return write!(f, "certificate expired at {not_after}, and it is {now}");
            }
            Self::NotYetValid { now, not_before } => {
                return write!(f, "certificate is valid from {not_before}, and it is {now}");
            }
            Self::KeyTooLong { length } => {
                return write!(f, "the server's public key takes {length} bytes, too many");
            }
            Self::Scheme { scheme } => {
                return write!(f, "the server signed with scheme {scheme:#06x}, which is not supported");
            }
            Self::SchemeOfAnotherKey { scheme } => {
                return write!(f, "the server signed with scheme {scheme:#06x}, which does not fit its key");
            }
            Self::UnknownScheme => "the server signed with a scheme that nobody knows",
            Self::NoCertificate => "the server sent no certificate",
            Self::CertificatesTwice => "the server sent certificates twice",
            Self::NoSignature => "the server did not sign the handshake",
            Self::SignatureTwice => "the server signed the handshake twice",
            Self::NotAName => "the host is not a DNS name",
            Self::WrongHost => "the certificate names other hosts",
            Self::UnknownIssuer => "no path from the certificate to a trusted root",
            Self::NotAnAuthority => "a certificate was issued by one that is no authority",
            Self::AuthorityAsServer => "the server uses an authority's certificate for itself",
            Self::AuthorityKeyUsage => "an authority's key is not for signing certificates",
            Self::ServerKeyUsage => "the server's key is not for signing handshakes",
            Self::NotForServers => "a certificate is not for servers",
            Self::PathTooLong => "more authorities in the path than one of them allows",
            Self::NameConstraint => "an authority may not speak for this host",
            Self::CriticalExtension => "a certificate has an unknown critical extension",
            Self::Algorithm => "a certificate is signed with an algorithm that is not supported",
            Self::BadCertificate => "a certificate's signature is wrong",
            Self::Malformed => "malformed certificate",
            Self::TooComplex => "too many paths through the certificates",
            Self::BadSignature => "the signature over the handshake is wrong",
            Self::NotPinned => "no pinned key in the chain",
        };
        f.write_str(text)
    }
}

impl core::error::Error for Untrusted {}
