//! With the HTTP client of `esp-idf-svc`, through the traits of `embedded-svc`.

use embedded_svc::http::Method;
use embedded_svc::http::client::{Client, Connection};
use embedded_svc::io::{Read, Write};
use embedded_svc::utils::io::try_read_full;
use tc3_core::{BufferTooSmall, HeadersDoNotFit, Signed};

/// What came of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// Nothing was sent.
    Nothing(Reason),
    /// The HTTP status, and the length of the body in the caller's buffer.
    Answered(u16, usize),
    /// The HTTP status. The body is longer than the caller's buffer.
    TooLong(u16),
}

/// Why nothing was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The request is not a POST.
    NotPost,
    /// The URL is longer than 128 bytes.
    Url(BufferTooSmall),
    /// The headers do not fit `buffer`, or there are more than 13.
    Headers(HeadersDoNotFit),
}

/// Sends a signed POST, and stores the body of the answer in `answer`. A status other than 200 comes from a proxy: the
/// service reports its errors in the body.
///
/// `buffer` is for the values of the headers. It takes 512 bytes, and the length of the token if the credentials are
/// temporary. Headers of your own take more.
///
/// # Errors
/// That of the client. The service may have done what the request asks for.
pub fn post<C: Connection>(
    client: &mut Client<C>,
    signed: &Signed<'_>,
    body: &[u8],
    buffer: &mut [u8],
    answer: &mut [u8],
) -> Result<Sent, C::Error> {
    if signed.request().method() != "POST" {
        return Ok(Sent::Nothing(Reason::NotPost));
    }
    let (mut url, mut list) = ([0; 128], [("", ""); 13]);
    let url = match signed.request().url().encode_str(&mut url) {
        Ok(url) => url,
        Err(small) => return Ok(Sent::Nothing(Reason::Url(small))),
    };
    let headers = match signed.headers().encode(buffer, &mut list) {
        Ok(headers) => headers,
        Err(misfit) => return Ok(Sent::Nothing(Reason::Headers(misfit))),
    };

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
