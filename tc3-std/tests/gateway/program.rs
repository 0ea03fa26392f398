//! The program's commands.

use crate::server::{ENCODED_TOKEN, ID, KEY, TOKEN, TestServer, echo, run};
use std::{fs, path::PathBuf, process::Command};

const CALL: [&str; 4] = ["call", "cvm", "2017-03-12", "DescribeInstances"];

fn with<'a>(before: &[&'a str], after: &[&'a str]) -> Vec<&'a str> {
    [before, after].concat()
}

fn file(name: &str, data: &[u8]) -> String {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, data).unwrap();
    format!("@{}", path.display())
}

#[test]
fn every_kind_of_request_is_accepted_with_a_long_term_and_a_temporary_key() {
    let data = file("octets.bin", &[0, 1, 255]);
    let part = format!("File={data}");
    let forms: [(&[&str], &str); 9] = [
        (&[], "TC3-HMAC-SHA256"),
        (&["-d", r#"{"Limit":1}"#, "-r", "ap-guangzhou", "--language", "en-US"], "TC3-HMAC-SHA256"),
        (&["--get", "Limit=1", "Filters.0.Name=a b+&é", "--sign-action"], "TC3-HMAC-SHA256"),
        (&["--form", "Name=x", &part], "TC3-HMAC-SHA256"),
        (&["--octets", &data], "TC3-HMAC-SHA256"),
        (&["--v1", "HmacSHA1", "--get", "Limit=1", "Name=a b+&é"], "HmacSHA1"),
        (&["--v1", "HmacSHA1", "--form", "Limit=1", "Name=a b+&é"], "HmacSHA1"),
        (&["--v1", "HmacSHA256", "--get", "Limit=1"], "HmacSHA256"),
        (&["--v1", "HmacSHA256", "--form", "Limit=1"], "HmacSHA256"),
    ];
    let server = TestServer::new();
    for (form, signature) in forms {
        for ran in [server.tc3(&with(&CALL, form)), server.temporary_tc3(&with(&CALL, form))] {
            assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{form:?}");
            assert!(ran.out.ends_with("}\n"), "the output lacks a line end: {}", ran.out);
            assert_eq!(echo(ran.out.as_bytes(), "Signature"), signature);
        }
    }
}

#[test]
fn a_body_comes_from_a_file_or_from_standard_input() {
    let server = TestServer::new();
    let address = server.gateway.addr().to_string();
    let ca = &file("program-ca.pem", server.gateway.ca_pem().unwrap().as_bytes())[1..];
    let arguments = with(&CALL, &["-d", "-", "--connect", &address, "--ca", ca]);
    let environment = [("TENCENTCLOUD_SECRET_ID", ID), ("TENCENTCLOUD_SECRET_KEY", KEY)];
    let ran = run(&arguments, &environment, br#"{"Limit":12}"#);
    assert_eq!((ran.code, echo(ran.out.as_bytes(), "BodySize").as_str()), (0, "12"), "{}", ran.err);
    let ran = server.tc3(&with(&CALL, &["-d", &file("body.json", br#"{"Limit":123}"#)]));
    assert_eq!((ran.code, echo(ran.out.as_bytes(), "BodySize").as_str()), (0, "13"), "{}", ran.err);
}

#[test]
fn verbose_shows_the_headers_of_both_sides_and_the_request_id_but_not_the_token() {
    let server = TestServer::new();
    for form in [&[][..], &["--v1", "HmacSHA256", "--get", "Limit=1"]] {
        let ran = server.temporary_tc3(&with(&with(&CALL, &["-v"]), form));
        assert_eq!(ran.code, 0);
        for part in [
            "* connected to 127.0.0.1:",
            "\n> Host: cvm.tencentcloudapi.com\n",
            "\n< HTTP/1.1 200 OK\n",
            "\n* request id: ",
        ] {
            assert!(ran.err.contains(part), "{part} is not in {}", ran.err);
        }
        assert!(ran.err.contains("X-TC-Token: ***") || ran.err.contains("&Token=***&"), "{}", ran.err);
    }
}

#[test]
fn a_dry_run_shows_the_request_and_sends_nothing() {
    let server = TestServer::new();
    let ran = server.tc3(&with(&CALL, &["-d", r#"{"Limit":1}"#, "--dry-run", "--timestamp", "1551113065"]));
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(ran.out.starts_with("POST / HTTP/1.1\r\nHost: cvm.tencentcloudapi.com\r\n"), "{}", ran.out);
    assert!(ran.out.contains("\r\nX-TC-Timestamp: 1551113065\r\n"));
    assert!(ran.out.ends_with("\r\n\r\n{\"Limit\":1}\n"));
    for form in [&["--form", "Name=x"][..], &["--v1", "HmacSHA1"], &["--v1", "HmacSHA1", "--get", "a=b"]] {
        let ran = server.temporary_tc3(&with(&with(&CALL, &["--dry-run"]), form));
        assert!(ran.code == 0 && ran.out.contains("***"), "{}{}", ran.out, ran.err);
        assert!(ran.err.contains("TENCENTCLOUD_SECURITY_TOKEN"), "{}", ran.err);
    }
    assert!(server.records().is_empty());
}

#[test]
fn the_same_arguments_and_timestamp_give_the_same_request() {
    let server = TestServer::new();
    let sign =
        ["sign", "cvm", "2017-03-12", "DescribeInstances", "--timestamp", "1551113065", "--form", "a=b"];
    let (one, other) = (server.tc3(&sign), server.tc3(&sign));
    assert_eq!(one.code, 0, "{}", one.err);
    assert!(one.out.starts_with("POST / HTTP/1.1\r\n"), "{}", one.out);
    assert_eq!(one.out, other.out);
}

#[test]
fn sign_prints_the_body_with_its_boundary_or_its_v1_signature() {
    let sign = ["sign", "cvm", "2017-03-12", "DescribeInstances"];
    let server = TestServer::new();
    let form = server.tc3(&with(&sign, &["--form", "Name=x"]));
    let (head, body) = form.out.split_once("\r\n\r\n").unwrap();
    let boundary = head.split_once("; boundary=").unwrap().1.lines().next().unwrap();
    assert!(body.starts_with(&format!("--{boundary}\r\n")), "{}", form.out);
    let v1 = server.temporary_tc3(&with(&sign, &["--v1", "HmacSHA1", "--form", "Limit=1"]));
    let (_, body) = v1.out.split_once("\r\n\r\n").unwrap();
    assert!(body.contains("&Signature=") && body.contains("&Token=***&"), "{}", v1.out);
}

/// Id and key in the document's examples.
const DOCUMENTED: [(&str, &str); 2] = [
    ("TENCENTCLOUD_SECRET_ID", "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE"),
    ("TENCENTCLOUD_SECRET_KEY", "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE"),
];

#[test]
fn the_documents_samples_get_the_documented_signatures() {
    let call = ["cvm", "2017-03-12", "DescribeInstances", "-r", "ap-guangzhou"];
    let body = r#"{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}"#;
    let post = with(&call, &["--charset", "--timestamp", "1551113065", "-d", body]);
    for command in ["explain", "sign"] {
        let ran = run(&with(&[command], &post), &DOCUMENTED, b"");
        let signature = "Signature=72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168";
        assert!(ran.code == 0 && ran.out.contains(signature), "{}{}", ran.out, ran.err);
    }
    let get = ["--get", "InstanceIds.0=ins-09dx96dg", "Limit=20", "Offset=0"];
    let unnamed = ["--v1", "HmacSHA1Unnamed", "--timestamp", "1465185768", "--nonce", "11886"];
    let ran = run(&with(&with(&["explain"], &call), &with(&unnamed, &get)), &DOCUMENTED, b"");
    assert!(ran.out.ends_with("--- Signature\nEliP9YW3pW28FpsEdkXt/+WcGeI=\n"), "{}{}", ran.out, ran.err);
}

#[test]
fn explain_prints_the_documents_example() {
    let call = ["explain", "cvm", "2017-03-12", "DescribeInstances"];
    let get = with(&call, &["--timestamp", "1539084154", "--get", "Limit=10", "Offset=0"]);
    let ran = run(&get, &DOCUMENTED, b"");
    assert_eq!(ran.code, 0, "{}", ran.err);
    for part in [
        "--- canonical request\nGET\n/\nLimit=10&Offset=0\ncontent-type:application/x-www-form-urlencoded\n",
        "--- string to sign\nTC3-HMAC-SHA256\n1539084154\n2018-10-09/cvm/tc3_request\n91c9c192",
        "Signature=5da7a33f6993f0614b047e5df4582db9e9bf4672ba50567dba16c6ccf174c474",
    ] {
        assert!(ran.out.contains(part), "{part} is not in {}", ran.out);
    }
    let v1 = ["--v1", "HmacSHA1", "--get", "a=b", "--nonce", "7", "--timestamp", "1539084154"];
    let ran = TestServer::new().temporary_tc3(&with(&call, &v1));
    assert!(ran.out.contains("&Nonce=7&") && ran.out.contains("&Token=***&"), "{}", ran.out);
}

#[test]
fn a_token_of_one_digit_is_hidden_only_where_it_is_the_token() {
    let environment = |token| {
        [("TENCENTCLOUD_SECRET_ID", ID), ("TENCENTCLOUD_SECRET_KEY", KEY), ("TENCENTCLOUD_TOKEN", token)]
    };
    let at = ["cvm", "2017-03-12", "DescribeInstances", "--timestamp", "1551113065"];
    let explain = |token| run(&with(&["explain"], &at), &environment(token), b"").out;
    assert_eq!(explain("1"), explain(TOKEN));
    let signed = run(&with(&["sign"], &at), &environment("1"), b"").out;
    assert!(
        signed.starts_with("POST / HTTP/1.1\r\n") && signed.contains("\r\nX-TC-Token: ***\r\n"),
        "{signed}"
    );
    assert!(signed.contains("\r\nX-TC-Timestamp: 1551113065\r\n"), "{signed}");
}

/// Runs a command in a shell whose `curl` prints its arguments, and returns them.
fn curl_arguments(command: &str) -> Vec<String> {
    let script = format!("curl() {{ printf '%s\\0' \"$@\"; }}\n{command}");
    let output = Command::new("sh").args(["-c", &script]).env("TENCENTCLOUD_SECURITY_TOKEN", TOKEN).output();
    let output = String::from_utf8(output.unwrap().stdout).unwrap();
    output.split_terminator('\0').map(str::to_owned).collect()
}

#[test]
fn a_curl_command_is_quoted_for_the_shell_and_reads_the_token_from_its_variable() {
    let server = TestServer::new();
    let sign = ["sign", "cvm", "2017-03-12", "DescribeInstances", "--curl"];
    let body = r#"{"Name":"it's $HOME `x` \\ \"é\""}"#;
    let ran = server.temporary_tc3(&with(&sign, &["-d", body]));
    let arguments = curl_arguments(&ran.out);
    let after =
        |flag: &str| arguments[arguments.iter().position(|argument| argument == flag).unwrap() + 1].clone();
    assert_eq!(after("--data-raw"), body);
    assert_eq!(arguments.last().unwrap(), "https://cvm.tencentcloudapi.com/");
    assert!(arguments.contains(&format!("X-TC-Token: {TOKEN}")), "{arguments:?}");
    assert_eq!(after("--connect-to"), format!("cvm.tencentcloudapi.com:443:{}", server.gateway.addr()));
    let ran = server.temporary_tc3(&with(&sign, &["--v1", "HmacSHA1", "--get", "a=b"]));
    let arguments = curl_arguments(&ran.out);
    assert!(arguments.contains(&format!("Token={TOKEN}")), "{arguments:?}");
    assert!(!arguments.iter().any(|argument| argument.contains(ENCODED_TOKEN)));
}

#[test]
fn help_lists_every_exit_code() {
    let ran = run(&["--help"], &[], b"");
    let codes = ["0", "1", "2", "3", "4", "6", "7", "8", "22", "23", "26", "28", "35", "56", "60", "77"];
    for code in codes {
        assert!(ran.out.split_whitespace().any(|word| word == code), "{code} is not in {}", ran.out);
    }
}
