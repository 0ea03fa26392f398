//! With the HTTP client of `esp-idf-svc`, through the traits of `embedded-svc`.

use embedded_svc::http::Method;
use embedded_svc::http::client::{Client, Connection};
use embedded_svc::io::Write;
use embedded_svc::utils::io::try_read_full;
use tc3_core::Signed;

/// Sends a signed POST, and returns the length of the body in `answer`. `None` means that a buffer here is too small.
///
/// # Errors
/// That of the client.
pub fn post<C: Connection>(
    client: &mut Client<C>,
    signed: &Signed<'_>,
    body: &[u8],
    answer: &mut [u8],
) -> Result<Option<usize>, C::Error> {
    let (mut url, mut buffer, mut list) = ([0; 128], [0; 512], [("", ""); 13]);
    let Ok(url) = signed.request().url().encode_str(&mut url) else { return Ok(None) };
    let Ok(headers) = signed.headers().encode(&mut buffer, &mut list) else { return Ok(None) };

    let mut request = client.request(Method::Post, url, headers)?;
    request.write_all(body)?;
    request.flush()?;
    let mut response = request.submit()?;
    try_read_full(&mut response, answer).map(Some).map_err(|(cause, _)| cause)
}
