//! A signed request on its way out: head, length and body.

use std::{
    fmt::{self, Display, Write as _},
    io::{self, Read},
};
use tc3_core::{Signed, v1};
use zeroize::Zeroizing;

/// The bytes of one signed request, to be sent once.
///
/// It is made from what a signer returns, and only from that: the bytes signed are the bytes sent.
pub struct Message<'a> {
    /// Wiped, because it may hold the token of a temporary key.
    head: Zeroizing<Vec<u8>>,
    body_len: u64,
    body: Box<dyn Read + 'a>,
}

impl<'a> Message<'a> {
    /// A request that was signed elsewhere: its head as it was written there, up to and with the
    /// blank line, and its body.
    #[must_use]
    pub fn new(head: impl Into<Vec<u8>>, body: &'a [u8]) -> Self {
        let body_len = u64::try_from(body.len()).unwrap_or(u64::MAX);
        Self { head: Zeroizing::new(head.into()), body_len, body: Box::new(body) }
    }

    /// The same request with a body that the signer did not see: hashed in pieces beforehand
    /// ([`streamed`](tc3_core::Call::streamed)), or not signed at all.
    #[must_use]
    pub fn with_body(self, body: impl Read + 'a) -> Self {
        Self { body: Box::new(body), ..self }
    }

    /// Request line and headers. A temporary key's token is among them.
    #[must_use]
    pub fn head(&self) -> &[u8] {
        &self.head
    }

    /// The Host header: a name or address, with a port if there is one.
    #[must_use]
    pub fn host(&self) -> &str {
        let head = str::from_utf8(&self.head).unwrap_or_default();
        let host = head.lines().find_map(|line| line.strip_prefix("Host: "));
        host.unwrap_or_default()
    }

    /// The body.
    #[must_use]
    pub fn into_body(self) -> Box<dyn Read + 'a> {
        self.body
    }

    pub(crate) fn into_parts(self) -> (Zeroizing<Vec<u8>>, u64, Box<dyn Read + 'a>) {
        (self.head, self.body_len, self.body)
    }
}

impl<'r> From<Signed<'r>> for Message<'r> {
    fn from(signed: Signed<'r>) -> Self {
        let (head, request) = (signed.head(), signed.request());
        let body = Pieces { current: &[], rest: request.body() };
        Self { head: write(head.len(), head), body_len: request.body_len(), body: Box::new(body) }
    }
}

impl<'r> From<v1::Signed<'r>> for Message<'r> {
    fn from(signed: v1::Signed<'r>) -> Self {
        let (head, wire) = (signed.head(), signed.wire());
        let head = write(head.len(), head);
        let form = if head.starts_with(b"POST ") { write(wire.len(), wire) } else { Zeroizing::default() };
        let body_len = u64::try_from(form.len()).unwrap_or(u64::MAX);
        Self { head, body_len, body: Box::new(Form { form, at: 0 }) }
    }
}

/// Written without growing, which would leave copies behind that are not wiped.
fn write(len: usize, text: impl Display) -> Zeroizing<Vec<u8>> {
    let mut written = String::with_capacity(len);
    // A `String` takes everything.
    let _ = write!(written, "{text}");
    Zeroizing::new(written.into_bytes())
}

/// A body in pieces, read as one.
struct Pieces<'a, I> {
    current: &'a [u8],
    rest: I,
}

impl<'a, I: Iterator<Item = &'a [u8]>> Read for Pieces<'a, I> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.current.is_empty() {
            self.current = self.rest.next().unwrap_or_default();
        }
        self.current.read(buffer)
    }
}

/// A v1 form; a token may be in it.
struct Form {
    form: Zeroizing<Vec<u8>>,
    at: usize,
}

impl Read for Form {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.form.get(self.at..).unwrap_or_default().read(buffer)?;
        self.at = self.at.saturating_add(count);
        Ok(count)
    }
}

impl fmt::Debug for Message<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message")
            .field("host", &self.host())
            .field("body_len", &self.body_len)
            .finish_non_exhaustive()
    }
}
