//! Every way a call can end: the program says what the library says, and exits with the code of its help.

use crate::peer::{Certificate, EMPTY, HOLD, Peer, Play, ok, response};
use crate::server::{
    CALL, CVM, LONG_TERM_KEY, PROGRAM, TestServer, client, command, now, run, run_shell, signer, text, write,
};
use std::fs::{self, OpenOptions};
use std::time::{Duration, Instant};
use std::{collections::BTreeSet, io::Write, net::TcpListener, process::Stdio, thread};
use tc3_core::Timestamp;
use tc3_core::v1::{Algorithm, Method, Params};
use tc3_std::gateway::{Answer, Config};
use tc3_std::tls::{Tls, Trust};
use tc3_std::{CallError, Client, Connection, Outcome, Reply, Timeouts, dial, nonce};

/// A way a call can end.
#[derive(Clone)]
struct End {
    play: Play,
    certificate: Certificate,
    code: i32,
    /// How `Debug` of the library's outcome begins.
    outcome: &'static str,
    /// Part of the sentence of library and program; empty if the call succeeds.
    sentence: &'static str,
    remedy: &'static str,
}

fn end(play: Play, code: i32, outcome: &'static str, sentence: &'static str, remedy: &'static str) -> End {
    End { play, certificate: Certificate::Valid, code, outcome, sentence, remedy }
}

fn success(answer: String) -> End {
    end(Play::Answer(answer), 0, "Ok(Reply", "", "")
}

/// The body of the service's error with this code.
fn error(code: &str) -> String {
    format!(r#"{{"Response":{{"Error":{{"Code":"{code}","Message":"No."}},"RequestId":"r-1"}}}}"#)
}

fn refusal(code: &'static str, remedy: &'static str) -> End {
    let sentence = format!("the service answered {code}: No. (request id r-1)").leak();
    end(Play::Answer(ok(&error(code))), 1, "Err(Service(", sentence, remedy)
}

fn untrusted(certificate: Certificate, sentence: &'static str) -> End {
    let end = end(Play::Answer(ok("{}")), 60, "Err(Tls(NotTrusted(", sentence, "give it with --ca FILE");
    End { certificate, ..end }
}

// `Debug` of an answer shows neither headers nor body.
const EMPTY_SHOWN: &str = r#"Ok(Reply { status: 200, body_len: 32, request_id: Some("r-1"), .. })"#;
const STRAY: &str = "Err(Status(Reply { status: 502, body_len: 3, request_id: None, .. }))";
const NOT_THE_SERVICE: &str = "check host and network: something other than the service answered";
const CHECK: &str = "the call may have been done: check before you repeat it, or use a ClientToken";

/// Each row is a fault or a kind of answer. The sentences in between are the library's own.
fn ends() -> Vec<End> {
    let stream =
        "HTTP/1.1 200 OK\r\nServer: \u{e9}\r\ncontent-type: Text/Event-Stream; a=b\r\n\r\ndata: \u{ff}\n\n";
    let cut = |status: &str, body: &str| format!("HTTP/1.1 {status}\r\nContent-Length: 99\r\n\r\n{body}");
    let truncated = || cut("200 OK", error("InternalError").trim_end_matches('}'));
    let failed = response("500 Oh", &error("InternalError"));
    let nothing = "the connection closed before any answer";
    let part = "closed after 79 of 99 bytes of body; HTTP status 200, code InternalError (request id r-1)";
    vec![
        End { outcome: EMPTY_SHOWN, ..success(ok(EMPTY)) },
        success(response("201 Created", r#"{"Response":{}}"#)),
        success(ok(r#"{"Response":{"Error":{"Code":"DryRunOperation","Message":"Yes."}}}"#)),
        success(stream.into()),
        success(cut("200 OK", EMPTY)),
        refusal("AuthFailure.TokenFailure", "fetch a new temporary key, its id and its token together"),
        refusal("RequestLimitExceeded", "wait a second, then twice as long each time"),
        refusal("InternalError", "try again if doing the action twice is harmless"),
        refusal("InvalidParameterValue", "change the request: the same request would fail again"),
        refusal("AuthFailure.SignatureFailure", "check that id and key belong together and are complete"),
        refusal("UnauthorizedOperation", "ask the account's administrator for the permission"),
        refusal("ResourceInUse", "see the message; give the request id to the service's support"),
        refusal("AuthFailure.SignatureExpire", "sign again just before sending; check the system clock"),
        // What the service says counts before the status.
        End { play: Play::Answer(failed), ..refusal("InternalError", "try again if") },
        end(Play::Unresolvable, 6, "Err(Dial(", "could not resolve xxx", "check the service's name"),
        end(Play::Refuse, 7, "Err(Dial(", "could not connect to 127.0.0.8:", "a server listens there"),
        end(Play::Answer(ok("<html>")), 8, "Err(Malformed(", "byte 0", NOT_THE_SERVICE),
        end(Play::Answer("SSH-2.0-x\r\n".to_owned()), 8, "Err(Http(", "is not HTTP: ", NOT_THE_SERVICE),
        end(Play::Answer(String::new()), 52, "Err(Http(NoR", nothing, CHECK),
        end(Play::Answer(truncated()), 18, "Err(Incomplete(Http(", part, CHECK),
        end(Play::Answer(ok(r#"{"Response":!"#)), 8, "Err(Malformed(", "byte 12", CHECK),
        // The status is the more useful error.
        end(Play::Answer(cut("502 Oh", "no\n")), 22, STRAY, "HTTP status 502", NOT_THE_SERVICE),
        end(Play::Answer(response("500 Oh", EMPTY)), 22, "Err(Status(", "HTTP status 500", NOT_THE_SERVICE),
        end(Play::PlainHttp, 35, "Err(Tls(Handshake(", "the TLS handshake failed: ", "with --plain-http too"),
        end(Play::CloseInHandshake, 35, "Err(Tls(Broken(", "broke during the TLS handshake: ", "uses TLS"),
        end(Play::BreakAfter(String::new()), 56, "Err(Transport(", "the connection broke: ", CHECK),
        // Nothing can be missing of a whole JSON object.
        End { play: Play::BreakAfter(cut("200 OK", EMPTY)), ..success(String::new()) },
        end(Play::BreakAfter(truncated()), 56, "Err(Incomplete(Transport(", "; HTTP status 200, code", CHECK),
        untrusted(Certificate::UnknownIssuer, "UnknownIssuer"),
        // Not an unknown issuer: library and program have the service's root, whose key is RSA.
        untrusted(Certificate::ClaimsPublicRoot, "UnsupportedSignatureAlgorithmForPublicKey"),
        untrusted(Certificate::Expired, "certificate expired"),
        untrusted(Certificate::OtherHost, "not valid for name \"cvm.tencentcloudapi.com\""),
    ]
}

/// One row for each step of a call.
fn timeouts() -> Vec<End> {
    let head = || "HTTP/1.1 200 OK\r\nContent-Length: 15\r\n".to_owned();
    let body = || ok("{\"Response\":{}}")[..45].to_owned();
    let refused = ok(&error("InternalError"));
    let wait = "--timeout SECONDS waits longer";
    let timeout = |play| end(play, 28, "Err(Transport(", "timed out after 4000 ms", CHECK);
    vec![
        end(Play::StallConnecting, 28, "Err(Dial(", "could not connect to 127.0.0.1:", "no firewall"),
        end(Play::StallHandshake, 28, "Err(Tls(Broken(", "the TLS handshake timed out after 4000 ms", wait),
        timeout(Play::StallReceiving(String::new())),
        // The service may refuse a request before it has received all of it.
        End { play: Play::StallReceiving(refused), ..refusal("InternalError", "try again if") },
        timeout(Play::StallAfter(String::new())),
        timeout(Play::StallAfter(head())),
        End { outcome: "Err(Incomplete(Transport(", ..timeout(Play::StallAfter(body())) },
    ]
}

impl End {
    /// Ends a call by the library, by the program and by curl in this way, with TC3 and v1.
    fn check(&self, timeout: u64) {
        let forms: &[[&str; 2]] = match self.play {
            // A v1 request is smaller than the buffers of a socket.
            Play::StallReceiving(_) => &[["--octets", "@stall"]],
            _ => &[["--octets", "{}"], ["--v1", "HmacSHA256"]],
        };
        forms.iter().for_each(|form| self.check_form(timeout, *form));
    }

    fn check_form(&self, timeout: u64, form: [&str; 2]) {
        let peer = Peer::start(self.play.clone(), self.certificate);
        let name = format!("{form:?}, {}, {:?}, {:?}", self.sentence, self.play, self.certificate);
        let limit = Duration::from_secs(timeout);
        // Each step has a timeout of its own.
        let (connect, read, write) = match self.play {
            Play::StallConnecting => (limit, HOLD, HOLD),
            Play::StallReceiving(_) => (HOLD, limit / 2, limit),
            _ => (HOLD, limit, HOLD),
        };
        let client = client(Trust::public(), &peer.address, &peer.ca);
        let client = client.timeouts(Timeouts { connect, read, write });
        let timeout = timeout.to_string();
        let route = ["--connect", &peer.address, "--ca", &peer.ca, "--timeout", &timeout];
        let more = [&CALL[1..], &route, &form].concat();
        let is_sending = matches!(self.play, Play::StallReceiving(_));
        // curl does not know the service's answers, and accepts a truncated one.
        let curl_agrees = matches!(self.code, 6 | 7 | 28 | 35 | 60) && !is_sending && form[0] != "--v1";
        let most = if is_sending { HOLD } else { HOLD.min(limit * 2) };
        let (outcome, ran, curl) = thread::scope(|scope| {
            let ran = scope
                .spawn(|| in_time(&name, most, || run(&[&["call"], &*more].concat(), &LONG_TERM_KEY, b"")));
            let curl = scope.spawn(|| {
                let command = run(&[&["sign", "--curl"], &*more].concat(), &LONG_TERM_KEY, b"");
                // curl measures the mean speed of the last seconds.
                curl_agrees.then(|| in_time(&name, HOLD, || run_shell(&command.out, &[])))
            });
            let outcome = in_time(&name, most, || library(&client, form));
            (outcome, ran.join().unwrap(), curl.join().unwrap())
        });
        let shown = format!("{outcome:?}");
        assert!(shown.starts_with(self.outcome), "{name}: {shown} does not start with {}", self.outcome);
        let sentence = outcome.as_ref().err().map(|error| format!("tc3: {error}\n")).unwrap_or_default();
        assert!(sentence.contains(self.sentence), "{name}: {} is not in {sentence}", self.sentence);
        let body = text(match &outcome {
            Ok(reply) => reply.body(),
            Err(
                CallError::Status(reply) | CallError::Malformed(_, reply) | CallError::Incomplete(_, reply),
            ) => reply.body(),
            Err(CallError::Service(failure)) => failure.reply.body(),
            Err(_) => b"",
        });
        let known = match shown.split('(').nth(1) {
            Some("Dial" | "Tls") => Outcome::NotSent,
            Some("Service") => Outcome::Answered,
            Some("Status") if body == EMPTY => Outcome::Answered,
            _ => Outcome::Unknown,
        };
        let told = outcome.as_ref().map_or_else(CallError::outcome, |_| known);
        assert_eq!(told, known, "what {name} tells about the action");
        // Nothing and nobody recommends a repeat of a call that may have been done.
        let is_unknown = outcome.is_err() && known == Outcome::Unknown;
        assert!(!is_unknown || !ran.err.contains("again"), "{name}: {}", ran.err);
        let (said, remedy) = ran.err.split_once("  remedy: ").unwrap_or((&ran.err, ""));
        // The time of the verification differs.
        let [said, sentence] = [said, &sentence].map(|it| it.split(": verification time").next());
        assert_eq!((ran.code, said, ran.out.trim_end()), (self.code, sentence, body.trim_end()), "{name}");
        assert!(remedy.contains(self.remedy), "{name}: {} is not in {}", self.remedy, ran.err);
        assert_eq!(remedy.is_empty(), self.remedy.is_empty(), "{name}: {}", ran.err);
        if self.code == 60 {
            assert_eq!(peer.unread(), [""; 0], "{name}: received from a client without trust");
        }
        if let Some(curl) = curl {
            assert_eq!(curl.code, self.code, "curl, {name}: {}", curl.err);
        }
    }
}

fn in_time<T>(name: &str, most: Duration, work: impl FnOnce() -> T) -> T {
    let began = Instant::now();
    let result = work();
    let took = began.elapsed();
    assert!(took < most, "{name}: took {took:?}, not less than {most:?}");
    result
}

/// More than the buffers of a socket take.
const STALL: usize = 8 * 1024 * 1024;

/// Makes the call that the program makes with these arguments.
fn library(client: &Client, form: [&str; 2]) -> Result<Reply, CallError> {
    let call = CVM.action("DescribeInstances");
    let body = match form {
        ["--v1", _] => {
            let request = call.v1(Method::Post, Algorithm::HmacSha256, Params::EMPTY).unwrap();
            return client.call(signer().sign_v1(&request, now(), nonce().unwrap()).unwrap());
        }
        [_, "@stall"] => &vec![b'a'; STALL],
        [_, body] => body.as_bytes(),
    };
    client.call(signer().sign(&call.octets(body).unwrap(), now()))
}

#[test]
fn every_end_of_a_call_is_the_same_by_library_program_and_curl() {
    ends().iter().for_each(|end| end.check(60));
}

#[test]
fn every_step_of_a_call_has_its_timeout() {
    let default = format!("{:?}", Client::new(Trust::empty()).unwrap());
    assert!(default.contains("Timeouts { connect: 10s, read: 60s, write: 60s }"), "{default}");
    write("stall", &vec![b'a'; STALL]);
    thread::scope(|scope| {
        for end in timeouts() {
            scope.spawn(move || end.check(4));
        }
    });
}

#[test]
fn a_call_whose_sending_stalls_waits_once_to_send_and_once_for_an_answer() {
    let limit = Duration::from_secs(1);
    let took = || {
        let peer = Peer::start(Play::StallReceiving(String::new()), Certificate::Valid);
        let timeouts = Timeouts { connect: limit, read: limit, write: limit };
        let socket = dial(&peer.address, timeouts).unwrap();
        let mut filler = socket.try_clone().unwrap();
        let tls = Tls::new(Trust::empty().and_file(peer.ca.as_ref()).unwrap()).unwrap();
        let mut connection = Connection::new(tls.connect("localhost", socket).unwrap());
        // The server's handshake has ended when its tickets arrive.
        filler.peek(&mut [0]).unwrap();
        // A write waits for its timeout too if the socket takes only a part of it. A full socket takes nothing.
        filler.set_write_timeout(Some(limit / 10)).unwrap();
        for len in [1 << 16, 1] {
            while filler.write(&vec![0; len]).is_ok() {}
        }
        filler.set_write_timeout(Some(limit)).unwrap();
        let request = CVM.action("DescribeInstances").octets(&[0; 1 << 20]).unwrap();
        let message = signer().sign(&request, now());
        let began = Instant::now();
        let outcome = connection.send(message);
        drop(connection);
        assert_eq!(outcome.unwrap_err().to_string(), "timed out after 1000 ms");
        began.elapsed()
    };
    // No timeout ends early. But the kernel may find space in a full socket, and the machine may be slow.
    let tries = (0..5).map(|_| took()).inspect(|took| eprintln!("with timeouts of {limit:?}, took {took:?}"));
    assert_ne!(tries.into_iter().find(|took| *took < limit * 3), None, "took less than three timeouts");
}

/// Commands that fail without the service: exit code, arguments, environment, and parts of standard error: the cause
/// and the remedy.
type Failure = (i32, String, &'static [(&'static str, &'static str)], [&'static str; 2]);

const NO_KEY: &[(&str, &str)] = &[LONG_TERM_KEY[0], ("TENCENTCLOUD_SECRET_KEY", "")];
const QUOTED_KEY: &[(&str, &str)] = &[LONG_TERM_KEY[0], ("TENCENTCLOUD_SECRET_KEY", "'MARKER'")];
const HALF_A_POD: &[(&str, &str)] = &[("TKE_REGION", "ap-x")];
const PASTED_KEY: &[(&str, &str)] = &[LONG_TERM_KEY[0], ("TENCENTCLOUD_SECRET_KEY", "MARKER\n")];
const TWO_TOKENS: &[(&str, &str)] =
    &[LONG_TERM_KEY[0], LONG_TERM_KEY[1], ("TENCENTCLOUD_TOKEN", "a"), ("TENCENTCLOUD_SECURITY_TOKEN", "b")];

/// `taken` is an address that another socket listens on.
fn failures(taken: &str) -> Vec<Failure> {
    let call =
        |code, more: &str, says| (code, format!("{} {more}", CALL.join(" ")), &LONG_TERM_KEY[..], says);
    let serve = |code, more: &str, says| (code, format!("serve {more}"), &LONG_TERM_KEY[..], says);
    let with = |environment, (code, arguments, _, says): Failure| (code, arguments, environment, says);
    let usage = ["error: ", "--help"];
    let unset = ["TENCENTCLOUD_SECRET_ID is not set", "remedy: export TENCENTCLOUD_SECRET_ID="];
    let long = format!("--get a={}", "x".repeat(33_000));
    let two = ["_TOKEN and TENCENTCLOUD_SECURITY_TOKEN hold different values", "remedy: unset one"];
    let no_key = serve(4, "--id A --key-env TENCENTCLOUD_SECRET_KEY", ["holds no key", "remedy: export"]);
    let two_ids = ["two accounts have the SecretId A", "remedy: give each --id once"];
    let no_server = ["could not connect to [::1]:1: ", "remedy: check that a server listens"];
    vec![
        call(2, "--get novalue", ["error: ", "a parameter is written NAME=VALUE"]),
        call(2, "--connect 127.0.0.1", ["error: ", "an address is written HOST:PORT"]),
        call(2, "--host localhost/", ["error: ", "give HOST or HOST:PORT"]),
        call(2, "--host [1::2::3]:443", ["error: ", "an IPv6 address is written [::1]"]),
        call(2, "--plain-http", ["error: ", "--connect <HOST:PORT>"]),
        call(2, "--plain-http --connect 127.0.0.1:1 --ca x", usage),
        call(
            2,
            "--plain-http --connect 192.0.2.1:1",
            ["192.0.2.1:1 is not a loopback", "remedy: leave --plain-http"],
        ),
        call(
            2,
            "--plain-http --connect localhost:1",
            ["localhost:1 is not a loopback", "remedy: leave --plain-http"],
        ),
        serve(2, "--id A --id B --key-env KEY", ["2 --id and 1 --key-env", "remedy: give each --id"]),
        serve(2, "--plain-http --ca-out x", usage),
        serve(
            2,
            "--id A --id A --key-env TENCENTCLOUD_SECRET_KEY --key-env TENCENTCLOUD_SECRET_KEY",
            two_ids,
        ),
        serve(
            2,
            "--id A/B --key-env TENCENTCLOUD_SECRET_KEY",
            ["--id \"A/B\" is malformed: ", "remedy: copy the SecretId"],
        ),
        serve(2, "--answer novalue", ["error: ", "an answer is written ACTION=FILE"]),
        serve(26, "--answer A=/no/file", ["could not read /no/file", "remedy: "]),
        with(
            PASTED_KEY,
            serve(
                4,
                "--id A --key-env TENCENTCLOUD_SECRET_KEY",
                ["TENCENTCLOUD_SECRET_KEY is malformed: ", "at byte 6"],
            ),
        ),
        serve(2, "--listen 192.0.2.1:0", ["not a loopback address", "remedy: listen on another"]),
        serve(2, "--listen [::]:0", ["not a loopback address", "remedy: listen on another"]),
        call(3, &long, ["refused before sending: ", "remedy: send the parameters by POST"]),
        call(3, "--timestamp 1551113065000", ["milliseconds", "remedy: give seconds since 1970"]),
        call(3, "-r ap-shanghai-fsi", ["finance", "remedy: give the region's own host: --host"]),
        call(3, "--host cbs.tencentcloudapi.com", ["another service", "remedy: the first label"]),
        call(3, "--v1 HmacSHA1 --form a=@bytes", ["a is not UTF-8", "remedy: send the file in"]),
        (4, CALL.join(" "), &[], unset),
        (4, "serve".to_owned(), &[], unset),
        with(NO_KEY, call(4, "", ["TENCENTCLOUD_SECRET_KEY is set but empty", "remedy: export"])),
        with(
            QUOTED_KEY,
            call(4, "", ["_KEY has quotes around its value", "remedy: write TENCENTCLOUD_SECRET_KEY="]),
        ),
        with(HALF_A_POD, call(4, "", ["TKE_PROVIDER_ID is not set", "remedy: export TKE_PROVIDER_ID=..."])),
        call(4, "--credentials /nowhere", ["/nowhere: could not read: ", "remedy: give a file that exists"]),
        call(
            4,
            "--credentials /dev/null",
            ["no profile [default], and no other", "remedy: give --profile NAME"],
        ),
        with(PASTED_KEY, serve(4, "", ["at byte 6", "remedy: copy TENCENTCLOUD_SECRET_KEY"])),
        with(NO_KEY, no_key),
        with(TWO_TOKENS, call(4, "", two)),
        serve(4, "--id A --key-env NO_SUCH", ["NO_SUCH holds no key", "remedy: export NO_SUCH="]),
        call(7, "--connect [::1]:1", no_server),
        serve(7, &format!("--listen {taken}"), ["could not listen on ", "remedy: listen on another"]),
        serve(23, "--listen 127.0.0.1:0 --ca-out /no/dir", ["could not write /no/dir", "remedy: give a"]),
        call(26, "-d @/no/dir", ["could not read /no/dir", "remedy: give a file that exists"]),
        call(35, &format!("--host a..b --connect {taken}"), ["neither a name nor an address", "remedy: "]),
        call(77, "--ca /no/dir", ["CA file /no/dir: could not read", "remedy: give a PEM file"]),
        call(77, "--ca damaged.pem", ["certificate 3 is malformed", "remedy: give a PEM file"]),
        call(77, "--ca /dev/null", ["there is no certificate in it", "remedy: give a PEM file"]),
    ]
}

#[test]
fn every_other_failure_has_its_exit_code_cause_and_remedy() {
    write("bytes", &[0, 255]);
    let good = fs::read(Peer::start(Play::Refuse, Certificate::Valid).ca).unwrap();
    let damaged = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    write("damaged.pem", &[&*good, damaged].concat());
    // Of IPv6, unless this machine has none.
    let taken = TcpListener::bind("[::1]:0").or_else(|_| TcpListener::bind("127.0.0.1:0")).unwrap();
    for (code, arguments, environment, says) in failures(&taken.local_addr().unwrap().to_string()) {
        let ran = run(&arguments.split_whitespace().collect::<Vec<_>>(), environment, b"");
        let begins = if says.contains(&"error: ") { "error: " } else { "tc3: " };
        let parts = [begins].into_iter().chain(says);
        let missing: Vec<_> = parts.filter(|part| !ran.err.contains(part)).collect();
        assert_eq!((ran.code, &*ran.out, missing), (code, "", vec![]), "{arguments}: {}", ran.err);
    }
}

#[test]
fn the_help_lists_the_exit_codes_that_tests_have_seen() {
    let all = [ends(), timeouts()].concat();
    let seen: BTreeSet<_> =
        all.iter().map(|end| end.code).chain(failures("").iter().map(|failure| failure.0)).collect();
    for arguments in [&["--help"][..], &["call", "--help"]] {
        let ran = run(arguments, &[], b"");
        let listed = ran.out.split_once("Exit codes").expect(&ran.out).1;
        let listed: BTreeSet<i32> = listed.split_whitespace().filter_map(|word| word.parse().ok()).collect();
        assert_eq!(listed, seen, "{arguments:?}");
    }
}

/// A gateway that answers every accepted request with this error.
fn refusing(code: &'static str, message: &'static str) -> Config {
    let (code, message) = (code.to_owned(), message.to_owned());
    Config::new().answer(move |_| Answer::Failure { code: code.clone(), message: message.clone() })
}

#[test]
fn a_wrong_clock_is_compared_with_the_servers() {
    // The service can also refuse a time that is right.
    for (seconds, side) in [(1000, "behind"), (-1000, "ahead of"), (20, ""), (-20, "")] {
        let off = move || Timestamp::from_unix(now().unix().checked_add_signed(seconds).unwrap()).unwrap();
        let config = refusing("AuthFailure.SignatureExpire", "No.").clock(off);
        let ran = TestServer::with(config).tc3(&[], &LONG_TERM_KEY);
        let remedy = ran.err.split_once("  remedy: ").expect(&ran.err).1;
        let shown = remedy.split(' ').find_map(|word| word.parse().ok());
        let says = match shown {
            Some(shown) => format!("set the system clock: it is {shown} s {side} the server's\n"),
            None => "sign again just before sending; check the system clock\n".to_owned(),
        };
        assert_eq!((ran.code, remedy, shown.is_none()), (1, &*says, side.is_empty()), "{seconds} s");
        // The program reads its clock some seconds after the server.
        assert!(shown.is_none_or(|shown: u64| shown.abs_diff(1000) < 60), "{seconds} s: {remedy}");
    }
}

#[test]
fn control_characters_in_an_answer_are_escaped_on_the_terminal() {
    let config = refusing("InternalError", "\u{1b}]0;mine\u{7}\u{1b}[2J\nnew line \u{9b} 未命名 é");
    let ran = TestServer::with(config).tc3(&["-v"], &LONG_TERM_KEY);
    let says = r"\u{1b}]0;mine\u{7}\u{1b}[2J\nnew line \u{9b} 未命名 é";
    assert!(ran.err.contains(says), "{says} is not in {}", ran.err);
    assert!(!ran.err.contains(['\u{1b}', '\u{7}', '\u{9b}']), "{:?}", ran.err);
}

#[test]
fn a_failed_write_to_standard_output_exits_with_23_and_a_closed_pipe_with_0() {
    let peer = Peer::start(Play::Answer(ok(EMPTY)), Certificate::Valid);
    let full = || Stdio::from(OpenOptions::new().write(true).open("/dev/full").unwrap());
    // Its reader is dropped here.
    let closed = || Stdio::from(std::io::pipe().unwrap().1);
    for (name, more) in [
        ("explain", &[][..]),
        ("sign", &[]),
        ("sign", &["--curl"]),
        ("call", &["--dry-run"]),
        ("call", &["--connect", &peer.address, "--ca", &peer.ca]),
    ] {
        for (out, err, code, says) in [
            (full(), Stdio::piped(), 23, "tc3: could not write the output: "),
            // The exit code counts even if no cause can be written.
            (full(), full(), 23, ""),
            (closed(), Stdio::null(), 0, ""),
        ] {
            let mut command = command(&[&[PROGRAM, name], &CALL[1..], more].concat(), &LONG_TERM_KEY);
            let ran = command.stdout(out).stderr(err).output().unwrap();
            let (ended, said) = (ran.status.code(), text(&ran.stderr));
            assert_eq!((ended, said.starts_with(says)), (Some(code), true), "{name} {more:?}: {said}");
        }
    }
    // A disk that becomes full in an output's last line, which has no end.
    let (call, body, out) = (CALL[1..].join(" "), write("body", &[0xff; 700]), write("limited", b""));
    let script =
        format!("trap '' XFSZ; ulimit -f 1; exec '{PROGRAM}' sign {call} --octets '@{body}' > '{out}'");
    let ran = run_shell(&script, &LONG_TERM_KEY);
    assert!(ran.code == 23 && ran.err.starts_with("tc3: could not write the output: "), "{ran:?}");
}
