//! One named case: the server's certificates and behaviour, the firmware's parameters, and the
//! expected outcome.

use std::ops::RangeInclusive;

use measure::Run;
use peer::Connection;
use peer::pki::{self, Identity};
use peer::server::Config;
use peer::sntp::Reply;

use crate::image::{IMAGES, Image, WITH_ETHERNET};
use crate::server::{ID, KEY, NOW, Plan, Seen};

/// Exit statuses of the firmware; any other is a bug.
const DONE: i32 = 0;
const FAILED: i32 = 1;

/// The emulator executes an instruction in a nanosecond.
const PACE: u64 = 1_000_000;

#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) identity: fn(u64) -> Identity,
    pub(crate) adjust: fn(Config) -> Config,
    pub(crate) plan: Plan,
    /// The time that the firmware's clock is set to by `now=`.
    pub(crate) now: Option<u64>,
    /// Whether the board must find the server by its name.
    pub(crate) by_name: bool,
    /// How an SNTP server answers.
    pub(crate) replies: Vec<Option<Reply>>,
    /// Additional parameters.
    pub(crate) words: Vec<String>,
    pub(crate) images: &'static [Image],
    /// The figure that this case's handshake is measured for.
    pub(crate) handshake: Option<&'static str>,
    /// A part of the firmware's last `error:` line. The firmware must succeed if there is none.
    pub(crate) error: Option<&'static str>,
    /// A part of a line of the firmware's output.
    pub(crate) line: Option<String>,
    /// A part of what the server received.
    pub(crate) sent: &'static str,
    /// How many of the last random bytes are missing.
    pub(crate) missing: usize,
    /// When the calls must have ended, in milliseconds of the board's clock.
    pub(crate) ends: Option<RangeInclusive<u64>>,
    /// Lines of [`Seen::facts`].
    pub(crate) facts: Vec<String>,
}

impl Case {
    /// A case with an honest server, an ECDSA chain and the right time.
    pub(crate) fn new(name: &'static str, plan: Plan) -> Self {
        Self {
            name,
            identity: pki::ecdsa,
            adjust: |config| config,
            plan,
            now: Some(NOW),
            by_name: false,
            replies: Vec::new(),
            words: Vec::new(),
            images: IMAGES,
            handshake: None,
            error: None,
            line: None,
            sent: "",
            missing: 0,
            ends: None,
            facts: Vec::new(),
        }
    }

    pub(crate) fn identity(self, identity: fn(u64) -> Identity) -> Self {
        Self { identity, ..self }
    }

    pub(crate) fn now(self, now: Option<u64>) -> Self {
        Self { now, ..self }
    }

    /// The clock is set by SNTP, which needs a network.
    pub(crate) fn sntp(self, replies: &[Option<Reply>]) -> Self {
        Self { now: None, replies: replies.to_vec(), images: WITH_ETHERNET, ..self }
    }

    /// Leaves out the server's address. The network stack takes a name that is an address without asking DNS, which
    /// is outside the emulated network.
    pub(crate) fn by_name(self) -> Self {
        Self { by_name: true, images: WITH_ETHERNET, ..self }.word("host=10.0.2.2")
    }

    pub(crate) fn word(mut self, word: impl Into<String>) -> Self {
        self.words.push(word.into());
        self
    }

    pub(crate) fn on(self, images: &'static [Image]) -> Self {
        Self { images, ..self }
    }

    pub(crate) fn prints(self, line: String) -> Self {
        Self { line: Some(line), ..self }
    }

    pub(crate) fn sends(self, sent: &'static str) -> Self {
        Self { sent, ..self }
    }

    pub(crate) fn fails(self, error: &'static str) -> Self {
        Self { error: Some(error), ..self }
    }

    pub(crate) fn sees(mut self, fact: impl Into<String>) -> Self {
        self.facts.push(fact.into());
        self
    }

    /// Expects an error with this reason, and that no byte of a request was sent.
    pub(crate) fn refused(self, reason: &'static str) -> Self {
        self.fails(reason).sees("request bytes: none")
    }

    /// The firmware's parameters, except the addresses of the servers.
    pub(crate) fn parameters(&self, ca: &str) -> Vec<String> {
        let mut words = vec![format!("host={}", pki::HOST), format!("ca={ca}")];
        words.extend(self.now.map(|now| format!("now={now}")));
        words.extend([format!("id={ID}"), format!("key={KEY}")]);
        words.extend_from_slice(&self.words);
        words
    }

    /// The expectations that were not met.
    pub(crate) fn unmet(&self, run: &Run, seen: &Seen) -> Vec<String> {
        let mut unmet = Vec::new();
        let mut expect = |is_met: bool, what: String| {
            if !is_met {
                unmet.push(what);
            }
        };
        let status = if self.error.is_some() { FAILED } else { DONE };
        expect(run.status == Some(status), format!("status {status}"));
        if let Some(reason) = self.error {
            let last = run.output.lines().rfind(|line| line.starts_with("error: "));
            let is_met = last.is_some_and(|line| line.contains(reason));
            expect(is_met, format!("a last error line with `{reason}`"));
        }
        if let Some(ends) = &self.ends {
            let ended = run.output.split_once(" ended-ms=").and_then(|(_, rest)| rest.split(' ').next());
            let is_met = ended.is_some_and(|ended| ended.parse().is_ok_and(|ended| ends.contains(&ended)));
            expect(is_met, format!("an end after {ends:?} ms of the board's clock, not {ended:?}"));
        }
        let pace = check_pace(&run.output);
        expect(pace.is_ok(), pace.err().unwrap_or_default());
        if let Some(part) = &self.line {
            expect(run.output.lines().any(|line| line.contains(part)), format!("a line with `{part}`"));
        }
        let printed: Vec<_> = run.output.lines().filter(|line| line.starts_with("result: ok ")).collect();
        expect(seen.answers.is_empty() || printed == seen.answers, seen.answers.join("\n"));
        let sent =
            |connection: &Connection| String::from_utf8_lossy(&connection.received).contains(self.sent);
        expect(seen.connections.iter().all(sent), format!("a request with `{}`", self.sent));
        let facts = seen.facts();
        for fact in &self.facts {
            expect(facts.contains(fact), fact.clone());
        }
        unmet
    }
}

/// Checks the last number that an image printed: the instructions of a millisecond of the board's clock.
pub(crate) fn check_pace(output: &str) -> Result<(), String> {
    let pace = output.split_once(" insns-per-ms=").and_then(|(_, pace)| pace.trim().parse().ok());
    let is_right = pace.is_some_and(|pace: u64| pace.abs_diff(PACE) < PACE / 100);
    let expected = || format!("{PACE} instructions in a millisecond of the board's clock, not {pace:?}");
    if is_right { Ok(()) } else { Err(expected()) }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Case, Connection, Plan, Run, Seen};

    #[test]
    fn each_expectation_that_is_not_met_is_named() {
        let facts = ["connections: 1, with a completed handshake: 1", "requests: 1", "SNTP requests: 0"];
        let case = Case::new("", Plan::Gateway).sends("GET").prints("LINE".to_owned());
        let case = facts.into_iter().fold(case, Case::sees);
        let unmet = |case: &Case, output: &str, sent: &str, undecryptable: usize| {
            let (received, handshake_complete) = (sent.as_bytes().to_vec(), undecryptable == 0);
            let sent = Connection { received, handshake_complete, undecryptable, ..Default::default() };
            let answers = vec!["result: ok A".to_owned()];
            let seen = Seen { connections: vec![sent], answers, ..Seen::default() };
            let run = Run { status: Some(0), output: output.to_owned(), took: Duration::ZERO };
            case.unmet(&run, &seen)
        };
        let (output, sent) =
            ("result: ok A\na LINE\nmeasured: ended-ms=9 insns-per-ms=1000000\n", "GET / HTTP/1.1\r\n");
        assert_eq!(unmet(&case, output, sent, 0), [""; 0]);
        assert_eq!(unmet(&case, &output.replace("LINE", ""), sent, 0), ["a line with `LINE`"]);
        assert_eq!(unmet(&case, &output.replace('A', "B"), sent, 0), ["result: ok A"]);
        assert_eq!(unmet(&case, &output.replace("a LINE", "result: ok A\nLINE"), sent, 0), ["result: ok A"]);
        let late = Case { ends: Some(10..=11), ..case.clone() };
        let says = "an end after 10..=11 ms of the board's clock, not Some(\"9\")";
        assert_eq!(unmet(&late, output, sent, 0), [says]);
        assert_eq!(unmet(&case, output, &sent.replace("GET", ""), 0), ["a request with `GET`"]);
        assert_eq!(unmet(&case, output, &sent.repeat(2), 0), ["requests: 1"]);
        assert_eq!(unmet(&case, output, sent, 1), [facts[0]]);
        // A record that cannot be decrypted may be a request.
        let silent = Case::new("", Plan::Gateway).sees("request bytes: none");
        assert_eq!(unmet(&silent, output, "", 0), [""; 0]);
        assert_eq!(unmet(&silent, output, "", 1), ["request bytes: none"]);
    }
}
