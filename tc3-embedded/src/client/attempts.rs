//! How often a call sends its request: once, and once more after each of two events: the clock was corrected,
//! or the connection was stale.

use super::{
    Client, CorrectClock,
    buffers::Buffers,
    error::{CallError, ExchangeError},
    incoming::{Failed, ReplyLayout},
    reply::Reply,
};
use crate::clock::UnixClock;
use core::mem;

/// What a call may still repeat. Each field is used up by its repetition.
pub(super) struct Attempts<C, E> {
    /// Corrects the clock, at most once.
    correct: Option<CorrectClock<C>>,
    /// Whether the request may be sent again after a stale connection, at most once.
    repeatable: bool,
    /// The error of the stale connection, once another attempt was made. If that attempt sends nothing, the
    /// call fails with this error: whether the stale connection delivered the request is unknown.
    stale: Option<ExchangeError<E>>,
}

impl<C: UnixClock, E> Attempts<C, E> {
    pub(super) const fn new(correct: Option<CorrectClock<C>>, repeatable: bool) -> Self {
        Self { correct, repeatable, stale: None }
    }

    /// Whether to send the request once more, if the carrier can. Corrects the clock.
    pub(super) fn should_repeat(
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

    /// Stores the error that made another attempt necessary.
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

    /// The error of a call whose last attempt sent nothing: that of the stale connection, if there was one.
    pub(super) fn unsent<'b, N>(self, error: CallError<'b, E, C::Error, N>) -> CallError<'b, E, C::Error, N> {
        self.stale.map_or(error, CallError::Exchange)
    }
}
