//! With the HTTP client of `esp-idf-svc`, through the traits of `embedded-svc`.

use embedded_svc::http::Method;
use embedded_svc::http::client::{Client, Connection};
use embedded_svc::io::{Read, Write};
use embedded_svc::utils::io::try_read_full;
use tc3_core::Signed;

/// What came of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// A buffer here is too small. Nothing was sent.
    Nothing,
    /// The HTTP status, and the length of the body in the caller's buffer.
    Answered(u16, usize),
    /// The HTTP status. The body is longer than the caller's buffer.
    TooLong(u16),
}

/// Sends a signed POST, and stores the body of the answer in `answer`. A status other than 200 comes from a proxy: the
/// service reports its errors in the body.
///
/// # Errors
/// That of the client. The service may have done what the request asks for.
pub fn post<C: Connection>(
    client: &mut Client<C>,
    signed: &Signed<'_>,
    body: &[u8],
    answer: &mut [u8],
) -> Result<Sent, C::Error> {
    let (mut url, mut buffer, mut list) = ([0; 128], [0; 512], [("", ""); 13]);
    let Ok(url) = signed.request().url().encode_str(&mut url) else { return Ok(Sent::Nothing) };
    let Ok(headers) = signed.headers().encode(&mut buffer, &mut list) else { return Ok(Sent::Nothing) };

    let mut request = client.request(Method::Post, url, headers)?;
    request.write_all(body)?;
    request.flush()?;
    let mut response = request.submit()?;
    let status = response.status();
    let len = try_read_full(&mut response, answer).map_err(|(cause, _)| cause)?;
    // A full buffer may hold only the beginning.
    let is_whole = len < answer.len() || Read::read(&mut response, &mut [0])? == 0;
    Ok(if is_whole { Sent::Answered(status, len) } else { Sent::TooLong(status) })
}
