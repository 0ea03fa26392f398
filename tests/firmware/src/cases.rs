//! What servers and clocks do, and what the firmware must do then.

use std::time::Duration;

use peer::hostile::script::{after_handshake, handshake, response as sent};
use peer::hostile::{HandshakeMessage, Signature, Step, content_type};
use peer::pki::{self, Identity};
use peer::server::{Action, Config, script};
use peer::sntp::Reply;
use tc3_core::PayloadHasher;

use crate::case::Case;
use crate::figures::{ECDSA_HANDSHAKE, RSA_HANDSHAKE};
use crate::image::{WITH_ETHERNET, WITH_UART, WITHOUT_SENTENCES};
use crate::server::{NOW, Plan};

const POST: &str = "POST TC3-HMAC-SHA256 DescribeInstances";
const GET: &str = "GET TC3-HMAC-SHA256 DescribeInstances";
const V1: &str = "POST HmacSHA256 DescribeInstances";

/// Seconds that a clock is behind, more than the five minutes that the service allows.
const BEHIND: u64 = 3600;

const BODY: &str = r#"{"Response":{"RequestId":"r-1"}}"#;
/// `BODY` without its last byte. A whole body would be delivered, however the connection ends.
const CUT: &str = r#"{"Response":{"RequestId":"r-1"}"#;

const TIMED_OUT: &str = "the call's deadline passed";

pub(crate) fn cases() -> Vec<Case> {
    [calls(), chains(), proofs(), clocks(), sources(), responses(), messages()].concat()
}

/// Calls that succeed.
fn calls() -> Vec<Case> {
    vec![
        Case { handshake: Some(ECDSA_HANDSHAKE), ..done("TC3 POST", "post", &[POST]) },
        done("TC3 GET", "get", &[GET])
            .word("query=Limit=1&Name=a/b")
            .sends("GET /?Limit=1&Name=a%2Fb HTTP/1.1\r\n"),
        done("v1 HmacSHA256", "v1", &[V1])
            .word("region=ap-beijing")
            .word("query=Limit=1&Query=a/b")
            .sends("&Query=a%2Fb&Region=ap-beijing&"),
        done("three calls, one connection", "keepalive", &[POST; 3])
            .sees("connections: 1, with a completed handshake: 1"),
        Case { handshake: Some(RSA_HANDSHAKE), ..done("chain shaped like the public one", "post", &[POST]) }
            .identity(pki::public_shaped),
        done("cross-certified chain", "post", &[POST])
            .identity(pki::cross_certified)
            // QEMU splits its options at commas.
            .word(r#"body={"Offset":0,"Limit":10}"#)
            .sends("\r\n\r\n{\"Offset\":0,\"Limit\":10}"),
        done("retry after SignatureExpire", "retry", &["AuthFailure.SignatureExpire", POST])
            .now(Some(NOW - BEHIND)),
        pieces(),
        in_time(),
        done("time by SNTP, the first question lost", "post", &[POST])
            .sntp(&[None, Some(Reply::at(NOW))])
            .sees("SNTP requests: 2"),
    ]
}

fn done(name: &'static str, case: &str, verdicts: &[&str]) -> Case {
    Case::new(name, Plan::Gateway)
        .word(format!("case={case}"))
        .sees(format!("verdicts: {}", verdicts.join(", ")))
        .sees(format!("requests: {}", verdicts.len()))
}

/// A response of 100 KB, which does not fit the firmware's buffer of 1 KB.
fn pieces() -> Case {
    let body = script::body_of(100_000);
    let mut hasher = PayloadHasher::default();
    hasher.update(body.as_bytes());
    let digest = hasher.finish().digest().map(|byte| format!("{byte:02x}")).concat();
    Case::new("100 KB chunked response in pieces", Plan::Script(script::chunked(&body)))
        .word("case=pieces")
        .sees("requests: 1")
        .prints(format!("length={} sha256={digest}", body.len()))
}

/// Servers that fail authentication. The firmware must refuse each for the expected reason, before it sends the first
/// byte of a request. The tests of tc3-embedded have many more.
fn chains() -> Vec<Case> {
    let chain = |name, identity: fn(u64) -> Identity, reason| silent(name).identity(identity).refused(reason);
    vec![
        chain("wrong host", pki::wrong_host, "the server's certificate is for other hosts"),
        chain("unknown root", pki::foreign_root, "no path from the server's certificate to a trusted root"),
        chain("expired", pki::expired, "a certificate is not valid after 20"),
        chain("not yet valid", pki::not_yet_valid, "a certificate is not valid before 20"),
        chain("CA:FALSE acting as CA", pki::leaf_as_ca, "a certificate was not issued by a CA"),
        silent("pin mismatch")
            .word(format!("pin={}", "07".repeat(32)))
            .refused("no certificate on the path has a pinned key"),
        chain("unknown root, without sentences", pki::foreign_root, "error: tls").on(WITHOUT_SENTENCES),
        Case {
            adjust: |config| Config { tls12: true, ..config },
            ..silent("TLS 1.2 only").refused("the server does not support TLS 1.3")
        },
    ]
}

/// Servers that do not prove who they are. The tests of tc3-embedded have many more.
fn proofs() -> Vec<Case> {
    let [hello, extensions, certificate, verify, finished] = handshake();
    let other = Step::Send(vec![HandshakeMessage::CertificateVerify(Signature::OtherKey)]);
    let refused = |name, proof: Vec<Step>, reason| {
        let flight =
            [vec![hello.clone(), extensions.clone()], proof, vec![finished.clone()], sent("{}")].concat();
        Case::new(name, Plan::Hostile(flight)).refused(reason)
    };
    vec![
        refused("no Certificate", vec![verify], "the server sent no certificate"),
        refused("no CertificateVerify", vec![certificate.clone()], "the server did not sign the handshake"),
        refused("signature by another key", vec![certificate, other], "over the handshake is wrong"),
    ]
}

/// Clocks that are wrong.
fn clocks() -> Vec<Case> {
    let unset = Reply { leap: 3, ..Reply::at(NOW) };
    vec![
        silent("clock unset").now(None).refused("clock was not set"),
        silent("clock before the floor")
            .now(Some(1_000_000_000))
            .refused("clock shows 2001-09-09T01:46:40Z, before "),
        silent("unsynchronized SNTP server").sntp(&[Some(unset)]).refused("sntp"),
        silent("no SNTP server").sntp(&[None; 4]).refused("no reply to 3 requests").sees("SNTP requests: 3"),
        Case::new("clock behind", Plan::Gateway)
            .now(Some(NOW - BEHIND))
            .fails("AuthFailure.SignatureExpire")
            .prints("advice: ".to_owned()),
    ]
}

/// Random sources that end too early, in the second draw of the seed, or in the nonce of v1.
fn sources() -> Vec<Case> {
    let v1 = |name| silent(name).word("case=v1").refused("entropy: random source failed");
    vec![Case { missing: 16, ..v1("half a seed") }, Case { missing: 4, ..v1("half a nonce") }]
}

/// Three answers that together take longer than the timeout, which is for each call.
fn in_time() -> Case {
    let mut slow = script::response(BODY);
    if let Some(Action::Send(answer)) = slow.pop() {
        let (first, rest) = answer.split_at(1);
        slow.push(Action::SendSlowly(first.to_vec(), Duration::from_secs(1)));
        slow.push(Action::Send(rest.to_vec()));
    }
    Case::new("three slow answers", Plan::Script(vec![slow; 3].concat()))
        .on(WITH_ETHERNET)
        .word("case=keepalive")
        .word("timeout=2500")
        .prints("result: ok status=200 ".to_owned())
        .sees("requests: 3")
}

/// A server with a correct handshake that never responds to a request.
fn silent(name: &'static str) -> Case {
    Case::new(name, Plan::Script(script::silent()))
}

/// Servers that authenticate and then misbehave. The firmware must report an error and never panic.
fn responses() -> Vec<Case> {
    let truncated =
        |images, reason| response("truncated response", script::truncated(CUT), reason).on(images);
    let dribbled = script::dribbled(BODY, Duration::from_secs(1));
    [
        &[Case::new("host that is an address", Plan::Gateway)
            .by_name()
            .refused("the host is not a DNS name")
            .sees("connections: 1, with a completed handshake: 0")],
        &times_out(Case::new("no ServerHello", Plan::Hostile(Vec::new())).refused(TIMED_OUT))[..],
        &times_out(response("no response", script::silent(), TIMED_OUT)),
        &times_out(response("response of one byte a second", dribbled, TIMED_OUT)),
        // A UART does not report that the server has closed the connection.
        &[
            truncated(WITH_UART, TIMED_OUT).word(SHORT),
            truncated(WITH_ETHERNET, "the connection ended without close_notify"),
        ],
        &[response(
            "response shorter than its Content-Length",
            script::shorter_than_declared(CUT),
            "connection closed after 31 of 32 bytes",
        )],
    ]
    .concat()
}

fn response(name: &'static str, script: Vec<Action>, reason: &'static str) -> Case {
    Case::new(name, Plan::Script(script)).fails(reason).sees("requests: 1")
}

/// Sets the timeouts of a case that ends by one. A board that polls its UART is slow to emulate: one
/// second would take a minute. A board that sleeps follows the time of this machine, which may be
/// busy.
fn times_out(case: Case) -> [Case; 2] {
    let ends = |case, ends| Case { ends: Some(ends), ..case };
    [
        ends(case.clone().on(WITH_UART).word(SHORT), 300..=900),
        ends(case.on(WITH_ETHERNET).word("timeout=2500"), 2500..=3500),
    ]
}

/// 300 ms are 300 million instructions; a handshake takes a third of them.
const SHORT: &str = "timeout=300";

/// Messages and records that are not allowed after a handshake. The tests of tc3-embedded have many more.
fn messages() -> Vec<Case> {
    let update = Step::Send(vec![HandshakeMessage::KeyUpdate(1)]);
    let alert = Step::UnprotectedRecord(content_type::ALERT, vec![1, 0]);
    let damaged = Step::CorruptRecord(content_type::APPLICATION, vec![1]);
    let after = |step| Plan::Hostile(after_handshake(vec![step], BODY));
    vec![
        Case::new("KeyUpdate", after(update)).fails("message or content type that is not allowed here"),
        Case::new("unencrypted alert", after(alert)).fails("unprotected record"),
        Case::new("damaged record", after(damaged)).fails("not protected with the server's keys"),
    ]
}

#[cfg(test)]
mod tests {
    use crate::RUNS;
    use crate::case::Case;

    /// The checked-in text shows an expectation, an image or a parameter that changes or is gone.
    #[test]
    fn each_case_expects_what_cases_txt_says() {
        let (mut text, mut runs) = (String::new(), 0_usize);
        for case in super::cases() {
            let Case { name, now, replies, words, images, handshake, error, line, .. } = case;
            let Case { sent, missing, ends, facts, .. } = case;
            runs = runs.saturating_add(images.len());
            let images: Vec<&str> = images.iter().map(|image| image.name).collect();
            text += &format!("{name}: {images:?} {now:?} {words:?} {handshake:?}\n");
            text += &format!("  {error:?} {line:?} {facts:?} {sent:?} {missing} {ends:?} {replies:?}\n");
        }
        let expected = include_str!("../cases.txt");
        let differs = expected.lines().zip(text.lines()).find(|(expected, is)| expected != is);
        assert!(expected == text && runs == RUNS, "{runs} runs; {differs:#?} in\n{text}");
    }
}
