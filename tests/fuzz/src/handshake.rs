//! A TLS server that has the right traffic keys may send anything in its records: there is no panic, no
//! connection unless the server is authenticated, and a read returns exactly the application data sent.

use crate::records::split;
use core::convert::Infallible;
use embedded_io::{ErrorType, Read, Write};
use peer::hostile::{
    Flight, HandshakeMessage, Keys, P256, ServerHelloFields, Signature, TrafficKeys, key_share, point,
    version, with_header,
};
use peer::pki::Identity;
use reference::Source;
use std::sync::OnceLock;
use tc3_core::Timestamp;
use tc3_embedded::deadline::Bounded;
use tc3_embedded::entropy;
use tc3_embedded::tls::roots::Root;
use tc3_embedded::tls::{self, AuthenticatedTls, Buffers, Seed, TlsError};

const INTERMEDIATE: &[u8] = include_bytes!("../chains/ecdsa/intermediate.der");

/// A valid flight with up to three changes, split into records arbitrarily; then any records.
pub(crate) fn check(data: &[u8]) {
    static SERVER: OnceLock<Server> = OnceLock::new();
    let server = SERVER.get_or_init(|| Server::answering(&connect(Stream::new(&[], &[])).0[5..]));
    let mut source = Source::new(data);
    let (read_sizes, mut messages) = (source.bytes(), server.flight.to_vec());
    for _ in 0..source.below(4) {
        change(&mut messages, &mut source);
    }
    let mut flight = vec![Vec::new()];
    for message in &messages {
        flight.last_mut().expect("there is one").extend(message);
        if source.one_in(2) {
            flight.push(Vec::new());
        }
    }
    flight.retain(|content| !content.is_empty());
    flight.iter_mut().for_each(|content| content.extend([&[22][..], &vec![0; source.below(9)]].concat()));
    let after = source.list(5, |source| content(source));
    let [mut handshake, mut application] = server.keys.clone();
    let mut received = server.server_hello.clone();
    received.extend(flight.into_iter().flat_map(|content| handshake.protect(content)));
    received.extend(after.iter().flat_map(|content| application.protect(content.clone())));
    let (_, read) = connect(Stream::new(&received, read_sizes));
    if messages == server.flight {
        assert_eq!(read.expect("the server is authenticated"), expected(&after));
    } else {
        assert!(read.is_err_and(|error| !error.to_string().is_empty()));
    }
}

/// A valid server's answer to a ClientHello, and the keys to protect other messages.
struct Server {
    /// The record with the ServerHello.
    server_hello: Vec<u8>,
    /// EncryptedExtensions, Certificate, CertificateVerify and Finished.
    flight: [Vec<u8>; 4],
    /// The server's handshake and application traffic keys.
    keys: [TrafficKeys; 2],
}

impl Server {
    fn answering(client_hello: &[u8]) -> Self {
        let chain = [&include_bytes!("../chains/ecdsa/leaf.der")[..], INTERMEDIATE].map(<[u8]>::to_vec);
        let key = include_bytes!("../chains/ecdsa/key.pk8").to_vec();
        let identity = Identity { chain: chain.into(), key, root: Vec::new() };
        let mut server = Flight::new(&identity, client_hello.to_vec()).expect("the client offers P-256");
        let extensions = vec![version(0x0304), key_share(P256, &point())];
        let hello = ServerHelloFields { extensions, ..ServerHelloFields::default() };
        let (hello, handshake) = server.encode_next(&HandshakeMessage::ServerHello(hello));
        let verify = HandshakeMessage::CertificateVerify(Signature::Valid);
        let [extensions, certificate, verify] =
            [HandshakeMessage::EncryptedExtensions, HandshakeMessage::Certificate, verify]
                .map(|message| server.encode_next(&message).0);
        let (finished, application) = server.encode_next(&HandshakeMessage::Finished);
        let server_keys = |keys: Option<Keys>| {
            let [server, _client] = keys.expect("the message changes the keys");
            server
        };
        Self {
            server_hello: [&[22, 3, 3, 0, hello.len() as u8][..], &hello].concat(),
            flight: [extensions, certificate, verify, finished],
            keys: [handshake, application].map(server_keys),
        }
    }
}

fn change(messages: &mut Vec<Vec<u8>>, source: &mut Source<'_>) {
    let (what, which) = (source.below(6), source.byte());
    let at = usize::from(which) % messages.len().max(1);
    match (what, messages.get_mut(at)) {
        (0, _) => messages.insert(at, with_header(source.byte() % 25, source.bytes())),
        (1, Some(_)) => drop(messages.remove(at)),
        (2, Some(_)) => messages.swap(0, at),
        (_, Some(message)) => source.edit(message),
        _ => {}
    }
}

/// Application data, and whether close_notify ended it.
type Received = (Vec<u8>, bool);

/// The plaintext of a record after the handshake.
fn content(source: &mut Source<'_>) -> Vec<u8> {
    let content = match source.below(4) {
        0 => with_header(4, source.bytes()),
        1 => vec![1, 0],
        _ => source.bytes().to_vec(),
    };
    let any = source.byte();
    let content_type = source.pick(&[23, 23, 23, 22, 21, any]);
    [&content, &[content_type][..], &vec![0; source.below(9)]].concat()
}

/// The data up to the record that ends the connection.
fn expected(after: &[Vec<u8>]) -> Received {
    let mut data = Vec::new();
    for content in after {
        match split(content) {
            (piece, Some(23)) => data.extend(piece),
            (piece, Some(22)) if are_tickets(piece) => {}
            ([_, 0], Some(21)) => return (data, true),
            _ => return (data, false),
        }
    }
    (data, false)
}

fn are_tickets(mut rest: &[u8]) -> bool {
    let mut any = false;
    while let [4, 0, high, low, after @ ..] = rest {
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        let Some((_, following)) = after.split_at_checked(length) else { return false };
        (rest, any) = (following, true);
    }
    any && rest.is_empty()
}

/// The bytes that the client sent, and what it received.
fn connect(mut stream: Stream<'_>) -> (Vec<u8>, Result<Received, TlsError>) {
    // The root is the leaf's issuer, which saves a signature verification, a fifth of the time.
    let root = [Root::from_certificate(INTERMEDIATE).expect("it is a certificate")];
    let now = Timestamp::from_unix(1_800_000_000).expect("it is before the year 10000");
    let server = tls::Server::new("cvm.tencentcloudapi.com", &root, now);
    let mut drawn = 0;
    let mut entropy = entropy::from_fn(|bytes| {
        drawn += 1;
        bytes.fill(drawn);
        Ok::<_, Infallible>(())
    });
    let mut buffers = Buffers::<4_096, 1_024>::new();
    let seed = Seed::draw(&mut entropy).expect("the source does not repeat itself");
    let read = AuthenticatedTls::connect(&mut stream, &mut buffers, &server, seed).map(|mut connection| {
        let (mut data, mut out) = (Vec::new(), [0; 100]);
        loop {
            match connection.read(&mut out) {
                Ok(0) => return (data, true),
                Ok(count) => data.extend(&out[..count]),
                Err(_) => return (data, false),
            }
        }
    });
    (stream.sent, read)
}

/// Limits each read to the next size of `read_sizes`, taken from its end; without one it is not limited.
pub(crate) struct Stream<'a> {
    received: &'a [u8],
    read_sizes: Vec<u8>,
    sent: Vec<u8>,
}

impl<'a> Stream<'a> {
    pub(crate) fn new(received: &'a [u8], read_sizes: &[u8]) -> Self {
        Self { received, read_sizes: read_sizes.to_vec(), sent: Vec::new() }
    }
}

impl Bounded for Stream<'_> {}

impl ErrorType for Stream<'_> {
    type Error = Infallible;
}

impl Read for Stream<'_> {
    fn read(&mut self, out: &mut [u8]) -> Result<usize, Infallible> {
        let most = self.read_sizes.pop().map_or(out.len(), |most| usize::from(most).clamp(1, out.len()));
        self.received.read(&mut out[..most])
    }
}

impl Write for Stream<'_> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        self.sent.extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}
