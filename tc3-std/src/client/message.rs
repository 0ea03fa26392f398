//! A signed request as bytes: a head, followed by a body.

use std::{
    fmt::{self, Display, Write as _},
    io::{self, Read},
};
use tc3_core::{Encoded, HeaderValue, Signed, v1};
use tc3_embedded::http::Fields;
use zeroize::Zeroizing;

/// The bytes of one signed request, to be sent once.
///
/// It is converted from a signer's result, so that the bytes sent are the bytes signed. Only
/// [`with_body`](Self::with_body) and [`dangerous_raw`](Self::dangerous_raw) can change them.
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
    host: String,
    /// Wiped, because it can contain the token of a temporary key.
    head: Zeroizing<Vec<u8>>,
    body_len: u64,
    body: Box<dyn Read + 'a>,
}

impl<'a> Message<'a> {
    /// Takes any bytes, for a request that was signed elsewhere: the head, including the empty line at its
    /// end, and the body. Nothing is checked: if `head` is built from untrusted strings, they can add
    /// headers.
    #[must_use]
    pub fn dangerous_raw(head: impl Into<Vec<u8>>, body: &'a [u8]) -> Self {
        let head = Zeroizing::new(head.into());
        let host = Fields::of(&head).value("host").unwrap_or_default();
        let host = String::from_utf8_lossy(host).into_owned();
        let body_len = u64::try_from(body.len()).unwrap_or(u64::MAX);
        Self { host, head, body_len, body: Box::new(body) }
    }

    /// Sends this body after the same head. Use it for requests that do not store their body, because the
    /// body was hashed beforehand ([`streamed`](tc3_core::Call::streamed)) or is not signed
    /// ([`unsigned`](tc3_core::Call::unsigned)). [`Connection::send`](crate::Connection::send) refuses a
    /// body of another length than was signed; the service refuses other bytes than were signed.
    #[must_use]
    pub fn with_body(self, body: impl Read + 'a) -> Self {
        Self { body: Box::new(body), ..self }
    }

    /// Request line and headers, including the empty line at their end. They contain the token of a
    /// temporary key.
    #[must_use]
    pub fn head(&self) -> &[u8] {
        &self.head
    }

    /// The value of the Host header, including its port if it has one. Empty if a raw head has no Host.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Returns a reader of the body.
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
        Self {
            host: host(signed.headers()),
            head: write(head.len(), head),
            body_len: request.body_len(),
            body: Box::new(body),
        }
    }
}

impl<'r> From<v1::Signed<'r>> for Message<'r> {
    fn from(signed: v1::Signed<'r>) -> Self {
        let (head, wire, body_len) = (signed.head(), signed.wire(), signed.body_len());
        // The parameters of a GET are in its head.
        let form = if body_len > 0 { write(wire.len(), wire) } else { Zeroizing::default() };
        Self {
            host: host(signed.headers()),
            head: write(head.len(), head),
            body_len,
            body: Box::new(Form { form, at: 0 }),
        }
    }
}

fn host<'r>(mut headers: impl Iterator<Item = (&'r str, Encoded<HeaderValue<'r>>)>) -> String {
    headers.find(|(name, _)| *name == "Host").map(|(_, value)| value.to_string()).unwrap_or_default()
}

/// Encodes `value`, which has `len` bytes. The buffer never grows, because growing would leave copies that
/// are not wiped.
fn write(len: usize, value: impl Display) -> Zeroizing<Vec<u8>> {
    let mut written = String::with_capacity(len);
    // Writing to a `String` cannot fail.
    let _ = write!(written, "{value}");
    Zeroizing::new(written.into_bytes())
}

/// Reads a body that is stored in pieces.
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

/// Reads a v1 form. The form is wiped when dropped, because it can contain a token.
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
    fn a_raw_heads_host_is_found_in_any_case_and_not_in_the_request_line() {
        for name in ["Host: ", "host:", "HOST:\t"] {
            let head = format!("GET /?host:x HTTP/1.1\r\nX-Host: y\r\n{name}localhost:8443\r\n\r\n");
            assert_eq!(Message::dangerous_raw(head, &[]).host(), "localhost:8443");
        }
        assert_eq!(Message::dangerous_raw("GET / HTTP/1.1\r\n\r\n", &[]).host(), "");
    }
}
