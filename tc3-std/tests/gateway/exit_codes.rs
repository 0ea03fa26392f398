//! Exit codes, causes and remedies.

use crate::server::{CVM, ID, KEY, Ran, TOKEN, TestServer, coverage, now, off_by, run, signer};
use std::{
    fs::OpenOptions,
    io::{BufRead, BufReader, Read},
    net::TcpListener,
    process::{Child, ChildStderr, Command, Stdio},
    thread,
};
use tc3_std::gateway::{Accepted, Answer, Config};

const CALL: [&str; 4] = ["call", "cvm", "2017-03-12", "DescribeInstances"];
const PAIR: [(&str, &str); 2] = [("TENCENTCLOUD_SECRET_ID", ID), ("TENCENTCLOUD_SECRET_KEY", KEY)];

fn call(more: &[&str]) -> Ran {
    run(&[&CALL, more].concat(), &PAIR, b"")
}

/// Expects an exit code, and a cause and a remedy on standard error.
fn expect(ran: &Ran, code: i32, cause: &str, remedy: &str) {
    let printed = ran.err.starts_with("tc3: ") && ran.err.contains(cause) && ran.err.contains(remedy);
    assert!(ran.code == code && printed && ran.err.contains("remedy: "), "{}: {}", ran.code, ran.err);
}

#[test]
fn a_failure_is_shown_with_code_request_id_and_remedy() {
    let server = TestServer::new();
    let wrong = [("TENCENTCLOUD_SECRET_ID", ID), ("TENCENTCLOUD_SECRET_KEY", "wrong")];
    let ran = server.tc3_with(&CALL, &wrong);
    expect(&ran, 1, "AuthFailure.SignatureFailure", "id and key belong together");
    let id = server.records().pop().unwrap().request_id;
    assert!(ran.err.contains(&id) && ran.out.contains(&id));
    let ran = server.tc3(&[&CALL[..], &["--timestamp", "1551113065"]].concat());
    expect(&ran, 1, "AuthFailure.SignatureExpire", "clock");
    let stale = [PAIR[0], PAIR[1], ("TENCENTCLOUD_TOKEN", TOKEN)];
    expect(&server.tc3_with(&CALL, &stale), 1, "AuthFailure.TokenFailure", "temporary key");
}

#[test]
fn a_dry_run_that_would_have_succeeded_is_a_success() {
    let dry = |_: &Accepted| Answer::Failure { code: "DryRunOperation".to_owned(), message: String::new() };
    let server = TestServer::with(Config::new().answer(dry));
    let ran = server.tc3(&[&CALL[..], &["-d", r#"{"DryRun":true}"#]].concat());
    assert!(ran.code == 0 && ran.err.is_empty() && ran.out.contains("DryRunOperation"), "{}", ran.err);
    let reply = server.call(signer().sign(&CVM.action("RunInstances").json("{}").unwrap(), now()));
    assert!(reply.is_ok_and(|reply| reply.request_id().is_some()));
}

#[test]
fn each_advice_has_a_remedy() {
    for (code, remedy) in [
        ("AuthFailure.TokenFailure", "fetch a new temporary key, its id and its token together"),
        ("RequestLimitExceeded", "wait a second, then twice as long each time"),
        ("InternalError", "try again if doing the action twice is harmless"),
        ("InvalidParameterValue", "change the request: the same request would fail again"),
        ("AuthFailure.SignatureFailure", "check that id and key belong together and are complete"),
        ("UnauthorizedOperation", "ask the account's administrator for the permission"),
        ("ResourceInUse", "see the message; give the request id to the service's support"),
        // The clocks agree: the request was too long on its way.
        ("AuthFailure.SignatureExpire", "sign again just before sending; check the system clock"),
    ] {
        let refuse = move |_: &Accepted| Answer::Failure { code: code.to_owned(), message: String::new() };
        expect(&TestServer::with(Config::new().answer(refuse)).tc3(&CALL), 1, code, remedy);
    }
    let ahead = |seconds| TestServer::with(Config::new().clock(move || off_by(seconds))).tc3(&CALL);
    expect(&ahead(1000), 1, "AuthFailure.SignatureExpire", "s behind the server's");
    expect(&ahead(-1000), 1, "AuthFailure.SignatureExpire", "s ahead of the server's");
}

#[test]
fn control_characters_in_an_answer_are_escaped_on_the_terminal() {
    let refuse = |_: &Accepted| Answer::Failure {
        code: "InternalError".to_owned(),
        message: "\u{1b}]0;mine\u{7}\u{1b}[2J\nnew line".to_owned(),
    };
    let ran = TestServer::with(Config::new().answer(refuse)).tc3(&[&CALL[..], &["-v"]].concat());
    assert!(ran.err.contains(r"\u{1b}]0;mine\u{7}\u{1b}[2J\nnew line"), "{}", ran.err);
    assert!(!ran.err.contains(['\u{1b}', '\u{7}']), "{}", ran.err);
}

#[test]
fn wrong_usage_exits_with_2() {
    let wrong: [&[&str]; 8] = [
        &["call", "cvm"],
        &["call", "cvm", "2017-03-12", "X", "--get", "novalue"],
        &["call", "cvm", "2017-03-12", "X", "-d", "{}", "--get", "a=b"],
        &["call", "cvm", "2017-03-12", "X", "-d", "{}", "--v1", "HmacSHA1"],
        &["call", "cvm", "2017-03-12", "X", "--v1", "HmacMD5"],
        &["call", "cvm", "2017-03-12", "X", "--connect", "127.0.0.1"],
        &["call", "cvm", "2017-03-12", "X", "--charset", "--v1", "HmacSHA1"],
        &["serve", "--id", "AKID"],
    ];
    for arguments in wrong {
        assert_eq!(run(arguments, &PAIR, b"").code, 2, "{arguments:?}");
    }
    expect(&run(&["serve", "--listen", "0.0.0.0:0"], &PAIR, b""), 2, "loopback", "127.0.0.1");
    let unpaired = ["serve", "--id", "AKID", "--id", "AKIDOTHER", "--key-env", "THE_KEY"];
    expect(&run(&unpaired, &PAIR, b""), 2, "2 --id and 1 --key-env", "its own --key-env");
}

#[test]
fn a_url_as_host_exits_with_2_and_shows_the_expected_format() {
    for host in ["https://cvm.tencentcloudapi.com", "localhost/", "localhost:", "localhost:99999", "a:b"] {
        let ran = call(&["--host", host, "--dry-run"]);
        assert!(ran.code == 2 && ran.err.contains("give HOST or HOST:PORT"), "{host}: {}", ran.err);
    }
    for host in ["localhost", "localhost:8443", "[::1]", "[::1]:8443"] {
        assert_eq!(call(&["--host", host, "--dry-run"]).code, 0, "{host}");
    }
}

#[test]
fn an_invalid_request_exits_with_3() {
    let long = format!("a={}", "x".repeat(33_000));
    expect(&call(&["--get", &long]), 3, "the URL of the GET has", "POST");
    expect(&call(&["--timestamp", "1551113065000"]), 3, "milliseconds", "seconds");
    expect(&call(&["-r", "ap-shanghai-fsi"]), 3, "finance", "--host");
    expect(&call(&["--host", "cbs.tencentcloudapi.com"]), 3, "another service", "first label");
}

#[test]
fn missing_credentials_exit_with_4_and_name_the_variable() {
    expect(&run(&CALL, &[], b""), 4, "TENCENTCLOUD_SECRET_ID is not set", "export TENCENTCLOUD_SECRET_ID=");
    let empty = [PAIR[0], ("TENCENTCLOUD_SECRET_KEY", "")];
    expect(&run(&CALL, &empty, b""), 4, "TENCENTCLOUD_SECRET_KEY is set but empty", "export");
    let pasted = [PAIR[0], ("TENCENTCLOUD_SECRET_KEY", "MARKER-OF-THE-KEY\n")];
    expect(&run(&CALL, &pasted, b""), 4, "at byte 17", "without spaces");
    let unset = run(&["serve", "--id", "AKID", "--key-env", "NO_SUCH"], &[], b"");
    expect(&unset, 4, "NO_SUCH holds no key", "export NO_SUCH=");
}

#[test]
fn a_refused_connection_or_a_taken_port_exits_with_7() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    expect(&call(&["--connect", &format!("127.0.0.1:{port}")]), 7, "could not connect", "listens");
    let stopped = TestServer::new().gateway.addr().to_string();
    assert_eq!(call(&["--connect", &stopped]).code, 7, "a gateway that was dropped");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    expect(&run(&["serve", "--listen", &address], &PAIR, b""), 7, "could not listen on", "--listen");
}

#[test]
fn a_server_without_tls_exits_with_35_and_an_untrusted_one_with_60() {
    let server = TestServer::plain();
    let plain = server.gateway.addr().to_string();
    expect(&call(&["--connect", &plain]), 35, "TLS", "--plain-http");
    let server = TestServer::new();
    expect(&call(&["--connect", &server.gateway.addr().to_string()]), 60, "UnknownIssuer", "--ca");
    assert!(server.records().is_empty());
}

#[test]
fn a_timeout_exits_with_28_and_a_closed_connection_in_the_handshake_with_35() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap().to_string();
    let ran = call(&["--connect", &address, "--timeout", "1"]);
    expect(&ran, 28, "the TLS handshake timed out after 1000 ms", "--timeout");
    thread::spawn(move || {
        silent.incoming().flatten().for_each(|mut socket| {
            let _ = socket.read(&mut [0; 8]);
        });
    });
    assert_eq!(call(&["--connect", &address]).code, 35);
}

#[test]
fn unreadable_files_exit_with_26_or_77_and_unwritable_ones_with_23() {
    expect(&call(&["-d", "@/no/such/file"]), 26, "/no/such/file", "@FILE");
    expect(&call(&["--form", "a=@/no/such/file"]), 26, "/no/such/file", "@FILE");
    let unwritable = ["serve", "--listen", "127.0.0.1:0", "--ca-out", "/no/such/file"];
    expect(&run(&unwritable, &PAIR, b""), 23, "/no/such/file", "directory");
    expect(&call(&["--ca", "/no/such/file"]), 77, "/no/such/file", "PEM");
    expect(&call(&["--ca", "/dev/null"]), 77, "no certificate", "PEM");
}

#[test]
fn a_failed_write_to_standard_output_exits_with_23_and_a_closed_pipe_with_0() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tc3"));
    command.args(["explain"]).args(&CALL[1..]).env_clear().envs(coverage()).envs(PAIR);
    let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
    let status = command.stdout(full).stderr(Stdio::null()).status().unwrap();
    assert_eq!(status.code(), Some(23));
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    assert_eq!(command.stdout(writer).status().unwrap().code(), Some(0));
}

/// A running `tc3 serve`, killed when dropped.
struct Serve {
    child: Child,
    log: BufReader<ChildStderr>,
}

impl Serve {
    fn start(arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tc3"));
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--id", ID, "--key-env", "THE_KEY"])
            .args(arguments);
        let mut child =
            command.env_clear().envs(coverage()).env("THE_KEY", KEY).stderr(Stdio::piped()).spawn().unwrap();
        let log = BufReader::new(child.stderr.take().unwrap());
        Self { child, log }
    }

    /// The next line of its log.
    fn line(&mut self) -> String {
        let mut line = String::new();
        self.log.read_line(&mut line).unwrap();
        assert!(!line.contains(KEY), "{line}");
        line.trim_end().to_owned()
    }
}

impl Drop for Serve {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

#[test]
fn serve_logs_its_address_and_every_answer() {
    let ca = concat!(env!("CARGO_TARGET_TMPDIR"), "/serve-ca.pem");
    let mut serve = Serve::start(&["--ca-out", ca]);
    assert!(serve.line().ends_with(ca));
    let line = serve.line();
    let address = line.strip_prefix("tc3: listening on https://").expect(&line);
    let ran = call(&["--connect", address, "--ca", ca]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let line = serve.line();
    assert!(line.contains("POST cvm.tencentcloudapi.com DescribeInstances 2 bytes: accepted ["), "{line}");
    assert!(Serve::start(&["--plain-http"]).line().starts_with("tc3: listening on http://127.0.0.1:"));
}
