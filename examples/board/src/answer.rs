//! The lines that say what came of a call.

use core::fmt::{self, Display};
use core::ops::ControlFlow;

use tc3_core::PayloadHasher;
use tc3_embedded::client::{CallError, ExchangeError, Reply};
use tc3_embedded::clock::OffsetError;
use tc3_embedded::tls::TlsError;

use crate::verdict::{Evidence, Refused, refuse};
use crate::{clock, report};

/// An answer that is kept: `result: ok status=… request-id=… body=…`.
pub fn kept(reply: Reply<'_>) {
    #[cfg(feature = "defmt")]
    defmt::info!("{}", reply);
    let (status, body) = (reply.status(), OneLine(reply.body()));
    match reply.request_id() {
        Some(id) => report!("result: ok status={status} request-id={id} body={body}"),
        None => report!("result: ok status={status} request-id=- body={body}"),
    }
}

/// An answer that is handed out in pieces, of which only a hash is kept.
#[derive(Debug, Default)]
pub struct Pieces {
    hasher: PayloadHasher,
    count: u32,
}

impl Pieces {
    /// Takes the next one.
    pub fn take(&mut self, piece: &[u8]) -> ControlFlow<()> {
        self.hasher.update(piece);
        self.count = self.count.saturating_add(1);
        ControlFlow::Continue(())
    }

    /// `result: ok status=… pieces=… length=… sha256=…`.
    pub fn report(self, status: u16) {
        let (count, payload) = (self.count, self.hasher.finish());
        let (length, digest) = (payload.len(), Hex(payload.digest()));
        report!("result: ok status={status} pieces={count} length={length} sha256={digest}");
    }
}

/// Says why a call failed: `error: PART: …`, and what to do where the service itself failed.
pub fn failed<'b, N>(error: CallError<'b, TlsError, OffsetError, N>) -> Refused
where
    CallError<'b, TlsError, OffsetError, N>: Evidence,
{
    let part = match error {
        CallError::Clock(error) => return clock::refused(error),
        CallError::Exchange(ExchangeError::Stream(error)) => return not_connected(error),
        CallError::Entropy(_) => "entropy",
        CallError::Exchange(ExchangeError::HeadBuffer(_) | ExchangeError::FormBuffer(_))
        | CallError::Invalid(_) => "request",
        CallError::Service(_) => "service",
        _ => "http",
    };
    let refused = refuse(part, &error);
    if let CallError::Service(failure) = error {
        report!("advice: {:?}", failure.advice());
    }
    refused
}

/// Says why there is no connection, or none any more: `error: PART: …`.
pub fn not_connected(error: TlsError) -> Refused {
    let part = match error {
        TlsError::TimedOut => "deadline",
        TlsError::Transport(_) | TlsError::Overrun { .. } | TlsError::WriteZero { .. } => "transport",
        TlsError::Untrusted(_) => "tls: identity",
        _ => "tls",
    };
    refuse(part, &error)
}

/// Text from a stranger, on one line.
struct OneLine<'b>(&'b [u8]);

impl Display for OneLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = str::from_utf8(self.0).unwrap_or("(not UTF-8)");
        text.split(char::is_control).try_for_each(|part| f.write_str(part))
    }
}

struct Hex<'d>(&'d [u8; 32]);

impl Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
