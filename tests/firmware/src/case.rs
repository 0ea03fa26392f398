//! One named case: the server's certificates and behaviour, the firmware's parameters, and the
//! expected outcome.

use std::fmt;

use peer::hostile::Step;
use peer::pki::{self, Identity};
use peer::server::{Action, Config};
use peer::sntp::Reply;

use crate::emulator::{End, Run};
use crate::image::Image;
use crate::server::{ID, KEY, NOW, Plan, Seen};
use crate::table::Metric;

/// Exit statuses of the firmware; any other is a bug.
pub(crate) const DONE: i32 = 0;
pub(crate) const FAILED: i32 = 1;

#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) identity: fn(u64) -> Identity,
    pub(crate) adjust: fn(Config) -> Config,
    pub(crate) plan: Plan,
    pub(crate) clock: Clock,
    /// Additional parameters.
    pub(crate) words: Vec<String>,
    pub(crate) images: &'static [Image],
    pub(crate) expected: Vec<Expected>,
    /// The metric that this case's handshake is measured for.
    pub(crate) handshake: Option<Metric>,
}

/// How the firmware's clock is set.
#[derive(Clone, Debug)]
pub(crate) enum Clock {
    Unset,
    /// To this UNIX time, by `now=`.
    Shows(u64),
    /// By an SNTP server that answers each request with the next of these replies.
    Sntp(Vec<Reply>),
}

impl Case {
    /// A case with an honest server, an ECDSA chain and the right time.
    pub(crate) fn new(name: &'static str, plan: Plan) -> Self {
        Self {
            name,
            identity: pki::ecdsa,
            adjust: |config| config,
            plan,
            clock: Clock::Shows(NOW),
            words: Vec::new(),
            images: &Image::ALL,
            expected: Vec::new(),
            handshake: None,
        }
    }

    /// The server is the gateway, which verifies each request.
    pub(crate) fn gateway(name: &'static str) -> Self {
        Self::new(name, Plan::Gateway)
    }

    /// The server sends scripted HTTP responses.
    pub(crate) fn script(name: &'static str, script: Vec<Action>) -> Self {
        Self::new(name, Plan::Script(script))
    }

    /// The server violates the TLS protocol.
    pub(crate) fn hostile(name: &'static str, script: Vec<Step>) -> Self {
        Self::new(name, Plan::Hostile(script))
    }

    pub(crate) fn identity(self, identity: fn(u64) -> Identity) -> Self {
        Self { identity, ..self }
    }

    pub(crate) fn adjust(self, adjust: fn(Config) -> Config) -> Self {
        Self { adjust, ..self }
    }

    pub(crate) fn clock(self, clock: Clock) -> Self {
        Self { clock, ..self }
    }

    pub(crate) fn word(mut self, word: impl Into<String>) -> Self {
        self.words.push(word.into());
        self
    }

    pub(crate) fn on(self, images: &'static [Image]) -> Self {
        Self { images, ..self }
    }

    pub(crate) fn expect(mut self, expected: impl IntoIterator<Item = Expected>) -> Self {
        self.expected.extend(expected);
        self
    }

    pub(crate) fn measures(self, handshake: Metric) -> Self {
        Self { handshake: Some(handshake), ..self }
    }

    /// Expects an error with this reason, and that no byte of a request was sent.
    pub(crate) fn refused(self, reason: &'static str) -> Self {
        self.expect([Expected::Status(FAILED), Expected::Error(reason), Expected::NoApplicationByte])
    }

    /// The SNTP server's replies.
    pub(crate) fn replies(&self) -> Option<&[Reply]> {
        match &self.clock {
            Clock::Sntp(replies) => Some(replies),
            Clock::Unset | Clock::Shows(_) => None,
        }
    }

    /// The firmware's parameters, except the addresses of the servers.
    pub(crate) fn parameters(&self, ca: &str) -> Vec<String> {
        let mut words = vec![format!("host={}", pki::HOST), format!("ca={ca}")];
        if let Clock::Shows(now) = self.clock {
            words.push(format!("now={now}"));
        }
        words.extend([format!("id={ID}"), format!("key={KEY}")]);
        words.extend_from_slice(&self.words);
        words
    }

    /// The first expectation that was not met.
    pub(crate) fn first_unmet(&self, run: &Run, seen: &Seen) -> Option<&Expected> {
        self.expected.iter().find(|expected| !expected.is_met(run, seen))
    }
}

/// An expectation of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    /// The firmware's exit status.
    Status(i32),
    /// A line of the firmware's output contains this string.
    Line(String),
    /// The firmware's last `error:` line contains this string.
    Error(&'static str),
    /// The number of connections, each with a completed handshake.
    Connections(usize),
    /// The number of requests.
    Requests(usize),
    /// The gateway's verdict on each request: method, signature and action, or an error code.
    Verdicts(&'static [&'static str]),
    /// The number of SNTP requests.
    SntpRequests(usize),
    /// The server received no byte of a request, and no record that could contain one.
    NoApplicationByte,
}

impl Expected {
    fn is_met(&self, run: &Run, seen: &Seen) -> bool {
        let mut lines = run.output.lines();
        match self {
            Self::Status(status) => run.end == End::Status(*status),
            Self::Line(part) => lines.any(|line| line.contains(part)),
            Self::Error(reason) => {
                lines.rfind(|line| line.starts_with("error: ")).is_some_and(|line| line.contains(reason))
            }
            Self::Connections(count) => seen.connections.len() == *count && seen.secured() == *count,
            Self::Requests(count) => seen.requests() == *count,
            Self::Verdicts(verdicts) => seen.verdicts == *verdicts,
            Self::SntpRequests(count) => seen.sntp_requests == *count,
            Self::NoApplicationByte => !seen.application_bytes(),
        }
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(f, "status {status}"),
            Self::Line(part) => write!(f, "a line with `{part}`"),
            Self::Error(reason) => write!(f, "an error line with `{reason}`"),
            Self::Connections(count) => write!(f, "{count} connections with a completed handshake"),
            Self::Requests(count) => write!(f, "{count} requests"),
            Self::Verdicts(verdicts) => write!(f, "verdicts of the gateway: {}", verdicts.join(", ")),
            Self::SntpRequests(count) => write!(f, "{count} SNTP requests"),
            Self::NoApplicationByte => f.write_str("no byte of a request"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use peer::Connection;

    use super::{Case, DONE, Expected, FAILED};
    use crate::emulator::{End, Run};
    use crate::server::Seen;

    const OUTPUT: &str =
        "error: tls: late\nresult: ok\nerror: tls: the server's certificate is for other hosts\n";

    fn run(status: i32) -> Run {
        Run { end: End::Status(status), output: OUTPUT.to_owned(), took: Duration::ZERO }
    }

    fn seen(received: &[u8], undecryptable: usize) -> Seen {
        let received = received.to_vec();
        let connection =
            Connection { handshake_complete: true, received, undecryptable, ..Connection::default() };
        Seen { connections: vec![connection], verdicts: vec!["POST".to_owned()], sntp_requests: 1 }
    }

    #[test]
    fn each_kind_of_expectation_can_be_met_and_unmet() {
        let (run, request) = (run(FAILED), seen(b"GET / HTTP/1.1\r\n\r\n", 0));
        for (met, unmet) in [
            (Expected::Status(FAILED), Expected::Status(DONE)),
            (Expected::Line("result: ok".to_owned()), Expected::Line("result: failed".to_owned())),
            // Only the last error line counts.
            (Expected::Error("the server's certificate is for other hosts"), Expected::Error("late")),
            (Expected::Connections(1), Expected::Connections(2)),
            (Expected::Requests(1), Expected::Requests(0)),
            (Expected::Verdicts(&["POST"]), Expected::Verdicts(&["POST", "POST"])),
            (Expected::SntpRequests(1), Expected::SntpRequests(0)),
        ] {
            assert!(met.is_met(&run, &request), "{met}");
            assert!(!unmet.is_met(&run, &request), "{unmet}");
        }
        let killed = Run { end: End::Killed, ..run };
        assert!(!Expected::Status(FAILED).is_met(&killed, &request));
    }

    #[test]
    fn a_server_must_be_refused_before_the_first_byte_of_the_request() {
        let case = Case::gateway("").refused("the server's certificate is for other hosts");
        assert_eq!(case.first_unmet(&run(FAILED), &seen(b"", 0)), None);
        assert_eq!(case.first_unmet(&run(FAILED), &seen(b"P", 0)), Some(&Expected::NoApplicationByte));
        assert_eq!(case.first_unmet(&run(FAILED), &seen(b"", 1)), Some(&Expected::NoApplicationByte));
        assert_eq!(case.first_unmet(&run(101), &seen(b"", 0)), Some(&Expected::Status(FAILED)));
    }
}
