//! Plays a script to a client.

use super::{
    content::{APPLICATION, HANDSHAKE},
    flight::{Actor, Flight, Turn, corrupt},
    keys::Keys,
    message::Message,
    script::Step,
    wire::{Wire, header},
};
use crate::{
    listener::Ending,
    record::{Connection, Page},
    request,
};
use std::{
    io::{self, ErrorKind},
    net::{Shutdown, TcpStream},
};

pub(super) fn run(actor: &Actor, script: &[Step], socket: &TcpStream, page: &Page, ending: &Ending) {
    let mut wire = Wire { socket, page, ending, pause: None, read: Vec::new() };
    let Ok(Some((_, hello))) = wire.take() else { return };
    match Flight::new(actor, hello) {
        None => page.with(|it| it.trouble = Some("no ClientHello with a share of P-256".to_owned())),
        Some(flight) => {
            let mut stage = Stage { wire: &mut wire, flight, write: None, answered: 0 };
            // A client that goes before the script is over is what most scripts are for.
            let _ = script.iter().try_for_each(|step| stage.perform(step));
        }
    }
    while wire.listen().unwrap_or_default() {}
}

struct Stage<'s, 'w> {
    wire: &'s mut Wire<'w>,
    flight: Flight<'s>,
    /// The keys of the moment.
    write: Option<Keys>,
    /// How many of the client's bytes are requests that were waited for.
    answered: usize,
}

impl Stage<'_, '_> {
    fn perform(&mut self, step: &Step) -> io::Result<()> {
        match step {
            Step::Say(messages) => self.say(messages, |stage, bytes| stage.record(HANDSHAKE, bytes)),
            Step::Split(len, messages) => self.say(messages, |stage, bytes| {
                bytes.chunks(*len).try_for_each(|piece| stage.record(HANDSHAKE, piece))
            }),
            Step::SayInClear(messages) => self.say(messages, |stage, bytes| stage.clear(HANDSHAKE, bytes)),
            Step::Record(kind, content) => self.record(*kind, content),
            Step::RecordInClear(kind, content) => self.clear(*kind, content),
            Step::Sealed(text) => {
                let record = self.seal(text.clone());
                self.wire.put(&record)
            }
            Step::Damaged(kind, content) => {
                let record = corrupt(self.seal([&content[..], &[*kind]].concat()));
                self.wire.put(&record)
            }
            Step::Bytes(bytes) => self.wire.put(bytes),
            Step::Slowly(pause) => {
                self.wire.pause = Some(*pause);
                Ok(())
            }
            Step::Forever(pause, step) => loop {
                self.perform(step)?;
                self.wire.ending.wait(*pause)?;
            },
            Step::AwaitFinished => self.wait(|it| it.secured.then_some(())),
            Step::AwaitRequest => {
                let from = self.answered;
                self.answered += self.wait(|it| request::len(it.received.get(from..)?))?;
                Ok(())
            }
            Step::Cut => self.wire.socket.shutdown(Shutdown::Write),
        }
    }

    /// The messages of one step are sent under the same keys, whichever they lead to.
    fn say(
        &mut self,
        messages: &[Message],
        send: impl FnOnce(&mut Self, &[u8]) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut bytes = Vec::new();
        let mut next = None;
        for message in messages {
            let (message, turn) = self.flight.say(message, self.write.as_ref());
            bytes.extend(message);
            next = turn.or(next);
        }
        send(self, &bytes)?;
        if let Some(Turn { write, read }) = next {
            self.write = Some(write);
            self.wire.read.extend(read);
        }
        Ok(())
    }

    fn record(&mut self, kind: u8, content: &[u8]) -> io::Result<()> {
        if self.write.is_none() {
            return self.clear(kind, content);
        }
        let record = self.seal([content, &[kind]].concat());
        self.wire.put(&record)
    }

    fn clear(&mut self, kind: u8, content: &[u8]) -> io::Result<()> {
        self.wire.put(&[&header(kind, content.len())[..], content].concat())
    }

    fn seal(&mut self, text: Vec<u8>) -> Vec<u8> {
        let keys = self.write.as_mut().expect("nothing can be encrypted before ServerHello");
        let header = header(APPLICATION, text.len() + 16);
        [&header[..], &keys.seal(&header, text)].concat()
    }

    /// Until this is so; a client that goes or complains will never do it.
    fn wait<T>(&mut self, so: impl Fn(&Connection) -> Option<T>) -> io::Result<T> {
        loop {
            let (so, trouble) = self.wire.page.with(|it| (so(it), it.trouble.is_some()));
            match so {
                Some(value) => return Ok(value),
                None if trouble || !self.wire.listen()? => return Err(ErrorKind::UnexpectedEof.into()),
                None => {}
            }
        }
    }
}
