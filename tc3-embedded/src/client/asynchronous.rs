//! The calls and exchanges over `embedded_io_async`.

use super::{
    CallResult, Client,
    attempts::Attempts,
    buffers::Buffers,
    carrier::{AsyncCarrier, CallRequest, CarryAsync},
    connection::{Connection, READ_BUFFER, filled},
    error::{CallError, ExchangeError},
    incoming::{Failed, Incoming, ReplyLayout},
    message::Message,
    reply::Reply,
    signing::{Signing, Tc3, V1},
    wiped::WipeOnDrop,
};
use crate::{
    clock::UnixClock,
    entropy::Entropy,
    http::Outgoing,
    signer::{Sign, SignV1},
};
use embedded_io_async::{Read, Write};
use tc3_core::{Request, Timestamp, v1};

impl<C: UnixClock> Client<C> {
    /// Like [`call`](Self::call), asynchronously.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub async fn call_async<'b, 'r, T: AsyncCarrier>(
        &mut self,
        carrier: &mut T,
        signer: &mut (impl Sign + ?Sized),
        request: impl CallRequest<&'r Request<'r>>,
        buffers: Buffers<'b>,
    ) -> CallResult<'b, T::Error, C> {
        let (request, repeatable) = request.into_request();
        self.sign_and_send_async(carrier, Tc3 { signer, request }, repeatable, buffers).await
    }

    /// Like [`call_v1`](Self::call_v1), asynchronously.
    ///
    /// # Errors
    /// As [`call_v1`](Self::call_v1).
    pub async fn call_v1_async<'b, 'r, T: AsyncCarrier, N: Entropy>(
        &mut self,
        carrier: &mut T,
        signer: &mut (impl SignV1 + ?Sized),
        request: impl CallRequest<&'r v1::Request<'r>>,
        entropy: &mut N,
        buffers: Buffers<'b>,
    ) -> CallResult<'b, T::Error, C, N::Error> {
        let (request, repeatable) = request.into_request();
        self.sign_and_send_async(carrier, V1 { signer, request, entropy }, repeatable, buffers).await
    }

    async fn sign_and_send_async<'b, T: AsyncCarrier, G: Signing>(
        &mut self,
        carrier: &mut T,
        mut signing: G,
        repeatable: bool,
        mut buffers: Buffers<'b>,
    ) -> CallResult<'b, T::Error, C, G::EntropyError> {
        let mut attempts = Attempts::new(self.correct, repeatable && T::DIALS);
        loop {
            let now = match self.now() {
                Ok(now) => now,
                Err(error) => return Err(attempts.unsent(CallError::Clock(error))),
            };
            let message = match signing.sign(now) {
                Ok(message) => message,
                Err(error) => return Err(attempts.unsent(error.into())),
            };
            let carried = carrier.carry(now, message, buffers.reborrow()).await;
            if !attempts.should_repeat(self, &carried, &buffers) || !carrier.can_send() {
                return attempts.finish(carried, buffers);
            }
            if T::DIALS {
                attempts.note(carried);
            }
        }
    }
}

impl<S: Read + Write> CarryAsync for Connection<S> {
    type Error = S::Error;
    const DIALS: bool = false;

    // Not an `async fn`, which would hold a copy of the message.
    fn carry(
        &mut self,
        _: Timestamp,
        message: impl Message,
        buffers: Buffers<'_>,
    ) -> impl Future<Output = Result<ReplyLayout, Failed<S::Error>>> {
        self.round_trip_async(message, buffers)
    }

    fn can_send(&self) -> bool {
        self.reusable
    }
}

impl<S: Read + Write> Connection<S> {
    /// Like [`exchange`](Self::exchange), asynchronously.
    ///
    /// # Errors
    /// As [`exchange`](Self::exchange).
    pub async fn exchange_async<'b>(
        &mut self,
        message: impl Message,
        mut buffers: Buffers<'b>,
    ) -> Result<Reply<'b>, CallError<'b, S::Error>> {
        match self.round_trip_async(message, buffers.reborrow()).await {
            Ok(layout) => layout.finish(buffers),
            Err(failed) => Err(failed.finish(buffers)),
        }
    }

    pub(super) async fn round_trip_async(
        &mut self,
        message: impl Message,
        mut buffers: Buffers<'_>,
    ) -> Result<ReplyLayout, Failed<S::Error>> {
        let sent = self.send_async(message, buffers.reborrow()).await;
        let received = match &sent {
            Err(error) if !error.is_closed() => None,
            _ => Some(self.receive_async(buffers).await),
        };
        self.end(sent, received)
    }

    async fn send_async(
        &mut self,
        message: impl Message,
        buffers: Buffers<'_>,
    ) -> Result<(), ExchangeError<S::Error>> {
        if !self.reusable {
            return Err(ExchangeError::NotReusable);
        }
        let head = WipeOnDrop(buffers.head);
        let mut writer = message.head(head.0).map_err(ExchangeError::HeadBuffer)?;
        let body = message.body(buffers.body)?;
        self.reusable = false;
        self.write_async(writer.head()).await?;
        for piece in body {
            self.write_async(writer.body(piece.as_ref())?).await?;
        }
        writer.finish()?;
        self.stream.flush().await.map_err(ExchangeError::Stream)
    }

    async fn write_async(&mut self, mut outgoing: Outgoing<'_, '_>) -> Result<(), ExchangeError<S::Error>> {
        while !outgoing.pending().is_empty() {
            let given = outgoing.pending().len();
            match self.stream.write(outgoing.pending()).await {
                Ok(0) => return Err(ExchangeError::WriteZero { given }),
                Ok(count) => outgoing.advance(count)?,
                Err(error) => return Err(ExchangeError::Stream(error)),
            }
        }
        Ok(())
    }

    async fn receive_async(&mut self, buffers: Buffers<'_>) -> Result<ReplyLayout, Failed<S::Error>> {
        let mut incoming = Incoming::new(buffers, self.end);
        let mut buffer = [0; READ_BUFFER];
        loop {
            let read = self.stream.read(&mut buffer).await;
            if let Some(layout) = incoming.receive(filled(&buffer, read))? {
                return Ok(layout);
            }
        }
    }
}
