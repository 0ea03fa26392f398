//! The calls and exchanges over `embedded_io_async`.

use super::{
    CallResult, Client,
    buffers::Buffers,
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
use tc3_core::{Request, v1};

impl<C: UnixClock> Client<C> {
    /// Like [`call`](Self::call), asynchronously.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub async fn call_async<'b, S: Read + Write>(
        &mut self,
        connection: &mut Connection<S>,
        signer: &mut (impl Sign + ?Sized),
        request: &Request<'_>,
        buffers: Buffers<'b>,
    ) -> CallResult<'b, S, C> {
        self.sign_and_send_async(connection, Tc3 { signer, request }, buffers).await
    }

    /// Like [`call_v1`](Self::call_v1), asynchronously.
    ///
    /// # Errors
    /// As [`call_v1`](Self::call_v1).
    pub async fn call_v1_async<'b, S: Read + Write, N: Entropy>(
        &mut self,
        connection: &mut Connection<S>,
        signer: &mut (impl SignV1 + ?Sized),
        request: &v1::Request<'_>,
        entropy: &mut N,
        buffers: Buffers<'b>,
    ) -> CallResult<'b, S, C, N::Error> {
        self.sign_and_send_async(connection, V1 { signer, request, entropy }, buffers).await
    }

    async fn sign_and_send_async<'b, S: Read + Write, G: Signing>(
        &mut self,
        connection: &mut Connection<S>,
        mut signing: G,
        mut buffers: Buffers<'b>,
    ) -> CallResult<'b, S, C, G::EntropyError> {
        let mut correct_once = self.correct;
        loop {
            let now = self.now().map_err(CallError::Clock)?;
            let message = signing.sign(now)?;
            let layout = match connection.round_trip_async(message, buffers.reborrow()).await {
                Ok(layout) => layout,
                Err(failed) => return Err(failed.finish(buffers)),
            };
            let corrected =
                correct_once.take().is_some_and(|correct| self.corrected_by(correct, layout.reply(&buffers)));
            if !corrected || !connection.is_reusable() {
                return layout.finish(buffers);
            }
        }
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

    async fn round_trip_async(
        &mut self,
        message: impl Message,
        mut buffers: Buffers<'_>,
    ) -> Result<ReplyLayout, Failed<S::Error>> {
        let received = match self.send_async(message, buffers.reborrow()).await {
            Ok(()) => self.receive_async(buffers).await,
            Err(error) => Err(error.into()),
        };
        self.note_end(received)
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
        self.write_async(writer.head(), ExchangeError::Unsent).await?;
        for piece in body {
            self.write_async(writer.body(piece.as_ref())?, ExchangeError::Stream).await?;
        }
        writer.finish()?;
        self.stream.flush().await.map_err(ExchangeError::Stream)
    }

    async fn write_async(
        &mut self,
        mut outgoing: Outgoing<'_, '_>,
        mut failed: fn(S::Error) -> ExchangeError<S::Error>,
    ) -> Result<(), ExchangeError<S::Error>> {
        while !outgoing.pending().is_empty() {
            let given = outgoing.pending().len();
            match self.stream.write(outgoing.pending()).await.map_err(failed)? {
                0 => return Err(ExchangeError::WriteZero { given }),
                count => outgoing.advance(count)?,
            }
            failed = ExchangeError::Stream;
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
