//! Plays a script to a client, or lets a gateway answer it.

use super::{script::Action, session::Session};
use crate::{listener::Stop, request};
use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpStream},
};

pub(super) fn play(session: &mut Session<'_>, script: &[Action], stop: &Stop) -> io::Result<()> {
    let mut consumed = 0;
    for action in script {
        match action {
            Action::AwaitRequest => match await_request(session, &mut consumed)? {
                Some(_) => {}
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

/// Forwards each request to a gateway without TLS, and its response to the client.
pub(super) fn forward(session: &mut Session<'_>, gateway: SocketAddr) -> io::Result<()> {
    let mut gateway = TcpStream::connect(gateway)?;
    let mut consumed = 0;
    while let Some(request) = await_request(session, &mut consumed)? {
        gateway.write_all(&request)?;
        let mut response = Vec::new();
        while request::len(&response).is_none() {
            let mut buffer = [0; 4096];
            match gateway.read(&mut buffer)? {
                0 => return session.close(),
                read => response.extend(buffer.iter().take(read)),
            }
        }
        session.send(&response)?;
    }
    session.close()
}

/// Waits for the request after the first `consumed` bytes. Returns `None` if the client closes the
/// connection before the request is complete.
fn await_request(session: &mut Session<'_>, consumed: &mut usize) -> io::Result<Option<Vec<u8>>> {
    loop {
        let mut request = session.received(*consumed);
        if let Some(len) = request::len(&request) {
            *consumed += len;
            request.truncate(len);
            return Ok(Some(request));
        }
        if !session.receive()? {
            return Ok(None);
        }
    }
}
