//! With `reqwless`.

use embedded_io_async::{Read, Write};
use reqwless::Error;
use reqwless::client::{HttpConnection, HttpResource};
use reqwless::request::RequestBuilder;
use tc3_core::Signed;

/// Sends a signed POST over a TLS stream, and returns the HTTP status and the body of the answer. A status other than
/// 200 comes from a proxy: the service reports its errors in the body.
///
/// # Errors
/// That of `reqwless`: `BufferTooSmall` if `answer` does not hold the head and the body, or if a buffer here is too
/// small.
pub async fn post<'a, S: Read + Write>(
    stream: S,
    signed: &Signed<'_>,
    body: &[u8],
    answer: &'a mut [u8],
) -> Result<(u16, &'a [u8]), Error> {
    let (mut host, mut target) = ([0; 64], [0; 64]);
    let host = signed.request().host().encode_str(&mut host).map_err(|_| Error::BufferTooSmall)?;
    let target = signed.request().target().encode_str(&mut target).map_err(|_| Error::BufferTooSmall)?;
    let (mut buffer, mut list) = ([0; 512], [("", ""); 13]);
    let headers = signed.headers().without_host_and_length().encode(&mut buffer, &mut list);
    let headers = headers.map_err(|_| Error::BufferTooSmall)?;

    // `Plain`, because the stream is encrypted already.
    let mut server = HttpResource { conn: HttpConnection::Plain(stream), host, base_path: "" };
    let response = server.post(target).headers(headers).body(body).send(answer).await?;
    Ok((response.status.0, response.body().read_to_end().await?))
}
