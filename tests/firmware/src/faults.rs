//! Servers that authenticate and then misbehave. The firmware must report an error and never panic.

use std::time::Duration;

use peer::hostile::script::after_handshake;
use peer::hostile::{Hello, Message, Step, content};
use peer::server::{Act, script};

use crate::case::{Case, Expected, FAILED};
use crate::image::Image;

const BODY: &str = r#"{"Response":{"RequestId":"r-1"}}"#;

const TIMED_OUT: &str = "the call's deadline passed";

const UART: &[Image] = &[Image::CortexMUart, Image::Riscv32Uart];
const ETHERNET: &[Image] = &[Image::CortexMEthernet];

pub(crate) fn cases() -> Vec<Case> {
    [responses(), messages()].concat()
}

fn responses() -> Vec<Case> {
    let truncated =
        |images, reason| response("truncated response", script::truncated(BODY), reason).on(images);
    let dribbled = script::dribbled(BODY, Duration::from_secs(1));
    let ticket = Step::Say(vec![Message::NewSessionTicket]);
    let flood = Step::Forever(Duration::from_millis(5), Box::new(ticket));
    [
        &times_out(response("no response", script::silent(), TIMED_OUT))[..],
        &times_out(response("response of one byte a second", dribbled, TIMED_OUT)),
        &times_out(after_the_handshake("endless session tickets", flood, TIMED_OUT)),
        // A UART does not report that the server has closed the connection.
        &[
            short_timeout(truncated(UART, TIMED_OUT)),
            truncated(ETHERNET, "connection ended without close_notify"),
        ],
        &[response(
            "response shorter than its Content-Length",
            script::shorter_than_declared(BODY),
            "answer refused",
        )],
    ]
    .concat()
}

fn response(name: &'static str, script: Vec<Act>, reason: &'static str) -> Case {
    Case::script(name, script).expect([
        Expected::Status(FAILED),
        Expected::Error(reason),
        Expected::Requests(1),
    ])
}

/// Sets the timeouts of a case that ends by one. A board that polls its UART is slow to emulate: one
/// second would take a minute. A board that sleeps follows the time of this machine, which may be
/// busy.
fn times_out(case: Case) -> [Case; 2] {
    [short_timeout(case.clone().on(UART)), case.on(ETHERNET).word("timeout=2500")]
}

/// 300 ms are 300 million instructions; a handshake takes a third of them.
fn short_timeout(case: Case) -> Case {
    case.word("timeout=300")
}

/// Messages and records that are not allowed after a handshake. TLS code has panicked on each of them.
fn messages() -> Vec<Case> {
    const MISPLACED: &str = "message or content that has no place where it came";
    const SPREAD: &str = "handshake message spread over several records";
    let say = |name, message, reason| after_the_handshake(name, Step::Say(vec![message]), reason);
    let ticket = || Box::new(Message::NewSessionTicket);
    vec![
        say("CertificateRequest after the handshake", Message::CertificateRequest, MISPLACED),
        say("Certificate after the handshake", Message::Certificate, MISPLACED),
        say("Finished twice", Message::Finished, MISPLACED),
        say("ServerHello twice", Message::ServerHello(Hello::default()), MISPLACED),
        say("KeyUpdate", Message::KeyUpdate(1), MISPLACED),
        say("unknown message", Message::Other(200, Vec::new()), MISPLACED),
        say("ticket shorter than its length field", Message::Misstated(1, ticket()), SPREAD),
        say("ticket longer than its length field", Message::Misstated(-1, ticket()), MISPLACED),
        after_the_handshake("empty record", Step::Sealed(Vec::new()), "which holds nothing"),
        after_the_handshake("record of zeros", Step::Sealed(vec![0; 16]), MISPLACED),
        after_the_handshake(
            "unencrypted alert",
            Step::RecordInClear(content::ALERT, vec![1, 0]),
            "unprotected record",
        ),
        after_the_handshake(
            "damaged record",
            Step::Damaged(content::APPLICATION, vec![1]),
            "not made with the server's keys",
        ),
    ]
}

fn after_the_handshake(name: &'static str, step: Step, reason: &'static str) -> Case {
    Case::hostile(name, after_handshake(vec![step], BODY))
        .expect([Expected::Status(FAILED), Expected::Error(reason)])
}
