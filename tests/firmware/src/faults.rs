//! Servers that proved who they are, and then do not do what they should: an error, never a panic.

use std::time::Duration;

use peer::hostile::script::after_handshake;
use peer::hostile::{Hello, Message, Step, content};
use peer::server::{Act, script};

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
    let ticket = Step::Say(vec![Message::NewSessionTicket]);
    let flood = Step::Forever(Duration::from_millis(5), Box::new(ticket));
    [
        &late(ended("silent server", script::silent(), LATE))[..],
        &late(ended("answer that dribbles", dribbled, LATE)),
        &late(unfit("tickets without end", flood, LATE)),
        // A modem does not tell that the other end is gone.
        &[impatient(cut(UART, LATE)), cut(ETHERNET, "connection ended without close_notify")],
        &[ended("answer shorter than it says", script::shorter_than_declared(BODY), "answer refused")],
    ]
    .concat()
}

fn ended(name: &'static str, script: Vec<Act>, reason: &'static str) -> Case {
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
    [impatient(case.clone().on(UART)), case.on(ETHERNET).word("timeout=2500")]
}

/// Milliseconds, each of a million instructions; a handshake takes a third of them.
fn impatient(case: Case) -> Case {
    case.word("timeout=300")
}

/// What has no place after a handshake, each of which gave up the whole program somewhere once.
fn messages() -> Vec<Case> {
    const MISPLACED: &str = "message or content that has no place where it came";
    const SPREAD: &str = "handshake message spread over several records";
    let say = |name, message, reason| unfit(name, Step::Say(vec![message]), reason);
    let ticket = || Box::new(Message::NewSessionTicket);
    vec![
        say("CertificateRequest afterwards", Message::CertificateRequest, MISPLACED),
        say("Certificate afterwards", Message::Certificate, MISPLACED),
        say("Finished twice", Message::Finished, MISPLACED),
        say("ServerHello twice", Message::ServerHello(Hello::default()), MISPLACED),
        say("KeyUpdate", Message::KeyUpdate(1), MISPLACED),
        say("unknown message", Message::Other(200, Vec::new()), MISPLACED),
        say("ticket shorter than it says", Message::Misstated(1, ticket()), SPREAD),
        say("ticket longer than it says", Message::Misstated(-1, ticket()), MISPLACED),
        unfit("record of nothing", Step::Sealed(Vec::new()), "which holds nothing"),
        unfit("record of zeros", Step::Sealed(vec![0; 16]), MISPLACED),
        unfit("alert in clear", Step::RecordInClear(content::ALERT, vec![1, 0]), "unprotected record"),
        unfit(
            "damaged record",
            Step::Damaged(content::APPLICATION, vec![1]),
            "not made with the server's keys",
        ),
    ]
}

fn unfit(name: &'static str, step: Step, reason: &'static str) -> Case {
    Case::hostile(name, after_handshake(vec![step], BODY))
        .expect([Expected::Status(REFUSED), Expected::Error(reason)])
}
