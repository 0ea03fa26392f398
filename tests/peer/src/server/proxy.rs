//! Forwards decrypted bytes between a client and a gateway that runs without TLS.

use super::session::Session;
use std::{
    io::{self, Read, Write},
    net::{Shutdown, SocketAddr, TcpStream},
    thread,
};

pub(super) fn run(session: &Session<'_>, gateway: SocketAddr) -> io::Result<()> {
    let gateway = &TcpStream::connect(gateway)?;
    gateway.set_nodelay(true)?;
    thread::scope(|scope| {
        let responses = scope.spawn(|| forward_responses(gateway, session));
        let requests = forward_requests(session, gateway);
        // The gateway still responds to the requests that it has received, and then closes.
        let shut_down = gateway.shutdown(Shutdown::Write);
        let responses = responses.join().expect("forwarding does not panic");
        requests.and(shut_down).and(responses)
    })
}

fn forward_requests(session: &Session<'_>, mut gateway: &TcpStream) -> io::Result<()> {
    let mut forwarded = 0;
    let mut open = true;
    loop {
        let bytes = session.received(forwarded);
        gateway.write_all(&bytes)?;
        forwarded += bytes.len();
        if !open {
            return Ok(());
        }
        open = session.receive()?;
    }
}

fn forward_responses(mut gateway: &TcpStream, session: &Session<'_>) -> io::Result<()> {
    let mut buffer = [0; 4096];
    loop {
        let read = gateway.read(&mut buffer)?;
        match buffer.get(..read).unwrap_or_default() {
            [] => return session.close(),
            bytes => session.send(bytes)?,
        }
    }
}
