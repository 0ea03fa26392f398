//! Servers that proved who they are, and then do not do what they should: an error, never a panic.

use std::time::Duration;

use peer::hostile::script::after_handshake;
use peer::hostile::{Hello, Message, Step, content};
use peer::server::{Act, script};

use crate::case::{Case, Expected, REFUSED};
use crate::image::Image;

const BODY: &str = r#"{"Response":{"RequestId":"r-1"}}"#;

/// Milliseconds by the firmware's clock, where the wait is what the case is about. A handshake
/// takes less, and every one of them is a million instructions to be emulated.
const PATIENCE: &str = "patience=120";

const LATE: &str = "the call's deadline passed";

pub(crate) fn cases() -> Vec<Case> {
    [answers(), messages()].concat()
}

fn answers() -> Vec<Case> {
    let dribbled = script::dribbled(BODY, Duration::from_millis(50));
    vec![
        ended("silent server", script::silent(), LATE).word(PATIENCE),
        ended("answer that dribbles", dribbled, LATE).word(PATIENCE),
        ended("answer cut off", script::truncated(BODY), "connection ended without close_notify")
            .on(&[Image::CortexMEthernet]),
        // A UART does not tell that the other end is gone.
        ended("answer cut off behind a modem", script::truncated(BODY), LATE)
            .word(PATIENCE)
            .on(&[Image::CortexMUart, Image::Riscv32Uart]),
        ended("answer shorter than it says", script::shorter_than_declared(BODY), "answer refused"),
    ]
}

fn ended(name: &'static str, script: Vec<Act>, reason: &'static str) -> Case {
    Case::script(name, script).expect([
        Expected::Status(REFUSED),
        Expected::Error(reason),
        Expected::Requests(1),
    ])
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
        say("ticket longer than it says", Message::Misstated(-1, ticket()), SPREAD),
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
