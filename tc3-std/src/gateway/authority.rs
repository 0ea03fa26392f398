//! The gateway's own certificate authority, generated at each start.

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
/// So that a client whose clock is slow accepts the certificate, and learns of its clock by
/// `AuthFailure.SignatureExpire`.
const BACKDATED: u64 = 30 * DAY;
const VALID: u64 = 365 * DAY;
/// The most certificates cached. A client chooses the names, so their number must be bounded.
const MAX_CACHED: usize = 256;

/// Issues a certificate for every name that a client asks for. Its key never leaves the process.
pub(super) struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    key: KeyPair,
    signing: Arc<dyn SigningKey>,
    issued: Mutex<HashMap<String, Arc<CertifiedKey>>>,
}

impl Authority {
    pub(super) fn new() -> Result<Self, rcgen::Error> {
        let mut params = certificate_params("tc3 local gateway's authority", Vec::new())?;
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;
        let key = KeyPair::generate()?;
        let der = PrivateKeyDer::Pkcs8(key.serialize_der().into());
        let signing = ring::sign::any_supported_type(&der).map_err(|_| rcgen::Error::RingUnspecified)?;
        Ok(Self { issuer, key, signing, issued: Mutex::default() })
    }

    /// The authority's own certificate.
    pub(super) fn pem(&self) -> String {
        self.issuer.pem()
    }

    pub(super) fn into_server(self, transport: Transport) -> Result<Arc<ServerConfig>, rustls::Error> {
        let versions: &[_] = match transport {
            Transport::Tls12 => &[&TLS12],
            Transport::Tls13 => &[&TLS13],
            _ => &[&TLS13, &TLS12],
        };
        let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let builder = builder.with_protocol_versions(versions)?.with_no_client_auth();
        let mut server = builder.with_cert_resolver(Arc::new(self));
        // The gateway does not support HTTP/2: a client that offers both gets HTTP/1.1.
        server.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::new(server))
    }

    fn issue(&self, name: &str) -> Result<CertifiedKey, rcgen::Error> {
        let mut names = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
        if !name.is_empty() && name != "localhost" {
            names.push(name.to_owned());
        }
        let mut params = certificate_params("tc3 local gateway", names)?;
        params.use_authority_key_identifier_extension = true;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let certificate = params.signed_by(&self.key, &self.issuer)?;
        Ok(CertifiedKey::new(vec![certificate.der().clone()], Arc::clone(&self.signing)))
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
    params.not_after = at(now.saturating_add(VALID));
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
