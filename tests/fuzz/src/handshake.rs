//! A TLS server that has the keys of its records can say anything in them: it is never a panic, it is
//! never a connection unless the server is proved, and what is read is what was sent as data.

use crate::edit;
use crate::server::{Server, message, seal};
use crate::source::Source;
use core::convert::Infallible;
use embedded_io::{ErrorType, Read, Write};
use std::sync::OnceLock;
use tc3_core::Timestamp;
use tc3_embedded::deadline::Bounded;
use tc3_embedded::tls::roots::Root;
use tc3_embedded::tls::{self, AuthenticatedTls, Buffers, Seed, TlsError};

/// An honest flight with up to three changes, in any records; then any records.
pub fn check(data: &[u8]) {
    static SERVER: OnceLock<Server> = OnceLock::new();
    let server = SERVER.get_or_init(|| Server::answering(&connect(&[], &[]).0[5..]));
    let mut source = Source::new(data);
    let (plan, mut messages) = (source.bytes(), server.flight.to_vec());
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
    let [early, late] = server.secrets;
    let received = [&server.hello[..], &seal(&early, &flight), &seal(&late, &after)].concat();
    let (_, read) = connect(&received, plan);
    if messages == server.flight {
        assert_eq!(read.expect("the server is proved"), expected(&after));
    } else {
        assert!(read.is_err_and(|error| !error.to_string().is_empty()));
    }
}

fn change(messages: &mut Vec<Vec<u8>>, source: &mut Source<'_>) {
    let (what, which) = (source.below(6), source.byte());
    let at = usize::from(which) % messages.len().max(1);
    match (what, messages.get_mut(at)) {
        (0, _) => messages.insert(at, message(source.byte() % 25, source.bytes())),
        (1, Some(_)) => drop(messages.remove(at)),
        (2, Some(_)) => messages.swap(0, at),
        (_, Some(message)) => edit::byte(message, source),
        _ => {}
    }
}

/// Data, and whether a goodbye ended it.
type Said = (Vec<u8>, bool);

/// The inside of a record that comes after the handshake.
fn content(source: &mut Source<'_>) -> Vec<u8> {
    let content = match source.below(4) {
        0 => message(4, source.bytes()),
        1 => vec![1, 0],
        _ => source.bytes().to_vec(),
    };
    let any = source.byte();
    let kind = source.pick(&[23, 23, 23, 22, 21, any]);
    [&content, &[kind][..], &vec![0; source.below(9)]].concat()
}

/// All data up to what ends it.
fn expected(after: &[Vec<u8>]) -> Said {
    let mut data = Vec::new();
    for content in after {
        let end = content.iter().rposition(|byte| *byte != 0);
        match end.map(|end| (content[end], &content[..end])) {
            Some((23, piece)) => data.extend(piece),
            Some((22, piece)) if are_tickets(piece) => {}
            Some((21, [_, 0])) => return (data, true),
            _ => return (data, false),
        }
    }
    (data, false)
}

fn are_tickets(mut rest: &[u8]) -> bool {
    let mut any = false;
    while let [4, 0, high, low, after @ ..] = rest {
        let Some((_, behind)) = after.split_at_checked(usize::from(u16::from_be_bytes([*high, *low]))) else {
            return false;
        };
        (rest, any) = (behind, true);
    }
    any && rest.is_empty()
}

/// What the client said, and all that it read.
fn connect(received: &[u8], plan: &[u8]) -> (Vec<u8>, Result<Said, TlsError>) {
    // The leaf's issuer: `certificates` is about chains, and each signature is a fifth of the time.
    let root =
        [Root::from_certificate(include_bytes!("../chains/ecdsa/intermediate.der")).expect("it is one")];
    let now = Timestamp::from_unix(1_800_000_000).expect("it is a time");
    let server = tls::Server::new("cvm.tencentcloudapi.com", &root, now);
    let mut drawn = 0;
    let mut entropy = |bytes: &mut [u8]| {
        drawn += 1;
        bytes.fill(drawn);
        Ok::<_, Infallible>(())
    };
    let mut stream = Stream { received, plan: plan.to_vec(), said: Vec::new() };
    let mut room = Buffers::<4_096, 1_024>::new();
    let seed = Seed::draw(&mut entropy).expect("it is never the same");
    let read = AuthenticatedTls::connect(&mut stream, &mut room, &server, seed).map(|mut connection| {
        let (mut data, mut out) = (Vec::new(), [0; 100]);
        loop {
            match connection.read(&mut out) {
                Ok(0) => return (data, true),
                Ok(count) => data.extend(&out[..count]),
                Err(_) => return (data, false),
            }
        }
    });
    (stream.said, read)
}

/// Gives as many bytes at a time as the plan says, then as many as are asked for.
struct Stream<'a> {
    received: &'a [u8],
    plan: Vec<u8>,
    said: Vec<u8>,
}

impl Bounded for Stream<'_> {}

impl ErrorType for Stream<'_> {
    type Error = Infallible;
}

impl Read for Stream<'_> {
    fn read(&mut self, out: &mut [u8]) -> Result<usize, Infallible> {
        let most = self.plan.pop().map_or(out.len(), |most| usize::from(most).clamp(1, out.len()));
        self.received.read(&mut out[..most])
    }
}

impl Write for Stream<'_> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        self.said.extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}
