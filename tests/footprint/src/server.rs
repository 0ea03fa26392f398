//! A server in memory that answers every request, for whole calls.

use core::convert::Infallible;

use tc3_embedded::client::{Client, Connection, Reply};
use tc3_embedded::clock::{self, UnixClock};

use crate::fixture;

static ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 66\r\n\r\n\
    {\"Response\":{\"RequestId\":\"ed93f3cb-f35e-473f-b9f3-0d451b8b79c6\"}}";

/// What the client has not read yet. What it writes is lost.
#[derive(Debug)]
pub struct Server(&'static [u8]);

impl embedded_io::ErrorType for Server {
    type Error = Infallible;
}

impl embedded_io::Read for Server {
    fn read(&mut self, into: &mut [u8]) -> Result<usize, Infallible> {
        let len = self.0.len().min(into.len());
        let (Some(into), Some((bytes, rest))) = (into.get_mut(..len), self.0.split_at_checked(len)) else {
            return Ok(0);
        };
        into.copy_from_slice(bytes);
        self.0 = rest;
        Ok(len)
    }
}

impl embedded_io::Write for Server {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        Ok(fixture::read(&bytes.len()))
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

impl embedded_io_async::Read for Server {
    async fn read(&mut self, into: &mut [u8]) -> Result<usize, Infallible> {
        embedded_io::Read::read(self, into)
    }
}

impl embedded_io_async::Write for Server {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        embedded_io::Write::write(self, bytes)
    }

    async fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

/// A connection to the server.
#[must_use]
pub fn connection() -> Connection<Server> {
    Connection::new(Server(fixture::read(&ANSWER)))
}

/// A client whose clock has the fixture's time.
pub fn client() -> Option<Client<impl UnixClock>> {
    let clock = clock::from_fn(|| Ok::<_, Infallible>(fixture::now().map_or(0, |now| now.unix())));
    Some(Client::new(clock).floor(fixture::now().ok()?))
}

/// Writes the id of a request.
pub fn write_id(reply: Reply<'_>, out: &mut [u8]) -> Option<usize> {
    let id = reply.request_id()?;
    let id = id.raw();
    out.get_mut(..id.len())?.iter_mut().zip(id).for_each(|(to, from)| *to = *from);
    Some(id.len())
}
