//! Every option of the help has an effect, and so has every variable.

use crate::{
    peer::{Certificate, Peer, Play, ok},
    requests::{self, TOKEN_VARIABLES},
    server::{CALL, ID, KEY, LONG_TERM_KEY, Ran, Serve, TOKEN, TestServer, run, run_shell, write},
};
use std::{collections::BTreeSet, fs, thread};
use tc3_std::tls::Trust;

/// An option and the check of its effect, which gets both: `--help` and others belong to several commands.
type Row = (&'static [&'static str], &'static [&'static str], fn(&str, &str));

/// Options other than those of a request, whose rows are in `requests`.
const ROWS: [Row; 10] = [
    (&["", "call", "sign", "explain", "serve"], &["-h", "--help"], help),
    (&[""], &["-V", "--version"], version),
    (&["call", "sign"], &["--connect"], connect),
    (&["call", "sign"], &["--ca"], ca),
    (&["call", "sign"], &["--timeout"], timeout),
    (&["call"], &["-v", "--verbose"], verbose),
    (&["serve"], &["--listen"], listen),
    (&["serve"], &["--ca-out"], ca_out),
    (&["serve"], &["--plain-http"], plain_http),
    (&["serve"], &["--id", "--key-env"], accounts),
];

/// Options that `requests::every_command_shows_and_sends_what_the_library_signs` uses, but in no row.
const IN_REQUESTS: [(&[&str], &str); 3] =
    [(&["call", "sign", "explain"], "--timestamp"), (&["call"], "--dry-run"), (&["sign"], "--curl")];

#[test]
fn every_option_has_its_effect() {
    thread::scope(|scope| {
        for (commands, options, check) in ROWS {
            for command in commands {
                scope.spawn(move || options.iter().for_each(|option| check(command, option)));
            }
        }
    });
}

#[test]
fn the_help_lists_the_options_and_variables_that_have_a_row() {
    for command in ["", "call", "sign", "explain", "serve"] {
        let mut rows: BTreeSet<_> = ROWS
            .iter()
            .filter(|(commands, ..)| commands.contains(&command))
            .flat_map(|(_, options, _)| options.iter().map(|option| (*option).to_owned()))
            .chain(IN_REQUESTS.iter().filter(|row| row.0.contains(&command)).map(|row| row.1.to_owned()))
            .collect();
        if matches!(command, "call" | "sign" | "explain") {
            let all = requests::rows().into_iter().flat_map(|row| row.arguments);
            let options = all.filter(|word| word.len() > 1 && word.starts_with('-'));
            rows.extend(options.map(|option| option.split('=').next().unwrap().to_owned()));
        }
        let help = tc3([command, "--help"]).out;
        assert_eq!(help.lines().flat_map(options_of).collect::<BTreeSet<_>>(), rows, "tc3 {command} --help");
        let variables = help.split(|byte: char| !byte.is_ascii_uppercase() && byte != '_');
        let variables: BTreeSet<_> = variables.filter(|word| word.starts_with("TENCENTCLOUD_")).collect();
        let mut in_rows: BTreeSet<_> =
            LONG_TERM_KEY.iter().map(|(name, _)| *name).chain(TOKEN_VARIABLES).collect();
        in_rows.retain(|_| matches!(command, "" | "call"));
        assert_eq!(variables, in_rows, "tc3 {command} --help");
    }
}

/// The options that a line of a help describes: `  -h, --help  Print help` and the like.
fn options_of(line: &str) -> impl Iterator<Item = String> {
    let words = line.split_whitespace().map(|word| word.trim_end_matches(',').to_owned());
    words.take_while(|word| word.len() > 1 && word.starts_with('-'))
}

/// Runs the program with the words that are not empty.
fn tc3(words: [&str; 2]) -> Ran {
    run(&words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>(), &[], b"")
}

fn help(command: &str, option: &str) {
    let (ran, usage) = (tc3([command, option]), format!("Usage: tc3 {command}"));
    assert!(ran.code == 0 && ran.out.contains(usage.trim_end()), "{command} {option}: {ran:?}");
    assert_eq!(tc3(["help", command]), tc3([command, "--help"]), "tc3 help {command}");
}

fn version(_: &str, option: &str) {
    let shown = format!("tc3 {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(run(&[option], &[], b""), Ran { code: 0, out: shown, err: String::new() });
}

/// Makes a call by the program, or by the curl command that it prints.
fn send(command: &str, more: &[&str]) -> Ran {
    let arguments = [&[command], &CALL[1..], more].concat();
    match command {
        "sign" => run_shell(&run(&[&*arguments, &["--curl"]].concat(), &LONG_TERM_KEY, b"").out, &[]),
        _ => run(&arguments, &LONG_TERM_KEY, b""),
    }
}

fn connect(command: &str, option: &str) {
    let (signed, other) = (Peer::new(), Peer::new());
    let host = &*signed.address;
    let here = (&["--ca", &signed.ca][..], &signed, &other);
    let there = (&["--ca", &other.ca, option, &other.address][..], &other, &signed);
    for (route, reached, idle) in [here, there] {
        let ran = send(command, &[&["--host", host], route].concat());
        assert_eq!((ran.code, &*ran.err), (0, ""), "{command} {route:?}");
        let request = String::from_utf8_lossy(&reached.request()).into_owned();
        let sent = request.lines().find(|line| line.starts_with("Host: "));
        assert_eq!(sent, Some(&*format!("Host: {host}")), "{command} {route:?}");
        assert_eq!(idle.unread(), Vec::<String>::new(), "{command} {route:?} reached both servers");
    }
}

fn ca(command: &str, option: &str) {
    let (one, other) = (Peer::new(), Peer::new());
    let certificates = [&one, &other].map(|peer| fs::read(&peer.ca).unwrap()).concat();
    let both = &*write(&format!("{command}'s authorities.pem"), &certificates);
    for (peer, ca, code) in [
        (&one, &[][..], 60),
        (&one, &[option, &other.ca], 60),
        (&one, &[option, &one.ca], 0),
        (&one, &[option, both], 0),
        (&other, &[option, both], 0),
    ] {
        let ran = send(command, &[&["--connect", &peer.address], ca].concat());
        assert_eq!(ran.code, code, "{command} {ca:?}: {}", ran.err);
        let unknown = ran.err.contains("tc3: could not verify the server's certificate: UnknownIssuer");
        assert_eq!(unknown, code == 60 && command == "call", "{command} {ca:?}: {}", ran.err);
    }
    assert_eq!((one.unread().len(), other.unread().len()), (2, 1), "{command}: requests sent");
}

#[test]
fn the_program_has_the_public_roots_without_an_option() {
    // `exit_codes` shows the same with --ca.
    let peer = Peer::start(Play::Answer(ok("{}")), Certificate::ClaimsPublicRoot);
    let ran = send("call", &["--connect", &peer.address]);
    let says = "tc3: could not verify the server's certificate: UnsupportedSignatureAlgorithmForPublicKey";
    assert!(ran.code == 60 && ran.err.starts_with(says), "{says} is not in {ran:?}");
}

fn timeout(command: &str, option: &str) {
    let peer = Peer::start(Play::StallHandshake, Certificate::Valid);
    let ran = send(command, &["--connect", &peer.address, option, "1"]);
    assert_eq!(ran.code, 28, "{command}: {}", ran.err);
}

fn verbose(_: &str, option: &str) {
    let server = TestServer::new();
    for (form, token) in
        [(&[][..], "X-TC-Token: ***\n"), (&["--v1", "HmacSHA256", "--get", "Limit=1"], "&Token=***&")]
    {
        let ran = server.tc3(&[&CALL[..], &[option], form].concat(), true);
        assert_eq!(ran.code, 0, "{}", ran.err);
        for part in [
            "* connected to 127.0.0.1:",
            ", TLS 1.3, certificate of cvm.tencentcloudapi.com verified\n",
            "\n> Host: cvm.tencentcloudapi.com\n",
            "\n< HTTP/1.1 200 OK\n",
            "\n* request id: ",
            token,
        ] {
            assert!(ran.err.contains(part), "{option} {form:?}: {part} is not in {}", ran.err);
        }
    }
}

const ANY_PORT: [&str; 2] = ["--listen", "127.0.0.1:0"];

fn listen(_: &str, option: &str) {
    let serve = Serve::start(&[option, "127.0.0.7:0"], &LONG_TERM_KEY);
    let port = serve.address.rsplit(':').next().unwrap();
    let expected = format!(
        "tc3: clients cannot verify this gateway's certificate: give --ca-out FILE\n\
         tc3: listening on https://127.0.0.7:{port}\n"
    );
    assert_eq!(serve.started, expected);
}

fn ca_out(_: &str, option: &str) {
    let ca = concat!(env!("CARGO_TARGET_TMPDIR"), "/serve-ca.pem");
    let mut serve = Serve::start(&[&ANY_PORT[..], &[option, ca]].concat(), &LONG_TERM_KEY);
    assert!(
        serve.started.starts_with(&format!("tc3: the gateway's CA certificate is in {ca}\n")),
        "{}",
        serve.started
    );
    assert_eq!(serve.answer(ca, &LONG_TERM_KEY), "accepted");
}

fn plain_http(_: &str, option: &str) {
    let serve = Serve::start(&[&ANY_PORT[..], &[option]].concat(), &LONG_TERM_KEY);
    assert_eq!(serve.started, format!("tc3: listening on http://{}\n", serve.address));
    let ran = run_shell(&format!("curl --silent http://{}/", serve.address), &[]);
    assert!(ran.out.starts_with("{\"Response\":{\"Error\":"), "{ran:?}");
}

fn accounts(_: &str, _: &str) {
    let ca = concat!(env!("CARGO_TARGET_TMPDIR"), "/accounts-ca.pem");
    let two = ["--id", "AKIDONE", "--id", "AKIDTWO", "--key-env", "ONE", "--key-env", "TWO", "--ca-out", ca];
    let keys = [("ONE", "MARKER-1"), ("TWO", "MARKER-2"), LONG_TERM_KEY[0], LONG_TERM_KEY[1]];
    let mut serve = Serve::start(&[&ANY_PORT[..], &two].concat(), &keys);
    for (id, key, answer) in [
        ("AKIDONE", "MARKER-1", "accepted"),
        ("AKIDTWO", "MARKER-2", "accepted"),
        ("AKIDONE", "MARKER-2", "AuthFailure.SignatureFailure"),
        ("AKIDTWO", "MARKER-1", "AuthFailure.SignatureFailure"),
        // With --id, the credentials of the environment are not accepted.
        (ID, KEY, "AuthFailure.SecretIdNotFound"),
    ] {
        let credentials = [("TENCENTCLOUD_SECRET_ID", id), ("TENCENTCLOUD_SECRET_KEY", key)];
        assert_eq!(serve.answer(ca, &credentials), answer, "{id} with {key}");
    }
}

#[test]
fn serve_accepts_the_credentials_of_its_environment_with_the_token_of_either_variable() {
    for variable in TOKEN_VARIABLES {
        let ca = format!("{}/{variable}.pem", env!("CARGO_TARGET_TMPDIR"));
        let temporary = [LONG_TERM_KEY[0], LONG_TERM_KEY[1], (variable, TOKEN)];
        let mut serve = Serve::start(&[&ANY_PORT[..], &["--ca-out", &ca]].concat(), &temporary);
        assert_eq!(serve.answer(&ca, &temporary), "accepted", "{variable}");
        assert_eq!(serve.answer(&ca, &LONG_TERM_KEY), "AuthFailure.TokenFailure", "{variable}");
    }
}

#[test]
fn the_public_roots_are_all_of_mozillas_and_the_services_is_one() {
    let roots = rustls::RootCertStore::from(Trust::public()).roots;
    assert_eq!(roots, webpki_roots::TLS_SERVER_ROOTS);
    let service = roots.iter().filter(|root| root.subject.ends_with(b"DigiCert Global Root G2")).count();
    assert_eq!((service, roots.len() >= 100), (1, true), "of {} roots", roots.len());
}
