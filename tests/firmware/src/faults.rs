//! Servers that proved who they are, and then do not do what they should: an error, never a panic.

use std::time::Duration;

use peer::hostile::script::after_handshake;
use peer::hostile::{HandshakeMessage, ServerHelloFields, Step, content_type};
use peer::server::{Action, script};

use crate::case::{Case, Expected, REFUSED};
use crate::image::Image;

const BODY: &str = r#"{"Response":{"RequestId":"r-1"}}"#;

const LATE: &str = "the call's deadline passed";

const UART: &[Image] = &[Image::CortexMUart, Image::Riscv32Uart];
const ETHERNET: &[Image] = &[Image::CortexMEthernet];

pub(crate) fn cases() -> Vec<Case> {
    [answers(), messages()].concat()
}

fn answers() -> Vec<Case> {
    let cut = |images, reason| ended("answer cut off", script::truncated(BODY), reason).on(images);
    let dribbled = script::dribbled(BODY, Duration::from_secs(1));
    let ticket = Step::Send(vec![HandshakeMessage::NewSessionTicket]);
    let flood = Step::Repeat(Duration::from_millis(5), Box::new(ticket));
    [
        &late(ended("silent server", script::silent(), LATE))[..],
        &late(ended("answer that dribbles", dribbled, LATE)),
        &late(unfit("tickets without end", flood, LATE)),
        // A modem does not tell that the other end is gone.
        &[impatient(cut(UART, LATE)), cut(ETHERNET, "the connection ended without close_notify")],
        &[ended("answer shorter than it says", script::shorter_than_declared(BODY), "answer refused")],
    ]
    .concat()
}

fn ended(name: &'static str, script: Vec<Action>, reason: &'static str) -> Case {
    Case::script(name, script).expect([
        Expected::Status(REFUSED),
        Expected::Error(reason),
        Expected::Requests(1),
    ])
}

/// Where the end is a matter of time. A board that asks its UART all the while is slow to emulate:
/// its second would take a minute. One that sleeps keeps the time of this machine, which may be
/// busy.
fn late(case: Case) -> [Case; 2] {
    [impatient(case.clone().on(UART)), case.on(ETHERNET).word("patience=2500")]
}

/// Milliseconds, each of a million instructions; a handshake takes a third of them.
fn impatient(case: Case) -> Case {
    case.word("patience=300")
}

/// What has no place after a handshake, each of which gave up the whole program somewhere once.
fn messages() -> Vec<Case> {
    const MISPLACED: &str = "handshake message or content type that is not allowed here";
    const SPREAD: &str = "handshake message fragmented over several records";
    let say = |name, message, reason| unfit(name, Step::Send(vec![message]), reason);
    let ticket = || Box::new(HandshakeMessage::NewSessionTicket);
    vec![
        say("CertificateRequest afterwards", HandshakeMessage::CertificateRequest, MISPLACED),
        say("Certificate afterwards", HandshakeMessage::Certificate, MISPLACED),
        say("Finished twice", HandshakeMessage::Finished, MISPLACED),
        say("ServerHello twice", HandshakeMessage::ServerHello(ServerHelloFields::default()), MISPLACED),
        say("KeyUpdate", HandshakeMessage::KeyUpdate(1), MISPLACED),
        say("unknown message", HandshakeMessage::Other(200, Vec::new()), MISPLACED),
        say("ticket shorter than it says", HandshakeMessage::WrongLength(1, ticket()), SPREAD),
        say("ticket longer than it says", HandshakeMessage::WrongLength(-1, ticket()), MISPLACED),
        unfit("record of nothing", Step::InnerPlaintext(Vec::new()), "too short for any content"),
        unfit("record of zeros", Step::InnerPlaintext(vec![0; 16]), MISPLACED),
        unfit(
            "alert in clear",
            Step::UnprotectedRecord(content_type::ALERT, vec![1, 0]),
            "unprotected record",
        ),
        unfit(
            "damaged record",
            Step::CorruptRecord(content_type::APPLICATION, vec![1]),
            "not protected with the server's keys",
        ),
    ]
}

fn unfit(name: &'static str, step: Step, reason: &'static str) -> Case {
    Case::hostile(name, after_handshake(vec![step], BODY))
        .expect([Expected::Status(REFUSED), Expected::Error(reason)])
}
