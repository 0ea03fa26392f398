//! The gateway's certificate authority (CA), generated at each start.

use super::config::Transport;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose,
};
use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::PrivateKeyDer,
    server::{ClientHello, ResolvesServerCert},
    sign::{CertifiedKey, SigningKey},
    version::{TLS12, TLS13},
};
use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

const DAY: u64 = 86_400;
/// How far `not_before` lies in the past. A client whose clock is behind can then connect and gets
/// `AuthFailure.SignatureExpire`, not a TLS error.
const BACKDATED: u64 = 30 * DAY;
/// How far `not_after` lies in the future.
const VALIDITY: u64 = 365 * DAY;
/// Maximum number of cached certificates, because clients choose the names. A full cache is emptied.
const MAX_CACHED: usize = 256;

/// Issues a certificate for every server name (SNI) that a client sends. Neither the CA's key nor the
/// server's key leaves the process.
pub(super) struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    /// The key of all issued certificates.
    server_key: KeyPair,
    /// `server_key` in the form that rustls signs with.
    server_signing_key: Arc<dyn SigningKey>,
    issued: Mutex<HashMap<String, Arc<CertifiedKey>>>,
}

impl Authority {
    pub(super) fn new() -> Result<Self, rcgen::Error> {
        let mut params = certificate_params("tc3 local gateway's authority", Vec::new())?;
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;
        let server_key = KeyPair::generate()?;
        let der = PrivateKeyDer::Pkcs8(server_key.serialize_der().into());
        let server_signing_key =
            ring::sign::any_supported_type(&der).map_err(|_| rcgen::Error::RingUnspecified)?;
        Ok(Self { issuer, server_key, server_signing_key, issued: Mutex::default() })
    }

    /// The CA certificate as PEM, for clients to trust.
    pub(super) fn pem(&self) -> String {
        self.issuer.pem()
    }

    /// The same certificate as DER.
    pub(super) fn der(&self) -> Vec<u8> {
        self.issuer.der().to_vec()
    }

    pub(super) fn into_server_config(self, transport: Transport) -> Result<Arc<ServerConfig>, rustls::Error> {
        let versions: &[_] = match transport {
            Transport::Tls12 => &[&TLS12],
            Transport::Tls13 => &[&TLS13],
            _ => &[&TLS13, &TLS12],
        };
        let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let builder = builder.with_protocol_versions(versions)?.with_no_client_auth();
        let mut server = builder.with_cert_resolver(Arc::new(self));
        // ALPN offers HTTP/1.1 only: the gateway has no HTTP/2.
        server.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::new(server))
    }

    fn issue(&self, name: &str) -> Result<CertifiedKey, rcgen::Error> {
        let mut names = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
        if !name.is_empty() && name != "localhost" {
            names.push(name.to_owned());
        }
        let mut params = certificate_params("tc3 local gateway", names)?;
        // The default is made of the key, which is the same for all names. RFC 5280 section 4.1.2.2: "It MUST be
        // unique for each certificate issued by a given CA"; Firefox refuses a second certificate otherwise.
        let serial_number = getrandom::u64().map_err(|_| rcgen::Error::RingUnspecified)?;
        params.serial_number = Some(serial_number.into());
        params.use_authority_key_identifier_extension = true;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let certificate = params.signed_by(&self.server_key, &self.issuer)?;
        Ok(CertifiedKey::new(vec![certificate.der().clone()], Arc::clone(&self.server_signing_key)))
    }
}

fn certificate_params(subject: &str, names: Vec<String>) -> Result<CertificateParams, rcgen::Error> {
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name.push(DnType::CommonName, subject);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let at = |seconds| {
        let since = Duration::from_secs(seconds).try_into().unwrap_or_default();
        rcgen::date_time_ymd(1970, 1, 1).saturating_add(since)
    };
    params.not_before = at(now.saturating_sub(BACKDATED));
    params.not_after = at(now.saturating_add(VALIDITY));
    Ok(params)
}

impl ResolvesServerCert for Authority {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let name = hello.server_name().unwrap_or_default();
        let mut issued = self.issued.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(cached) = issued.get(name) {
            return Some(Arc::clone(cached));
        }
        let certificate = Arc::new(self.issue(name).ok()?);
        if issued.len() >= MAX_CACHED {
            issued.clear();
        }
        issued.insert(name.to_owned(), Arc::clone(&certificate));
        Some(certificate)
    }
}

impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authority").finish_non_exhaustive()
    }
}
