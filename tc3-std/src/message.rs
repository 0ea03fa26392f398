//! A signed request on its way out: head, length and body.

use std::{
    fmt::{self, Display, Write as _},
    io::{self, Read},
};
use tc3_core::{Signed, v1};
use zeroize::Zeroizing;

/// The bytes of one signed request, to be sent once.
///
/// It is made from what a signer returns, and then the bytes signed are the bytes sent. There are
/// two ways around that: [`with_body`](Self::with_body) and [`dangerous_raw`](Self::dangerous_raw).
///
/// ```
/// use std::io::Read;
/// use tc3_core::{Credentials, Signer, Timestamp, api};
/// use tc3_std::Message;
///
/// let mut signer = Signer::new(Credentials::new("AKIDEXAMPLE", "key")?);
/// let request = api!("cvm", "2017-03-12").action("DescribeZones").json("{}")?;
/// let message = Message::from(signer.sign(&request, Timestamp::from_unix(1_551_113_065)?));
/// assert_eq!(message.host(), "cvm.tencentcloudapi.com");
/// assert!(message.head().starts_with(b"POST / HTTP/1.1\r\n"));
/// let mut body = String::new();
/// message.into_body().read_to_string(&mut body)?;
/// assert_eq!(body, "{}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Message<'a> {
    /// Wiped, because it may hold the token of a temporary key.
    head: Zeroizing<Vec<u8>>,
    body_len: u64,
    body: Box<dyn Read + 'a>,
}

impl<'a> Message<'a> {
    /// Any bytes: the head of a request that was signed elsewhere, up to and with the blank line,
    /// and its body. Nothing is checked, and a head made up from strangers' text may hold headers
    /// of theirs.
    #[must_use]
    pub fn dangerous_raw(head: impl Into<Vec<u8>>, body: &'a [u8]) -> Self {
        let body_len = u64::try_from(body.len()).unwrap_or(u64::MAX);
        Self { head: Zeroizing::new(head.into()), body_len, body: Box::new(body) }
    }

    /// The same head with this body, for a signer that did not see it: hashed in pieces beforehand
    /// ([`streamed`](tc3_core::Call::streamed)), or not signed at all. In place of a body that was
    /// signed, another one is refused: by [`Connection::send`](crate::Connection::send) if its
    /// length differs, else by the service.
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
        field(&self.head, "host").unwrap_or_default()
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

/// The value of a header, whose name may be in any case.
pub(crate) fn field<'a>(head: &'a [u8], name: &str) -> Option<&'a str> {
    let head = str::from_utf8(head).ok()?;
    let mut fields = head.lines().skip(1).filter_map(|line| line.split_once(':'));
    fields.find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim_ascii())
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

#[cfg(test)]
mod tests {
    use super::Message;

    #[test]
    fn the_host_is_found_in_any_case_and_not_in_the_request_line() {
        for name in ["Host: ", "host:", "HOST:\t"] {
            let head = format!("GET /?host:x HTTP/1.1\r\nX-Host: y\r\n{name}localhost:8443\r\n\r\n");
            assert_eq!(Message::dangerous_raw(head, &[]).host(), "localhost:8443");
        }
        assert_eq!(Message::dangerous_raw("GET / HTTP/1.1\r\n\r\n", &[]).host(), "");
    }
}
