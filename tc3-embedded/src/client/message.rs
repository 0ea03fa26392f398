//! A signed request, ready to send.

use super::{error::ExchangeError, wiped::Wiped};
use crate::http::{RequestError, RequestWriter};
use core::iter;
use tc3_core::{BufferTooSmall, Signed, v1};

/// A signed request with its body: a [`Signed`] of either signature, or an [`Upload`].
///
/// The trait is sealed, so that only what a signer returned can be sent. (A request that
/// [skips](tc3_core::Request::skip) authentication says so in place of the signature.)
pub trait Message: MessageParts {}

impl<T: MessageParts> Message for T {}

/// A signed request whose body is stored elsewhere: [`streamed`](tc3_core::Call::streamed) or
/// [`unsigned`](tc3_core::Call::unsigned).
///
/// The pieces together must have the length that was signed. A source that fails ends early, which
/// ends the exchange with [`RequestError::MissingBody`].
///
/// ```
/// use tc3_core::{ContentType, Credentials, HashedPayload, Signer, Timestamp, api};
/// use tc3_embedded::client::Upload;
///
/// let frame = [0xd8; 1000]; // in two halves of a camera's memory
/// let call = api!("iai", "2020-03-03").action("DetectFace");
/// let payload = HashedPayload::of(&frame);
/// let request = call.streamed(ContentType::Octets, &payload)?;
///
/// let mut signer = Signer::new(Credentials::new("AKIDEXAMPLE", "key")?);
/// let signed = signer.sign(&request, Timestamp::from_unix(1_795_279_182)?);
/// let upload = Upload::new(signed, frame.chunks(500));
/// # let _ = upload;
/// # Ok::<(), tc3_core::Invalid>(())
/// ```
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Upload<'r, I> {
    signed: Signed<'r>,
    pieces: I,
}

impl<'r, I> Upload<'r, I>
where
    I: Iterator<Item: AsRef<[u8]>>,
{
    /// Takes a signed request, and its body in pieces: slices, or arrays that an iterator fills.
    pub fn new(signed: Signed<'r>, pieces: impl IntoIterator<IntoIter = I>) -> Self {
        Self { signed, pieces: pieces.into_iter() }
    }
}

/// Encodes head and body. Both are called, and can fail, before the first byte is sent.
pub trait MessageParts {
    fn head<'h>(&self, buffer: &'h mut [u8]) -> Result<RequestWriter<'h>, BufferTooSmall>;

    /// The body in pieces. `buffer` is for a body that has to be encoded first.
    fn body<E>(self, buffer: &mut [u8]) -> Result<impl Iterator<Item: AsRef<[u8]>>, ExchangeError<E>>;
}

impl MessageParts for Signed<'_> {
    fn head<'h>(&self, buffer: &'h mut [u8]) -> Result<RequestWriter<'h>, BufferTooSmall> {
        RequestWriter::tc3(*self, buffer)
    }

    fn body<E>(self, _: &mut [u8]) -> Result<impl Iterator<Item: AsRef<[u8]>>, ExchangeError<E>> {
        let (declared, sent) = (self.request().body_len(), 0);
        if declared > 0 && self.request().body().next().is_none() {
            return Err(RequestError::MissingBody { declared, sent }.into());
        }
        Ok(self.request().body())
    }
}

impl MessageParts for v1::Signed<'_> {
    fn head<'h>(&self, buffer: &'h mut [u8]) -> Result<RequestWriter<'h>, BufferTooSmall> {
        RequestWriter::v1(*self, buffer)
    }

    fn body<E>(self, buffer: &mut [u8]) -> Result<impl Iterator<Item: AsRef<[u8]>>, ExchangeError<E>> {
        let len = match self.body_len() {
            0 => 0,
            _ => self.wire().encode(buffer).map_err(ExchangeError::FormBuffer)?.len(),
        };
        Ok(iter::once(Wiped(buffer.get_mut(..len).unwrap_or_default())))
    }
}

impl<I: Iterator<Item: AsRef<[u8]>>> MessageParts for Upload<'_, I> {
    fn head<'h>(&self, buffer: &'h mut [u8]) -> Result<RequestWriter<'h>, BufferTooSmall> {
        RequestWriter::tc3(self.signed, buffer)
    }

    fn body<E>(self, _: &mut [u8]) -> Result<impl Iterator<Item: AsRef<[u8]>>, ExchangeError<E>> {
        Ok(self.pieces)
    }
}
