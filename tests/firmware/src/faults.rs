//! Servers that authenticate and then misbehave. The firmware must report an error and never panic.

use std::time::Duration;

use peer::hostile::script::after_handshake;
use peer::hostile::{HandshakeMessage, ServerHelloFields, Step, content_type};
use peer::server::{Action, script};

use crate::case::Case;
use crate::image::{WITH_ETHERNET, WITH_UART};

const BODY: &str = r#"{"Response":{"RequestId":"r-1"}}"#;

const TIMED_OUT: &str = "the call's deadline passed";

pub(crate) fn cases() -> Vec<Case> {
    [responses(), messages()].concat()
}

fn responses() -> Vec<Case> {
    let truncated =
        |images, reason| response("truncated response", script::truncated(BODY), reason).on(images);
    let dribbled = script::dribbled(BODY, Duration::from_secs(1));
    let ticket = Step::Send(vec![HandshakeMessage::NewSessionTicket]);
    let flood = Step::Repeat(Duration::from_millis(5), Box::new(ticket));
    [
        &times_out(response("no response", script::silent(), TIMED_OUT))[..],
        &times_out(response("response of one byte a second", dribbled, TIMED_OUT)),
        &times_out(after_the_handshake("endless session tickets", flood, TIMED_OUT)),
        // A UART does not report that the server has closed the connection.
        &[
            short_timeout(truncated(WITH_UART, TIMED_OUT)),
            truncated(WITH_ETHERNET, "the connection ended without close_notify"),
        ],
        &[response(
            "response shorter than its Content-Length",
            script::shorter_than_declared(BODY),
            "answer refused",
        )],
    ]
    .concat()
}

fn response(name: &'static str, script: Vec<Action>, reason: &'static str) -> Case {
    Case::script(name, script).fails(reason).sees("requests: 1")
}

/// Sets the timeouts of a case that ends by one. A board that polls its UART is slow to emulate: one
/// second would take a minute. A board that sleeps follows the time of this machine, which may be
/// busy.
fn times_out(case: Case) -> [Case; 2] {
    [short_timeout(case.clone().on(WITH_UART)), case.on(WITH_ETHERNET).word("timeout=2500")]
}

/// 300 ms are 300 million instructions; a handshake takes a third of them.
fn short_timeout(case: Case) -> Case {
    case.word("timeout=300")
}

/// Messages and records that are not allowed after a handshake. TLS code has panicked on each of them.
fn messages() -> Vec<Case> {
    const NOT_ALLOWED: &str = "handshake message or content type that is not allowed here";
    const FRAGMENTED: &str = "handshake message fragmented over several records";
    let send = |name, message, reason| after_the_handshake(name, Step::Send(vec![message]), reason);
    let ticket = || Box::new(HandshakeMessage::NewSessionTicket);
    vec![
        send("CertificateRequest after the handshake", HandshakeMessage::CertificateRequest, NOT_ALLOWED),
        send("Certificate after the handshake", HandshakeMessage::Certificate, NOT_ALLOWED),
        send("Finished twice", HandshakeMessage::Finished, NOT_ALLOWED),
        send("ServerHello twice", HandshakeMessage::ServerHello(ServerHelloFields::default()), NOT_ALLOWED),
        send("KeyUpdate", HandshakeMessage::KeyUpdate(1), NOT_ALLOWED),
        send("unknown message", HandshakeMessage::Other(200, Vec::new()), NOT_ALLOWED),
        send("ticket shorter than its length field", HandshakeMessage::WrongLength(1, ticket()), FRAGMENTED),
        send("ticket longer than its length field", HandshakeMessage::WrongLength(-1, ticket()), NOT_ALLOWED),
        after_the_handshake("empty record", Step::InnerPlaintext(Vec::new()), "too short for any content"),
        after_the_handshake("record of zeros", Step::InnerPlaintext(vec![0; 16]), NOT_ALLOWED),
        after_the_handshake(
            "unencrypted alert",
            Step::UnprotectedRecord(content_type::ALERT, vec![1, 0]),
            "unprotected record",
        ),
        after_the_handshake(
            "damaged record",
            Step::CorruptRecord(content_type::APPLICATION, vec![1]),
            "not protected with the server's keys",
        ),
    ]
}

fn after_the_handshake(name: &'static str, step: Step, reason: &'static str) -> Case {
    Case::hostile(name, after_handshake(vec![step], BODY)).fails(reason)
}
