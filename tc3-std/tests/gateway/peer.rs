//! A server on loopback that ends a call in one given way and keeps the requests that it received.

use crate::server::{CA, PATIENCE, text, write};
use rcgen::{CertificateParams, DistinguishedName, DnType, DnValue, Issuer, KeyPair};
use rustls::{ServerConfig, ServerConnection, StreamOwned, pki_types::PrivatePkcs8KeyDer};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver, Sender};
use std::{sync::Arc, thread, time::Duration};

/// How long a stalled server waits. A client without its timeout then sees another end than a timeout.
pub(crate) const HOLD: Duration = Duration::from_secs(25);

/// How the server ends a call, in the order of the steps of a call. It sends a byte for each character of a string,
/// so that it can send bytes that are not UTF-8.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Play {
    /// Its name has no address.
    Unresolvable,
    /// Nothing listens.
    Refuse,
    /// The operating system accepts no more connections.
    StallConnecting,
    /// Sends nothing, not even its part of the handshake.
    StallHandshake,
    /// Closes the connection when the handshake begins.
    CloseInHandshake,
    /// Answers in plain HTTP.
    PlainHttp,
    /// Reads nothing after the handshake, and sends these bytes.
    StallReceiving(String),
    /// Sends these bytes after the request, and nothing more.
    StallAfter(String),
    /// Sends these bytes after the request, and closes TCP without `close_notify`.
    BreakAfter(String),
    /// Sends these bytes after the request, and `close_notify`.
    Answer(String),
}

/// The server's certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Certificate {
    Valid,
    Expired,
    OtherHost,
    /// Its authority is not in the file.
    UnknownIssuer,
    /// It claims to be issued by the public root of the service's chain, whose key did not sign it. A client
    /// that has the root refuses the signature. A client that does not have it knows no such issuer.
    ClaimsPublicRoot,
}

impl Certificate {
    /// `name` is the subject, and the issuer of a certificate that is its own authority.
    fn generate(self, name: &str) -> (rcgen::Certificate, KeyPair) {
        let hosts: &[_] = match self {
            Self::OtherHost => &["cbs.tencentcloudapi.com"],
            _ => &["cvm.tencentcloudapi.com", "sts.tencentcloudapi.com", "localhost", "127.0.0.1", "::1"],
        };
        let hosts: Vec<_> = hosts.iter().map(|host| (*host).to_owned()).collect();
        let (mut params, key) = (CertificateParams::new(hosts).unwrap(), KeyPair::generate().unwrap());
        params.distinguished_name.push(DnType::CommonName, name);
        if self == Self::Expired {
            params.not_after = rcgen::date_time_ymd(2020, 1, 1);
        }
        let certificate = match self {
            Self::ClaimsPublicRoot => params.signed_by(&key, &public_root(&key)),
            _ => params.self_signed(&key),
        };
        (certificate.unwrap(), key)
    }
}

/// The subject of the root of `*.tencentcloudapi.com`, with another key.
fn public_root(key: &KeyPair) -> Issuer<'static, &KeyPair> {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    for (kind, value) in [
        (DnType::CountryName, "US"),
        (DnType::OrganizationName, "DigiCert Inc"),
        (DnType::OrganizationalUnitName, "www.digicert.com"),
        (DnType::CommonName, "DigiCert Global Root G2"),
    ] {
        params.distinguished_name.push(kind, DnValue::PrintableString(value.try_into().unwrap()));
    }
    Issuer::new(params, key)
}

/// A running server. Its threads end with the process.
pub(crate) struct Peer {
    /// `HOST:PORT`
    pub(crate) address: String,
    /// A file with the certificate to trust, between others, as PEM.
    pub(crate) ca: String,
    requests: Receiver<String>,
}

impl Peer {
    pub(crate) fn start(play: Play, kind: Certificate) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let addr = listener.local_addr().unwrap();
        let (certificate, key) = kind.generate(&addr.to_string());
        let other = Certificate::Valid.generate("other").0.pem();
        let pem = match kind {
            Certificate::UnknownIssuer | Certificate::ClaimsPublicRoot => other,
            _ => [&*other, &certificate.pem(), &other].concat(),
        };
        let ca = write(&format!("{CA}peer {}.pem", addr.port()), pem.as_bytes());
        let key = PrivatePkcs8KeyDer::from(key.serialize_der()).into();
        let tls = ServerConfig::builder().with_no_client_auth();
        let mut tls = tls.with_single_cert(vec![certificate.der().clone()], key).unwrap();
        tls.alpn_protocols = vec![b"http/1.1".to_vec()];
        let tls = Arc::new(tls);
        let (sender, requests) = mpsc::channel();
        let mut address = addr.to_string();
        match play {
            Play::Unresolvable => address = format!("{}$(kill $$)'\":443", "x".repeat(64)),
            // Every other server listens on 127.0.0.1.
            Play::Refuse => address = format!("127.0.0.8:{}", addr.port()),
            Play::StallConnecting => fill(listener),
            _ => {
                thread::spawn(move || {
                    for socket in listener.incoming().map(Result::unwrap) {
                        let (play, tls, sender) = (play.clone(), Arc::clone(&tls), sender.clone());
                        thread::spawn(move || serve(socket, &play, tls, &sender));
                    }
                });
            }
        }
        Self { address, ca, requests }
    }

    /// The next request, as received.
    #[track_caller]
    pub(crate) fn request(&self) -> String {
        self.requests.recv_timeout(PATIENCE).expect("the server received no request")
    }

    /// The requests that no call of [`request`](Self::request) returned.
    pub(crate) fn unread(&self) -> Vec<String> {
        self.requests.try_iter().collect()
    }
}

/// An empty success.
pub(crate) const EMPTY: &str = r#"{"Response":{"RequestId":"r-1"}}"#;

/// A response with this body.
pub(crate) fn ok(body: &str) -> String {
    response("200 OK", body)
}

pub(crate) fn response(status: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

/// Connects until the operating system accepts no more connections, and keeps them open.
fn fill(listener: TcpListener) {
    let (addr, mut waiting) = (listener.local_addr().unwrap(), Vec::new());
    while let Ok(socket) = TcpStream::connect_timeout(&addr, Duration::from_millis(200)) {
        waiting.push(socket);
    }
    Box::leak(Box::new((listener, waiting)));
}

type Tls = Arc<ServerConfig>;

fn serve(mut socket: TcpStream, play: &Play, tls: Tls, requests: &Sender<String>) -> io::Result<()> {
    match play {
        Play::StallHandshake => thread::sleep(HOLD),
        Play::CloseInHandshake => return socket.read(&mut [0; 8]).map(drop),
        Play::PlainHttp => socket.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")?,
        _ => {}
    }
    let mut session = ServerConnection::new(tls).unwrap();
    while session.is_handshaking() {
        session.complete_io(&mut socket)?;
    }
    // A server that also has HTTP/2 would choose it for a client that offers no protocol or both.
    if session.alpn_protocol() != Some(b"http/1.1") {
        requests.send(format!("protocol {:?}", session.alpn_protocol())).map_err(io::Error::other)?;
    }
    let mut stream = StreamOwned::new(session, socket);
    if !matches!(play, Play::StallReceiving(_)) {
        requests.send(receive(&mut stream)?).map_err(io::Error::other)?;
    }
    if let Play::Answer(bytes)
    | Play::StallReceiving(bytes)
    | Play::StallAfter(bytes)
    | Play::BreakAfter(bytes) = play
    {
        let bytes: Result<Vec<u8>, _> = bytes.chars().map(u8::try_from).collect();
        stream.write_all(&bytes.unwrap())?;
        stream.flush()?;
    }
    match play {
        Play::StallReceiving(_) | Play::StallAfter(_) => thread::sleep(HOLD),
        Play::Answer(_) => stream.conn.send_close_notify(),
        _ => {}
    }
    stream.flush()?;
    // Closing before the client's last bytes are read would reset the connection.
    stream.sock.shutdown(Shutdown::Write)?;
    if let (Play::Answer(_), Err(error)) = (play, stream.read(&mut [0])) {
        return requests.send(format!("closed without close_notify: {error}")).map_err(io::Error::other);
    }
    io::copy(&mut stream.sock, &mut io::sink()).map(drop)
}

/// Receives a request with its body.
fn receive(stream: &mut impl Read) -> io::Result<String> {
    let (mut reader, mut request) = (BufReader::new(stream), Vec::new());
    while !request.ends_with(b"\r\n\r\n") {
        if reader.read_until(b'\n', &mut request)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    let head = String::from_utf8_lossy(&request).to_ascii_lowercase();
    let len = head.split("\r\ncontent-length: ").nth(1).and_then(|rest| rest.lines().next()?.parse().ok());
    let body = request.len();
    request.resize(body + len.unwrap_or(0), 0);
    reader.read_exact(&mut request[body..])?;
    Ok(text(&request))
}
