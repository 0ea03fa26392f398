//! How often a call sends its request: once, and once more after a correction of the clock or on a stale connection.

use super::{
    Client, CorrectClock,
    buffers::Buffers,
    error::{CallError, ExchangeError},
    incoming::{Failed, ReplyLayout},
    reply::Reply,
};
use crate::clock::UnixClock;
use core::mem;

pub(super) struct Attempts<C, E> {
    /// Corrects the clock, at most once.
    correct: Option<CorrectClock<C>>,
    /// Whether the request may be sent again on a stale connection, at most once.
    repeatable: bool,
    /// Why it was sent again. What becomes of the call is unknown, even if nothing is sent after that.
    stale: Option<ExchangeError<E>>,
}

impl<C: UnixClock, E> Attempts<C, E> {
    pub(super) const fn new(correct: Option<CorrectClock<C>>, repeatable: bool) -> Self {
        Self { correct, repeatable, stale: None }
    }

    /// Whether to send the request once more if the transport can.
    pub(super) fn goes_on(
        &mut self,
        client: &mut Client<C>,
        carried: &Result<ReplyLayout, Failed<E>>,
        buffers: &Buffers<'_>,
    ) -> bool {
        match carried {
            Ok(layout) => {
                let correct = self.correct.take();
                correct.is_some_and(|correct| client.corrected_by(correct, layout.reply(buffers)))
            }
            Err(failed) => failed.is_stale() && mem::take(&mut self.repeatable),
        }
    }

    /// Notes what made another attempt necessary.
    pub(super) fn note(&mut self, carried: Result<ReplyLayout, Failed<E>>) {
        if let Err(failed) = carried {
            self.stale = Some(failed.into_error());
        }
    }

    /// The result of the call.
    pub(super) fn finish<N>(
        self,
        carried: Result<ReplyLayout, Failed<E>>,
        buffers: Buffers<'_>,
    ) -> Result<Reply<'_>, CallError<'_, E, C::Error, N>> {
        match carried {
            Ok(layout) => layout.finish(buffers),
            Err(failed) if failed.is_unsent() => Err(self.unsent(failed.finish(buffers))),
            Err(failed) => Err(failed.finish(buffers)),
        }
    }

    /// The error of a call whose last attempt sent nothing.
    pub(super) fn unsent<'b, N>(self, error: CallError<'b, E, C::Error, N>) -> CallError<'b, E, C::Error, N> {
        self.stale.map_or(error, CallError::Exchange)
    }
}
