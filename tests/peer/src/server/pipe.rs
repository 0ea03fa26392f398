//! Bytes between a client and the gateway, which speaks no TLS here.

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
        let answers = scope.spawn(|| answers(gateway, session));
        let requests = requests(session, gateway);
        // The gateway answers what it has, and closes.
        let told = gateway.shutdown(Shutdown::Write);
        let answered = answers.join().expect("bytes are only passed on");
        requests.and(told).and(answered)
    })
}

fn requests(session: &Session<'_>, mut gateway: &TcpStream) -> io::Result<()> {
    let mut passed = 0;
    let mut open = true;
    loop {
        let bytes = session.received(passed);
        gateway.write_all(&bytes)?;
        passed += bytes.len();
        if !open {
            return Ok(());
        }
        open = session.receive()?;
    }
}

fn answers(mut gateway: &TcpStream, session: &Session<'_>) -> io::Result<()> {
    let mut buffer = [0; 4096];
    loop {
        let read = gateway.read(&mut buffer)?;
        match buffer.get(..read).unwrap_or_default() {
            [] => return session.close(),
            bytes => session.send(bytes)?,
        }
    }
}
