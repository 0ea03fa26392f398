//! What carries a call, and whether its request may be sent twice.

use super::{
    buffers::Buffers,
    incoming::{Failed, ReplyLayout},
    message::Message,
};
use tc3_core::Timestamp;

/// What carries a call: a [`Connection`](super::Connection) over a blocking stream, or a
/// [`Link`](super::link::Link), which opens connections by itself.
///
/// The trait is sealed.
pub trait Carrier: Carry {}

impl<T: Carry> Carrier for T {}

pub trait Carry {
    type Error;
    /// Whether the carrier opens connections, so that a request can be sent once more after one has failed.
    const DIALS: bool;

    /// Sends a request that was signed at this time, and receives the response.
    fn carry(
        &mut self,
        now: Timestamp,
        message: impl Message,
        buffers: Buffers<'_>,
    ) -> Result<ReplyLayout, Failed<Self::Error>>;

    /// Whether another request can be sent.
    fn can_send(&self) -> bool;
}

/// Like [`Carrier`], over asynchronous streams.
#[cfg(feature = "async")]
pub trait AsyncCarrier: CarryAsync {}

#[cfg(feature = "async")]
impl<T: CarryAsync> AsyncCarrier for T {}

#[cfg(feature = "async")]
pub trait CarryAsync {
    type Error;
    const DIALS: bool;

    fn carry(
        &mut self,
        now: Timestamp,
        message: impl Message,
        buffers: Buffers<'_>,
    ) -> impl Future<Output = Result<ReplyLayout, Failed<Self::Error>>>;

    fn can_send(&self) -> bool;
}

/// Marks a request that may be sent twice ([example](super::link)).
///
/// Mark a request only if it does no harm when the service performs the action twice, or if its `ClientToken`
/// makes the service perform the action once.
///
/// If a [`Link`](super::link::Link) finds its connection [stale](super::ExchangeError::Stale), a marked
/// request is signed again and sent once more, on a new connection. Over a
/// [`Connection`](super::Connection), the mark has no effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Repeatable<R>(pub R);

/// The request of a call: `R` itself, which is sent once, or a [`Repeatable`] of it. `R` is `&Request` or
/// `&v1::Request`.
///
/// The trait is sealed.
pub trait CallRequest<R>: IntoRequest<R> {}

impl<R, T: IntoRequest<R>> CallRequest<R> for T {}

pub trait IntoRequest<R> {
    /// The request, and whether it is repeatable.
    fn into_request(self) -> (R, bool);
}

impl<'r, R> IntoRequest<&'r R> for &'r R {
    fn into_request(self) -> (&'r R, bool) {
        (self, false)
    }
}

impl<'r, R> IntoRequest<&'r R> for Repeatable<&'r R> {
    fn into_request(self) -> (&'r R, bool) {
        (self.0, true)
    }
}
