//! A client by `rustls`, whose clock stands still.

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
struct Stopped(u64);

impl TimeProvider for Stopped {
    fn current_time(&self) -> Option<UnixTime> {
        Some(UnixTime::since_unix_epoch(Duration::from_secs(self.0)))
    }
}

pub(crate) type Stream = StreamOwned<ClientConnection, TcpStream>;

/// Shakes hands with who should be `identity`.
pub(crate) fn connect(addr: SocketAddr, identity: &Identity) -> Result<Stream, Error> {
    connect_at(addr, identity, NOW)
}

pub(crate) fn connect_at(addr: SocketAddr, identity: &Identity, now: u64) -> Result<Stream, Error> {
    let mut roots = RootCertStore::empty();
    roots.add(identity.root.clone().into())?;
    // The one share that a microcontroller offers.
    let provider = CryptoProvider { kx_groups: vec![SECP256R1], ..ring::default_provider() };
    let config = ClientConfig::builder_with_details(Arc::new(provider), Arc::new(Stopped(now)))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let mut tls = ClientConnection::new(Arc::new(config), ServerName::try_from(HOST).unwrap())?;
    let mut socket = TcpStream::connect(addr).unwrap();
    // What is held back here is lost when the client closes at once, and would not be in the record.
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

/// Sends one request, and reads to the end.
pub(crate) fn call(mut stream: Stream) -> (Vec<u8>, io::Result<()>) {
    let mut answer = Vec::new();
    stream.write_all(REQUEST).unwrap();
    let end = stream.read_to_end(&mut answer).map(drop);
    (answer, end)
}
