//! A `rustls` client with a fixed clock.

use peer::pki::{HOST, Identity};
use rustls::{
    ClientConfig, ClientConnection, Error, RootCertStore, StreamOwned,
    crypto::{
        CryptoProvider,
        ring::{self, kx_group::SECP256R1},
    },
    pki_types::{ServerName, UnixTime},
    time_provider::TimeProvider,
};
use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpStream},
    sync::Arc,
    time::Duration,
};

/// 2026-11-21.
pub(crate) const NOW: u64 = 1_795_279_182;

pub(crate) const REQUEST: &[u8] = b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}";

#[derive(Debug)]
struct FixedClock;

impl TimeProvider for FixedClock {
    fn current_time(&self) -> Option<UnixTime> {
        Some(UnixTime::since_unix_epoch(Duration::from_secs(NOW)))
    }
}

pub(crate) type Stream = StreamOwned<ClientConnection, TcpStream>;

/// Does the handshake with a server that should have this identity.
pub(crate) fn connect(addr: SocketAddr, identity: &Identity) -> Result<Stream, Error> {
    let mut roots = RootCertStore::empty();
    roots.add(identity.root.clone().into())?;
    // Offers one key share, as the client for microcontrollers does.
    let provider = CryptoProvider { kx_groups: vec![SECP256R1], ..ring::default_provider() };
    let config = ClientConfig::builder_with_details(Arc::new(provider), Arc::new(FixedClock))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let mut tls = ClientConnection::new(Arc::new(config), ServerName::try_from(HOST).unwrap())?;
    let mut socket = TcpStream::connect(addr).unwrap();
    // Otherwise delayed bytes are lost when the client closes the socket, and are not in the log.
    socket.set_nodelay(true).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    while tls.is_handshaking() {
        tls.complete_io(&mut socket).map_err(|error| match error.downcast::<Error>() {
            Ok(error) => error,
            Err(error) => Error::General(error.kind().to_string()),
        })?;
    }
    Ok(StreamOwned::new(tls, socket))
}

/// Sends one request, and reads to the end of the stream.
pub(crate) fn call(mut stream: Stream) -> (Vec<u8>, io::Result<()>) {
    let mut response = Vec::new();
    stream.write_all(REQUEST).unwrap();
    let end = stream.read_to_end(&mut response).map(drop);
    (response, end)
}
