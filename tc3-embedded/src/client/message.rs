//! Signed requests that a connection can send.

use super::{error::ExchangeError, wiped::WipeOnDrop};
use crate::http::RequestWriter;
use core::iter;
use tc3_core::{BufferTooSmall, Signed, v1};

/// A signed request with its body: a [`Signed`] of either signature, or an [`Upload`].
///
/// The trait is sealed: a connection sends only signed requests and those that explicitly
/// [skip](tc3_core::Request::skip) authentication.
pub trait Message: MessageParts {}

impl<T: MessageParts> Message for T {}

/// A signed request that does not contain its body: a [`streamed`](tc3_core::Call::streamed) or
/// [`unsigned`](tc3_core::Call::unsigned) one.
///
/// The pieces of the body together must have the signed length. If the source of the pieces fails,
/// let the iterator end early: the exchange then fails with [`RequestError::MissingBody`](crate::http::RequestError::MissingBody).
///
/// ```
/// use tc3_core::{ContentType, Credentials, HashedPayload, Signer, Timestamp, api};
/// use tc3_embedded::client::Upload;
///
/// let frame = [0xd8; 1000]; // a camera's image, sent in two halves
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
    /// `pieces` yields the body as slices, or as arrays that the iterator fills.
    pub fn new(signed: Signed<'r>, pieces: impl IntoIterator<IntoIter = I>) -> Self {
        Self { signed, pieces: pieces.into_iter() }
    }
}

/// Encodes the head and body of a request. A connection calls both methods before it sends the first
/// byte, so that nothing is sent if one of them fails.
pub trait MessageParts {
    fn head<'h>(&self, buffer: &'h mut [u8]) -> Result<RequestWriter<'h>, BufferTooSmall>;

    /// The body in pieces. Signature v1 encodes its form into `buffer`; other bodies are not copied.
    fn body<E>(self, buffer: &mut [u8]) -> Result<impl Iterator<Item: AsRef<[u8]>>, ExchangeError<E>>;
}

impl MessageParts for Signed<'_> {
    fn head<'h>(&self, buffer: &'h mut [u8]) -> Result<RequestWriter<'h>, BufferTooSmall> {
        RequestWriter::tc3(*self, buffer)
    }

    fn body<E>(self, _: &mut [u8]) -> Result<impl Iterator<Item: AsRef<[u8]>>, ExchangeError<E>> {
        let declared = self.request().body_len();
        if declared > 0 && self.request().body().next().is_none() {
            return Err(ExchangeError::NoBody { declared });
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
        Ok(iter::once(WipeOnDrop(buffer.get_mut(..len).unwrap_or_default())))
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
