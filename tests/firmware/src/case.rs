//! One named case: who the server is, what it does, what the firmware is told, and what must come
//! of it.

use std::fmt;

use peer::hostile::Step;
use peer::pki::{self, Identity};
use peer::server::{Action, Config};
use peer::sntp::Reply;

use crate::emulator::{End, Run};
use crate::image::Image;
use crate::server::{ID, KEY, NOW, Plan, Seen};
use crate::table::Metric;

/// Statuses with which firmware ends; any other is a bug.
pub(crate) const DONE: i32 = 0;
pub(crate) const REFUSED: i32 = 1;

#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) identity: fn(u64) -> Identity,
    pub(crate) adjust: fn(Config) -> Config,
    pub(crate) plan: Plan,
    pub(crate) clock: Clock,
    /// Further words of parameters.
    pub(crate) words: Vec<String>,
    pub(crate) images: &'static [Image],
    pub(crate) expected: Vec<Expected>,
    /// What its handshake is measured as an example of.
    pub(crate) handshake: Option<Metric>,
}

/// Where the firmware has its time from.
#[derive(Clone, Debug)]
pub(crate) enum Clock {
    Unset,
    Shows(u64),
    /// The first reply to the first question, and so on.
    Sntp(Vec<Reply>),
}

impl Case {
    /// A case that begins as it should: an honest server with an ECDSA chain, and the right time.
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

    /// The gateway verifies what arrives.
    pub(crate) fn gateway(name: &'static str) -> Self {
        Self::new(name, Plan::Gateway)
    }

    /// A script answers.
    pub(crate) fn script(name: &'static str, script: Vec<Action>) -> Self {
        Self::new(name, Plan::Script(script))
    }

    /// The server does not speak TLS as it should.
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

    /// The firmware gives up for this reason, and nothing of a request was sent.
    pub(crate) fn refused(self, reason: &'static str) -> Self {
        self.expect([Expected::Status(REFUSED), Expected::Error(reason), Expected::NoApplicationByte])
    }

    /// What the time server says.
    pub(crate) fn replies(&self) -> Option<&[Reply]> {
        match &self.clock {
            Clock::Sntp(replies) => Some(replies),
            Clock::Unset | Clock::Shows(_) => None,
        }
    }

    /// All that the firmware is told, but for where the servers are.
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
    pub(crate) fn judge(&self, run: &Run, seen: &Seen) -> Option<&Expected> {
        self.expected.iter().find(|expected| !expected.is_met(run, seen))
    }
}

/// What must be so when a case is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    /// The firmware ends with this status.
    Status(i32),
    /// A line of the firmware's output has this in it.
    Line(String),
    /// The firmware's last error has this reason.
    Error(&'static str),
    /// So many connections, each with its handshake completed.
    Connections(usize),
    /// So many requests.
    Requests(usize),
    /// What the gateway made of each request.
    Verdicts(&'static [&'static str]),
    /// So many questions for the time.
    Questions(usize),
    /// No byte of a request, nor any record that may hold one.
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
            Self::Questions(count) => seen.questions == *count,
            Self::NoApplicationByte => !seen.application_bytes(),
        }
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(f, "status {status}"),
            Self::Line(part) => write!(f, "a line with `{part}`"),
            Self::Error(reason) => write!(f, "an error because `{reason}`"),
            Self::Connections(count) => write!(f, "{count} connections with a completed handshake"),
            Self::Requests(count) => write!(f, "{count} requests"),
            Self::Verdicts(verdicts) => write!(f, "verdicts of the gateway: {}", verdicts.join(", ")),
            Self::Questions(count) => write!(f, "{count} questions for the time"),
            Self::NoApplicationByte => f.write_str("no byte of a request"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use peer::Connection;

    use super::{Case, DONE, Expected, REFUSED};
    use crate::emulator::{End, Run};
    use crate::server::Seen;

    const OUTPUT: &str =
        "error: tls: late\nresult: ok\nerror: tls: the server's certificate is for other hosts\n";

    fn run(status: i32) -> Run {
        Run { end: End::Status(status), output: OUTPUT.to_owned(), took: Duration::ZERO }
    }

    fn seen(received: &[u8], undecryptable: usize) -> Seen {
        let connection =
            Connection { handshake_complete: true, received: received.to_vec(), undecryptable, error: None };
        Seen { connections: vec![connection], verdicts: vec!["POST".to_owned()], questions: 1 }
    }

    #[test]
    fn an_expectation_is_met_by_what_it_says_and_by_nothing_else() {
        let (run, request) = (run(REFUSED), seen(b"GET / HTTP/1.1\r\n\r\n", 0));
        for (met, unmet) in [
            (Expected::Status(REFUSED), Expected::Status(DONE)),
            (Expected::Line("result: ok".to_owned()), Expected::Line("result: failed".to_owned())),
            // An error before the last is not the reason.
            (Expected::Error("the server's certificate is for other hosts"), Expected::Error("late")),
            (Expected::Connections(1), Expected::Connections(2)),
            (Expected::Requests(1), Expected::Requests(0)),
            (Expected::Verdicts(&["POST"]), Expected::Verdicts(&["POST", "POST"])),
            (Expected::Questions(1), Expected::Questions(0)),
        ] {
            assert!(met.is_met(&run, &request), "{met}");
            assert!(!unmet.is_met(&run, &request), "{unmet}");
        }
        let killed = Run { end: End::Killed, ..run };
        assert!(!Expected::Status(REFUSED).is_met(&killed, &request));
    }

    #[test]
    fn a_refusal_after_the_first_byte_is_none() {
        let case = Case::gateway("").refused("the server's certificate is for other hosts");
        assert_eq!(case.judge(&run(REFUSED), &seen(b"", 0)), None);
        assert_eq!(case.judge(&run(REFUSED), &seen(b"P", 0)), Some(&Expected::NoApplicationByte));
        assert_eq!(case.judge(&run(REFUSED), &seen(b"", 1)), Some(&Expected::NoApplicationByte));
        assert_eq!(case.judge(&run(101), &seen(b"", 0)), Some(&Expected::Status(REFUSED)));
    }
}
