//! The test servers log everything that clients send. Their users' tests show that they follow the protocol where
//! their scripts do.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use peer::{
    Server,
    hostile::{self, script::handshake},
    pki::{self, HOST, Identity},
    server::{self, Config, Http, script},
};
use rustls::crypto::{CryptoProvider, ring, ring::kx_group::SECP256R1};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use std::{
    io::{Read, Write},
    net::TcpStream,
    sync::{Arc, LazyLock},
    time::Duration,
};
use tc3_std::SystemClock;

static IDENTITY: LazyLock<Identity> = LazyLock::new(|| pki::ecdsa(SystemClock.now().unwrap().unix()));

fn connect(server: &Server) -> StreamOwned<ClientConnection, TcpStream> {
    let mut roots = RootCertStore::empty();
    roots.add(IDENTITY.root.clone().into()).unwrap();
    let provider = CryptoProvider { kx_groups: vec![SECP256R1], ..ring::default_provider() };
    let config = ClientConfig::builder_with_provider(Arc::new(provider))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let tls = ClientConnection::new(Arc::new(config), HOST.try_into().unwrap()).unwrap();
    let socket = TcpStream::connect(server.addr()).unwrap();
    // Otherwise delayed bytes are lost when the client closes the socket, and are not in the log.
    socket.set_nodelay(true).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    StreamOwned::new(tls, socket)
}

#[test]
fn what_no_key_of_the_server_decrypts_is_counted() {
    let server = hostile::start(&IDENTITY, vec![handshake()[0].clone()]).unwrap();
    let StreamOwned { mut conn, sock: mut socket } = connect(&server);
    conn.write_tls(&mut socket).unwrap();
    socket.read_exact(&mut [0; 5]).unwrap();
    socket.write_all(&[&[23, 3, 3, 0, 20][..], &[0; 20]].concat()).unwrap();
    assert_eq!(server.finish().connections[0].undecryptable, 1);
}

#[test]
fn bytes_and_clients_that_arrive_just_before_the_server_stops_are_in_the_log() {
    for is_open in [false; 20].into_iter().chain([true]) {
        let server = server::start(Config::new(&IDENTITY), Http::Script(script::silent())).unwrap();
        let mut stream = Some(connect(&server));
        for piece in [b"la", b"te"] {
            stream.as_mut().unwrap().write_all(piece).unwrap();
        }
        stream = stream.filter(|_| is_open);
        let late = is_open.then(|| TcpStream::connect(server.addr()).unwrap());
        let log = server.finish();
        let complete: Vec<_> = log.connections.iter().map(|it| it.handshake_complete).collect();
        assert_eq!(complete, if is_open { vec![true, false] } else { vec![true] }, "{is_open}");
        assert_eq!(log.received().escape_ascii().to_string(), "late", "{is_open}");
        drop((stream, late));
    }
}
