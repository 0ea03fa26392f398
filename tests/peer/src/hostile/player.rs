//! Plays a script to a client.

use super::{
    content_type::{APPLICATION, HANDSHAKE},
    flight::{Flight, NewKeys, ServerIdentity, corrupt},
    keys::TrafficKeys,
    message::HandshakeMessage,
    records::{RecordStream, header},
    script::Step,
};
use crate::{
    listener::Stop,
    log::{Connection, ConnectionLog},
    request,
};
use std::{
    io::{self, ErrorKind},
    net::{Shutdown, TcpStream},
};

pub(super) fn run(
    server: &ServerIdentity,
    script: &[Step],
    socket: &TcpStream,
    log: &ConnectionLog,
    stop: &Stop,
) {
    let mut records = RecordStream { socket, log, stop, pause: None, read: Vec::new() };
    let Ok(Some((_, client_hello))) = records.take() else { return };
    match Flight::new(server, client_hello) {
        None => log.update(|it| it.error = Some("no ClientHello with a key share for P-256".to_owned())),
        Some(flight) => {
            let mut player = Player { records: &mut records, flight, write: None, consumed: 0 };
            // In most tests the client closes the connection before the end of the script.
            let _ = script.iter().try_for_each(|step| player.perform(step));
        }
    }
    while records.receive().unwrap_or_default() {}
}

struct Player<'s, 'w> {
    records: &'s mut RecordStream<'w>,
    flight: Flight<'s>,
    /// The keys for the server's records. `None` before the ServerHello.
    write: Option<TrafficKeys>,
    /// The total length of the requests that `AwaitRequest` steps have received.
    consumed: usize,
}

impl Player<'_, '_> {
    fn perform(&mut self, step: &Step) -> io::Result<()> {
        match step {
            Step::Send(messages) => self.send(messages, |player, bytes| player.send_record(HANDSHAKE, bytes)),
            Step::Fragment(len, messages) => self.send(messages, |player, bytes| {
                bytes.chunks(*len).try_for_each(|fragment| player.send_record(HANDSHAKE, fragment))
            }),
            Step::SendUnprotected(messages) => {
                self.send(messages, |player, bytes| player.send_unprotected(HANDSHAKE, bytes))
            }
            Step::Record(content_type, content) => self.send_record(*content_type, content),
            Step::UnprotectedRecord(content_type, content) => self.send_unprotected(*content_type, content),
            Step::InnerPlaintext(plaintext) => {
                let record = self.protect(plaintext.clone());
                self.records.send(&record)
            }
            Step::CorruptRecord(content_type, content) => {
                let record = corrupt(self.protect([&content[..], &[*content_type]].concat()));
                self.records.send(&record)
            }
            Step::Bytes(bytes) => self.records.send(bytes),
            Step::SlowDown(pause) => {
                self.records.pause = Some(*pause);
                Ok(())
            }
            Step::Repeat(pause, step) => loop {
                self.perform(step)?;
                self.records.stop.wait(*pause)?;
            },
            Step::AwaitFinished => self.wait(|it| it.handshake_complete.then_some(())),
            Step::AwaitRequest => {
                let from = self.consumed;
                self.consumed += self.wait(|it| request::len(it.received.get(from..)?))?;
                Ok(())
            }
            Step::CloseTcp => self.records.socket.shutdown(Shutdown::Write),
        }
    }

    /// Sends the messages of one step with the same keys, even if one of them changes the keys.
    fn send(
        &mut self,
        messages: &[HandshakeMessage],
        send: impl FnOnce(&mut Self, &[u8]) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut bytes = Vec::new();
        let mut new_keys = None;
        for message in messages {
            let (encoded, changed) = self.flight.encode_next(message, self.write.as_ref());
            bytes.extend(encoded);
            new_keys = changed.or(new_keys);
        }
        send(self, &bytes)?;
        if let Some(NewKeys { write, read }) = new_keys {
            self.write = Some(write);
            self.records.read.extend(read);
        }
        Ok(())
    }

    fn send_record(&mut self, content_type: u8, content: &[u8]) -> io::Result<()> {
        if self.write.is_none() {
            return self.send_unprotected(content_type, content);
        }
        let record = self.protect([content, &[content_type]].concat());
        self.records.send(&record)
    }

    fn send_unprotected(&mut self, content_type: u8, content: &[u8]) -> io::Result<()> {
        self.records.send(&[&header(content_type, content.len())[..], content].concat())
    }

    fn protect(&mut self, plaintext: Vec<u8>) -> Vec<u8> {
        let keys = self.write.as_mut().expect("a script sends the ServerHello first");
        let header = header(APPLICATION, plaintext.len() + 16);
        [&header[..], &keys.encrypt(&header, plaintext)].concat()
    }

    /// Receives records until the condition returns a value. Fails if the client closes the connection or
    /// sends an alert.
    fn wait<T>(&mut self, condition: impl Fn(&Connection) -> Option<T>) -> io::Result<T> {
        loop {
            let (met, failed) = self.records.log.update(|it| (condition(it), it.error.is_some()));
            match met {
                Some(value) => return Ok(value),
                None if failed || !self.records.receive()? => return Err(ErrorKind::UnexpectedEof.into()),
                None => {}
            }
        }
    }
}
