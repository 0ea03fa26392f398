//! Plays a script to a client.

use super::{
    content_type::{ALERT, APPLICATION, HANDSHAKE},
    keys::{TrafficKeys, header},
    message::{FINISHED, Flight, HandshakeMessage, corrupt},
    script::Step,
};
use crate::{
    log::{Connection, Tap, message_len},
    pki::Identity,
};
use rustls::AlertDescription;
use std::{
    io::{self, ErrorKind, Read, Write},
    net::Shutdown,
    thread,
    time::Duration,
};

pub(super) fn run(server: &Identity, script: &[Step], mut tap: Tap<'_>) {
    let Ok((_, client_hello)) = take_record(&mut tap) else { return };
    let flight = Flight::new(server, client_hello).expect("a ClientHello with a key share for P-256");
    let mut player = Player { tap, flight, write: None, read: Vec::new(), pause: None };
    // In most tests the client closes the connection before the end of the script.
    let _ = script.iter().try_for_each(|step| player.perform(step));
    while player.receive().is_ok() {}
}

/// The header and fragment of a client's record.
fn take_record(tap: &mut Tap<'_>) -> io::Result<([u8; 5], Vec<u8>)> {
    let mut header = [0; 5];
    tap.read_exact(&mut header)?;
    let [_, _, _, high, low] = header;
    let mut fragment = vec![0; usize::from(u16::from_be_bytes([high, low]))];
    tap.read_exact(&mut fragment)?;
    Ok((header, fragment))
}

struct Player<'s> {
    tap: Tap<'s>,
    flight: Flight<'s>,
    /// The keys for the server's records. `None` before the ServerHello.
    write: Option<TrafficKeys>,
    /// The keys with which the client might protect its records. Each key is tried.
    read: Vec<TrafficKeys>,
    /// If set, bytes are sent one by one, with this pause before each byte.
    pause: Option<Duration>,
}

impl Player<'_> {
    fn perform(&mut self, step: &Step) -> io::Result<()> {
        match step {
            Step::Send(messages) => self.send_messages(messages, usize::MAX, Self::send_record),
            Step::Fragment(len, messages) => self.send_messages(messages, *len, Self::send_record),
            Step::SendUnprotected(messages) => {
                self.send_messages(messages, usize::MAX, Self::send_unprotected)
            }
            Step::Record(content_type, content) => self.send_record(*content_type, content),
            Step::UnprotectedRecord(content_type, content) => self.send_unprotected(*content_type, content),
            Step::InnerPlaintext(plaintext) => self.send_protected(plaintext.clone()),
            Step::CorruptRecord(content_type, content) => {
                let record = corrupt(self.protect([&content[..], &[*content_type]].concat()));
                self.send(&record)
            }
            Step::Bytes(bytes) => self.send(bytes),
            Step::SlowDown(pause) => {
                self.pause = Some(*pause);
                Ok(())
            }
            Step::Repeat(pause, step) => loop {
                self.perform(step)?;
                thread::sleep(*pause);
            },
            Step::AwaitFinished => self.wait(|it| it.handshake_complete),
            Step::AwaitRequest => self.wait(|it| message_len(&it.received).is_some()),
            Step::CloseTcp => self.tap.socket.shutdown(Shutdown::Write),
        }
    }

    /// Sends the messages of one step with the same keys, even if one of them changes the keys.
    fn send_messages(
        &mut self,
        messages: &[HandshakeMessage],
        fragment_len: usize,
        send: fn(&mut Self, u8, &[u8]) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut bytes = Vec::new();
        let mut new_keys = None;
        for message in messages {
            let (encoded, keys) = self.flight.encode_next(message);
            bytes.extend(encoded);
            new_keys = keys.or(new_keys);
        }
        bytes.chunks(fragment_len).try_for_each(|fragment| send(self, HANDSHAKE, fragment))?;
        if let Some([write, read]) = new_keys {
            self.write = Some(write);
            self.read.push(read);
        }
        Ok(())
    }

    fn send_record(&mut self, content_type: u8, content: &[u8]) -> io::Result<()> {
        if self.write.is_none() {
            return self.send_unprotected(content_type, content);
        }
        self.send_protected([content, &[content_type]].concat())
    }

    fn send_protected(&mut self, plaintext: Vec<u8>) -> io::Result<()> {
        let record = self.protect(plaintext);
        self.send(&record)
    }

    fn send_unprotected(&mut self, content_type: u8, content: &[u8]) -> io::Result<()> {
        self.send(&[&header(content_type, content.len())[..], content].concat())
    }

    fn protect(&mut self, plaintext: Vec<u8>) -> Vec<u8> {
        self.write.as_mut().expect("a script sends the ServerHello first").protect(plaintext)
    }

    fn send(&self, bytes: &[u8]) -> io::Result<()> {
        let mut socket = self.tap.socket;
        let Some(pause) = self.pause else { return socket.write_all(bytes) };
        bytes.chunks(1).try_for_each(|byte| {
            thread::sleep(pause);
            socket.write_all(byte)
        })
    }

    /// Receives records until the condition holds. Fails if the client closes the connection or sends an
    /// alert.
    fn wait(&mut self, condition: impl Fn(&Connection) -> bool) -> io::Result<()> {
        loop {
            let (is_met, failed) = self.tap.log.update(|it| (condition(it), it.error.is_some()));
            if is_met {
                return Ok(());
            }
            if failed {
                return Err(ErrorKind::ConnectionAborted.into());
            }
            self.receive()?;
        }
    }

    /// Receives and logs a record. Fails at the end of the stream.
    fn receive(&mut self) -> io::Result<()> {
        let (header, fragment) = take_record(&mut self.tap)?;
        let [content_type, ..] = header;
        if content_type != APPLICATION {
            self.log_content(content_type, &fragment);
        } else if let Some(plaintext) = self.read.iter_mut().find_map(|keys| keys.decrypt(&header, &fragment))
        {
            let end = plaintext.iter().rposition(|byte| *byte != 0).unwrap_or_default();
            let (content, content_type) = plaintext.split_at(end);
            self.log_content(content_type.first().copied().unwrap_or_default(), content);
        } else if fragment.len() > ALERT_LEN {
            self.tap.log.update(|it| it.undecryptable += 1);
        }
        Ok(())
    }

    fn log_content(&self, content_type: u8, content: &[u8]) {
        self.tap.log.update(|it| match (content_type, content) {
            (APPLICATION, bytes) => it.received.extend(bytes),
            (HANDSHAKE, [FINISHED, ..]) => it.handshake_complete = true,
            // Every alert except close_notify.
            (ALERT, [_, description]) if *description != 0 => {
                let alert = AlertDescription::from(*description);
                it.error = Some(format!("received alert: {alert:?}"));
            }
            _ => {}
        });
    }
}

/// The length of a protected alert: content, content type and tag. A client whose
/// keys differ from the server's can send an alert that cannot be decrypted.
const ALERT_LEN: usize = 2 + 1 + 16;
