//! Records.

use super::content::{ALERT, APPLICATION, HANDSHAKE};
use super::keys::Keys;
use crate::{listener::Ending, record::Page};
use rustls::AlertDescription;
use std::{
    io::{self, Read, Write},
    iter,
    net::TcpStream,
    time::Duration,
};

/// A connection as records, of which the client's are written down.
pub(super) struct Wire<'w> {
    pub(super) socket: &'w TcpStream,
    pub(super) page: &'w Page,
    pub(super) ending: &'w Ending,
    pub(super) pause: Option<Duration>,
    /// What the client's records may be encrypted with; nobody says which it has got to.
    pub(super) read: Vec<Keys>,
}

impl Wire<'_> {
    pub(super) fn put(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        let Some(pause) = self.pause else { return (&*self.socket).write_all(bytes) };
        while let Some((byte, rest)) = bytes.split_first() {
            self.ending.wait(pause)?;
            (&*self.socket).write_all(&[*byte])?;
            bytes = rest;
        }
        Ok(())
    }

    /// A record as it arrives; none at the end.
    pub(super) fn take(&mut self) -> io::Result<Option<([u8; 5], Vec<u8>)>> {
        let mut header = [0; 5];
        match (&*self.socket).read_exact(&mut header) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            other => other?,
        }
        let [_, _, _, high, low] = header;
        let mut body = vec![0; usize::from(u16::from_be_bytes([high, low]))];
        (&*self.socket).read_exact(&mut body)?;
        Ok(Some((header, body)))
    }

    /// Waits for a record of the client; false at their end.
    pub(super) fn listen(&mut self) -> io::Result<bool> {
        let Some((header, body)) = self.take()? else { return Ok(false) };
        let [kind, ..] = header;
        if kind != APPLICATION {
            self.hear(kind, &body);
        } else if let Some(text) = self.read.iter_mut().find_map(|keys| keys.open(&header, &body)) {
            let end = text.iter().rposition(|byte| *byte != 0).unwrap_or_default();
            let (content, kind) = text.split_at(end);
            self.hear(kind.first().copied().unwrap_or_default(), content);
        } else if body.len() > ALERT_LEN {
            self.page.with(|it| it.opaque += 1);
        }
        Ok(true)
    }

    fn hear(&mut self, kind: u8, content: &[u8]) {
        match (kind, content) {
            (APPLICATION, bytes) => self.page.with(|it| it.received.extend(bytes)),
            (HANDSHAKE, messages) => types(messages).for_each(|kind| self.obey(kind)),
            // close_notify is no complaint.
            (ALERT, [_, description]) if *description != 0 => {
                let alert = AlertDescription::from(*description);
                self.page.with(|it| it.trouble = Some(format!("received alert: {alert:?}")));
            }
            _ => {}
        }
    }

    fn obey(&mut self, kind: u8) {
        match (kind, self.read.last_mut()) {
            (FINISHED, _) => self.page.with(|it| it.secured = true),
            (KEY_UPDATE, Some(keys)) => *keys = keys.updated(),
            _ => {}
        }
    }
}

/// The types of these messages.
fn types(mut messages: &[u8]) -> impl Iterator<Item = u8> {
    iter::from_fn(move || {
        let ([kind, high, middle, low], rest) = messages.split_first_chunk()?;
        let len = u32::from_be_bytes([0, *high, *middle, *low]);
        messages = rest.get(usize::try_from(len).ok()?..).unwrap_or_default();
        Some(*kind)
    })
}

/// Of an encrypted alert: a client that refuses the keys may still say so under keys of its own.
const ALERT_LEN: usize = 2 + 1 + 16;

const FINISHED: u8 = 20;
const KEY_UPDATE: u8 = 24;

/// The header of a record.
pub(super) fn header(kind: u8, len: usize) -> [u8; 5] {
    let [high, low] = u16::try_from(len).expect("the length of a record has two bytes").to_be_bytes();
    [kind, 3, 3, high, low]
}
