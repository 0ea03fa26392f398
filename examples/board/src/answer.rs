//! Prints the result of a call.

use core::fmt::{self, Display};
use core::ops::ControlFlow;

use tc3_core::PayloadHasher;
use tc3_embedded::client::{CallError, ExchangeError, Reply};
use tc3_embedded::clock::OffsetError;
use tc3_embedded::tls::TlsError;

use crate::outcome::{Failed, Reportable, report_error};
use crate::{clock, report};

/// Prints a response that was stored whole: `result: ok status=… request-id=… body=…`.
pub fn report_reply(reply: Reply<'_>) {
    #[cfg(feature = "defmt")]
    defmt::info!("{}", reply);
    let (status, body) = (reply.status(), OneLine(reply.body()));
    match reply.request_id() {
        Some(id) => report!("result: ok status={status} request-id={id} body={body}"),
        None => report!("result: ok status={status} request-id=- body={body}"),
    }
}

/// Hashes and counts the pieces of a response body.
#[derive(Debug, Default)]
pub struct Pieces {
    hasher: PayloadHasher,
    count: u32,
}

impl Pieces {
    /// Hashes the next piece.
    pub fn update(&mut self, piece: &[u8]) -> ControlFlow<()> {
        self.hasher.update(piece);
        self.count = self.count.saturating_add(1);
        ControlFlow::Continue(())
    }

    /// Prints `result: ok status=… pieces=… length=… sha256=…`.
    pub fn report(self, status: u16) {
        let (count, payload) = (self.count, self.hasher.finish());
        let (length, digest) = (payload.len(), Hex(payload.digest()));
        report!("result: ok status={status} pieces={count} length={length} sha256={digest}");
    }
}

/// Prints why a call failed: `error: PART: …`, and `advice: …` if the service returned an error.
pub fn report_call_error<'b, N>(error: CallError<'b, TlsError, OffsetError, N>) -> Failed
where
    CallError<'b, TlsError, OffsetError, N>: Reportable,
{
    let part = match error {
        CallError::Clock(error) => return clock::report_clock_error(error),
        CallError::Exchange(ExchangeError::Stream(error))
        | CallError::Incomplete { error: ExchangeError::Stream(error), .. } => {
            return report_tls_error(error);
        }
        CallError::Entropy(_) => "entropy",
        CallError::Exchange(ExchangeError::HeadBuffer(_) | ExchangeError::FormBuffer(_))
        | CallError::Signer(_) => "request",
        CallError::Service(_) => "service",
        _ => "http",
    };
    let failed = report_error(part, &error);
    if let CallError::Service(failure) = error {
        report!("advice: {:?}", failure.advice());
    }
    failed
}

/// Prints why the connection failed: `error: PART: …`.
pub fn report_tls_error(error: TlsError) -> Failed {
    let part = match error {
        TlsError::TimedOut => "deadline",
        TlsError::Transport(_) | TlsError::Overrun { .. } | TlsError::WriteZero { .. } => "transport",
        TlsError::Untrusted(_) => "tls: identity",
        _ => "tls",
    };
    report_error(part, &error)
}

/// A response body without its control characters, so that it stays on one line.
struct OneLine<'b>(&'b [u8]);

impl Display for OneLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let body = str::from_utf8(self.0).unwrap_or("(not UTF-8)");
        body.split(char::is_control).try_for_each(|part| f.write_str(part))
    }
}

struct Hex<'d>(&'d [u8; 32]);

impl Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
