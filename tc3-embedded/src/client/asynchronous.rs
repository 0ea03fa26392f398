//! The same calls over `embedded_io_async`: the same steps, awaited.

use super::{
    Buffers, CallError, Called, Client, Connection, ExchangeError, Message, Reply,
    buffers::Wiped,
    connection::CHUNK,
    incoming::{Incoming, Received},
    sign_v1,
};
use crate::{clock::UnixClock, entropy::Entropy, http::Outgoing};
use embedded_io_async::{Read, Write};
use tc3_core::{Request, Sha256Engine, Signer, Timestamp, v1};

impl<'c, C: UnixClock, H: Sha256Engine> Client<'c, C, H> {
    /// As [`call`](Self::call).
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub async fn call_async<'r, 'b, S: Read + Write>(
        &mut self,
        connection: &mut Connection<S>,
        request: &'r Request<'r>,
        buffers: Buffers<'b>,
    ) -> Called<'b, S, C>
    where
        'c: 'r,
    {
        self.run_async(connection, buffers, |signer, now| Ok(signer.sign(request, now))).await
    }

    /// As [`call_v1`](Self::call_v1).
    ///
    /// # Errors
    /// As [`call_v1`](Self::call_v1).
    pub async fn call_v1_async<'r, 'b, S: Read + Write, N: Entropy>(
        &mut self,
        connection: &mut Connection<S>,
        request: &'r v1::Request<'r>,
        entropy: &mut N,
        buffers: Buffers<'b>,
    ) -> Called<'b, S, C, N::Error>
    where
        'c: 'r,
    {
        self.run_async(connection, buffers, |signer, now| sign_v1(signer, request, now, entropy)).await
    }

    async fn run_async<'b, S: Read + Write, M: Message, N>(
        &mut self,
        connection: &mut Connection<S>,
        mut buffers: Buffers<'b>,
        mut sign: impl FnMut(&mut Signer<'c, H>, Timestamp) -> Result<M, CallError<'b, S::Error, C::Error, N>>,
    ) -> Called<'b, S, C, N> {
        let mut again = self.correct;
        loop {
            let now = self.now().map_err(CallError::Clock)?;
            let message = sign(&mut self.signer, now)?;
            let received = connection.run_async(message, buffers.lend()).await?;
            let correct = again.take();
            let corrected =
                correct.is_some_and(|correct| correct(&mut self.clock, self.floor, buffers.view(received)));
            if !corrected || !connection.is_reusable() {
                return buffers.finish(received);
            }
        }
    }
}

impl<S: Read + Write> Connection<S> {
    /// As [`exchange`](Self::exchange).
    ///
    /// # Errors
    /// As [`exchange`](Self::exchange).
    pub async fn exchange_async<'b>(
        &mut self,
        message: impl Message,
        mut buffers: Buffers<'b>,
    ) -> Result<Reply<'b>, CallError<'b, S::Error>> {
        let received = self.run_async(message, buffers.lend()).await?;
        buffers.finish(received)
    }

    async fn run_async(
        &mut self,
        message: impl Message,
        mut buffers: Buffers<'_>,
    ) -> Result<Received, ExchangeError<S::Error>> {
        self.send_async(message, buffers.lend()).await?;
        self.receive_async(buffers).await
    }

    async fn send_async(
        &mut self,
        message: impl Message,
        buffers: Buffers<'_>,
    ) -> Result<(), ExchangeError<S::Error>> {
        if !self.reusable {
            return Err(ExchangeError::Spent);
        }
        let head = Wiped(buffers.head);
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
            match self.stream.write(outgoing.pending()).await.map_err(ExchangeError::Stream)? {
                0 => return Err(ExchangeError::WriteZero { given }),
                count => outgoing.advance(count)?,
            }
        }
        Ok(())
    }

    async fn receive_async(&mut self, buffers: Buffers<'_>) -> Result<Received, ExchangeError<S::Error>> {
        let mut incoming = Incoming::new(buffers, self.end);
        let mut chunk = [0; CHUNK];
        loop {
            let count = self.stream.read(&mut chunk).await.map_err(ExchangeError::Stream)?;
            let bytes = chunk.get(..count).ok_or(ExchangeError::Overrun { given: CHUNK, count })?;
            if let Some(received) = incoming.take(bytes)? {
                self.reusable = received.reusable;
                return Ok(received);
            }
        }
    }
}
