//! Sends and receives records.

use super::content_type::{ALERT, APPLICATION, HANDSHAKE};
use super::keys::TrafficKeys;
use crate::{
    listener::Stop,
    log::{ConnectionLog, Tap},
};
use rustls::AlertDescription;
use std::{
    io::{self, Read, Write},
    iter,
    net::TcpStream,
    time::Duration,
};

/// Sends and receives records on a connection. Received records are logged.
pub(super) struct RecordStream<'w> {
    pub(super) socket: &'w TcpStream,
    pub(super) log: &'w ConnectionLog,
    pub(super) stop: &'w Stop,
    /// If set, bytes are sent one by one, with this pause before each byte.
    pub(super) pause: Option<Duration>,
    /// The keys with which the client might protect its records. Each key is tried.
    pub(super) read: Vec<TrafficKeys>,
}

impl RecordStream<'_> {
    pub(super) fn send(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        let Some(pause) = self.pause else { return (&*self.socket).write_all(bytes) };
        while let Some((byte, rest)) = bytes.split_first() {
            self.stop.wait(pause)?;
            (&*self.socket).write_all(&[*byte])?;
            bytes = rest;
        }
        Ok(())
    }

    /// Receives a record, and returns its header and fragment. Returns `None` at the end of the stream.
    pub(super) fn take(&mut self) -> io::Result<Option<([u8; 5], Vec<u8>)>> {
        let mut header = [0; 5];
        let mut tap = Tap { socket: self.socket, log: self.log };
        match tap.read_exact(&mut header) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            other => other?,
        }
        let [_, _, _, high, low] = header;
        let mut fragment = vec![0; usize::from(u16::from_be_bytes([high, low]))];
        tap.read_exact(&mut fragment)?;
        Ok(Some((header, fragment)))
    }

    /// Receives and logs a record. Returns false at the end of the stream.
    pub(super) fn receive(&mut self) -> io::Result<bool> {
        let Some((header, fragment)) = self.take()? else { return Ok(false) };
        let [content_type, ..] = header;
        if content_type != APPLICATION {
            self.log_content(content_type, &fragment);
        } else if let Some(plaintext) = self.read.iter_mut().find_map(|keys| keys.decrypt(&header, &fragment))
        {
            let end = plaintext.iter().rposition(|byte| *byte != 0).unwrap_or_default();
            let (content, content_type) = plaintext.split_at(end);
            self.log_content(content_type.first().copied().unwrap_or_default(), content);
        } else if fragment.len() > ALERT_LEN {
            self.log.update(|it| it.undecryptable += 1);
        }
        Ok(true)
    }

    fn log_content(&mut self, content_type: u8, content: &[u8]) {
        match (content_type, content) {
            (APPLICATION, bytes) => self.log.update(|it| it.received.extend(bytes)),
            (HANDSHAKE, messages) => types(messages).for_each(|it| self.handle(it)),
            // Every alert except close_notify.
            (ALERT, [_, description]) if *description != 0 => {
                let alert = AlertDescription::from(*description);
                self.log.update(|it| it.error = Some(format!("received alert: {alert:?}")));
            }
            _ => {}
        }
    }

    fn handle(&mut self, handshake_type: u8) {
        match (handshake_type, self.read.last_mut()) {
            (FINISHED, _) => self.log.update(|it| it.handshake_complete = true),
            (KEY_UPDATE, Some(keys)) => *keys = keys.updated(),
            _ => {}
        }
    }
}

/// The handshake types of these messages.
fn types(mut messages: &[u8]) -> impl Iterator<Item = u8> {
    iter::from_fn(move || {
        let ([handshake_type, high, middle, low], rest) = messages.split_first_chunk()?;
        let len = u32::from_be_bytes([0, *high, *middle, *low]);
        messages = rest.get(usize::try_from(len).ok()?..).unwrap_or_default();
        Some(*handshake_type)
    })
}

/// The length of a protected alert: content, content type and tag. A client whose
/// keys differ from the server's can send an alert that cannot be decrypted.
const ALERT_LEN: usize = 2 + 1 + 16;

const FINISHED: u8 = 20;
const KEY_UPDATE: u8 = 24;

/// The header of a record.
pub(super) fn header(content_type: u8, len: usize) -> [u8; 5] {
    let [high, low] = u16::try_from(len).expect("the length of a record has two bytes").to_be_bytes();
    [content_type, 3, 3, high, low]
}
