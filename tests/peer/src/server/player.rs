//! Plays a script to a client.

use super::{script::Action, session::Session};
use crate::{listener::Stop, request};
use std::io;

pub(super) fn play(session: &Session<'_>, script: &[Action], stop: &Stop) -> io::Result<()> {
    let mut consumed = 0;
    for action in script {
        match action {
            Action::AwaitRequest => match await_request(session, consumed)? {
                Some(len) => consumed += len,
                None => return Ok(()),
            },
            Action::Send(bytes) => session.send(bytes)?,
            Action::SendSlowly(bytes, pause) => {
                for byte in bytes.chunks(1) {
                    session.send(byte)?;
                    stop.wait(*pause)?;
                }
            }
            Action::Stall => return Ok(()),
            Action::CloseTcp => return session.close_tcp(),
        }
    }
    session.close()
}

/// Waits for the request after the first `consumed` bytes, and returns its length. Returns `None` if the
/// client closes the connection before the request is complete.
fn await_request(session: &Session<'_>, consumed: usize) -> io::Result<Option<usize>> {
    loop {
        if let Some(len) = request::len(&session.received(consumed)) {
            return Ok(Some(len));
        }
        if !session.receive()? {
            return Ok(None);
        }
    }
}
