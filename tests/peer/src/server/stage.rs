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
            Act::Silence => return listen(session),
            Act::Cut => {
                session.cut()?;
                return listen(session);
            }
        }
    }
    session.close()?;
    listen(session)
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

/// Until the client goes: what it still sends belongs into the record.
fn listen(session: &Session<'_>) -> io::Result<()> {
    while session.receive()? {}
    Ok(())
}
