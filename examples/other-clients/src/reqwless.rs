//! With `reqwless`.

use embedded_io_async::{Read, Write};
use reqwless::client::{HttpConnection, HttpResource};
use reqwless::request::RequestBuilder;
use tc3_core::{BufferTooSmall, HeadersDoNotFit, Signed};

/// Why there is no answer. Only with `Client` may something have been sent.
#[derive(Debug)]
pub enum PostError {
    /// The request is not a POST.
    NotPost,
    /// The host or the target is longer than 64 bytes.
    Url(BufferTooSmall),
    /// The headers do not fit `buffer`, or there are more than 13.
    Headers(HeadersDoNotFit),
    /// An error of `reqwless`: `BufferTooSmall` if `answer` does not hold the head and the body.
    Client(reqwless::Error),
}

impl From<reqwless::Error> for PostError {
    fn from(error: reqwless::Error) -> Self {
        Self::Client(error)
    }
}

/// Sends a signed POST over a TLS stream, and returns the HTTP status and the body of the answer. A status other than
/// 200 comes from a proxy: the service reports its errors in the body.
///
/// `buffer` is for the values of the headers. It takes 512 bytes, and the length of the token if the credentials are
/// temporary. Headers of your own take more.
///
/// # Errors
/// [`PostError`].
pub async fn post<'a, S: Read + Write>(
    stream: S,
    signed: &Signed<'_>,
    body: &[u8],
    buffer: &mut [u8],
    answer: &'a mut [u8],
) -> Result<(u16, &'a [u8]), PostError> {
    let request = signed.request();
    if request.method() != "POST" {
        return Err(PostError::NotPost);
    }
    let (mut host, mut target, mut list) = ([0; 64], [0; 64], [("", ""); 13]);
    let host = request.host().encode_str(&mut host).map_err(PostError::Url)?;
    let target = request.target().encode_str(&mut target).map_err(PostError::Url)?;
    let headers = signed.headers().without_host_and_length();
    let headers = headers.encode(buffer, &mut list).map_err(PostError::Headers)?;

    // `Plain`, because the stream is encrypted already.
    let mut server = HttpResource { conn: HttpConnection::Plain(stream), host, base_path: "" };
    let response = server.post(target).headers(headers).body(body).send(answer).await?;
    Ok((response.status.0, response.body().read_to_end().await?))
}
