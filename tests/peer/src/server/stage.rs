//! Plays a script to a client.

use super::{script::Act, session::Session};
use crate::{listener::Ending, request};
use std::io;

pub(super) fn play(session: &Session<'_>, script: &[Act], ending: &Ending) -> io::Result<()> {
    let mut used = 0;
    for act in script {
        match act {
            Act::Request => match request(session, used)? {
                Some(len) => used += len,
                None => return Ok(()),
            },
            Act::Send(bytes) => session.send(bytes)?,
            Act::Dribble(bytes, pause) => {
                for byte in bytes.chunks(1) {
                    session.send(byte)?;
                    ending.wait(*pause)?;
                }
            }
            Act::Silence => return Ok(()),
            Act::Cut => return session.cut(),
        }
    }
    session.close()
}

/// The length of the next request; none if the client has gone before its end.
fn request(session: &Session<'_>, used: usize) -> io::Result<Option<usize>> {
    loop {
        if let Some(len) = request::len(&session.received(used)) {
            return Ok(Some(len));
        }
        if !session.receive()? {
            return Ok(None);
        }
    }
}
