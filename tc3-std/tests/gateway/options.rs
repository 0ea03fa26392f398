//! Every option of the help has an effect, and so has every variable.

use crate::library;
use crate::peer::{Certificate, EMPTY, Peer, Play, ok};
use crate::requests::{self, TOKEN_VARIABLES};
use crate::server::{CALL, ID, KEY, LONG_TERM_KEY, Ran, Serve, run, run_shell, write};
use std::{collections::BTreeSet, iter, thread};
use tc3_std::tls::Trust;

/// An option and the check of its effect, which gets both: `--help` and others belong to several commands.
type Row = (&'static [&'static str], &'static [&'static str], fn(&str, &str));

/// Options whose effect no other test shows.
const ROWS: [Row; 6] = [
    (&["", "call", "sign", "explain", "serve"], &["-h", "--help"], help),
    (&[""], &["-V", "--version"], version),
    (&["serve"], &["--listen"], listen),
    (&["call", "serve"], &["--plain-http"], plain_http),
    (&["serve"], &["--id", "--key-env"], accounts),
    (&["call", "sign", "explain"], &["--credentials", "--profile"], credentials),
];

/// Options without which another test would fail: `requests`, `exit_codes` for the route, `official_sdk` and `mock`
/// for serve.
const ELSEWHERE: [(&[&str], &[&str]); 5] = [
    (&["call", "sign", "explain"], &["--timestamp"]),
    (&["call"], &["--dry-run", "-v", "--verbose"]),
    (&["sign"], &["--curl"]),
    (&["call", "sign"], &["--connect", "--ca", "--timeout"]),
    (&["serve"], &["--ca-out", "--answer", "--api2"]),
];

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
        let here = ROWS.iter().map(|(commands, options, _)| (*commands, *options));
        let all = here.chain(ELSEWHERE).filter(|(commands, _)| commands.contains(&command));
        let mut rows: BTreeSet<_> = all.flat_map(|(_, options)| options).copied().collect();
        if matches!(command, "call" | "sign" | "explain") {
            let options = requests::arguments().filter(|word| word.len() > 1 && word.starts_with('-'));
            rows.extend(options.map(|option| option.split('=').next().unwrap()));
        }
        let help = tc3([command, "--help"]).out;
        let listed: BTreeSet<_> = help.lines().flat_map(options_of).collect();
        assert_eq!(listed, rows, "tc3 {command} --help");
        let variables = help.split(|byte: char| !byte.is_ascii_uppercase() && byte != '_');
        let variables: BTreeSet<_> = variables.filter(|word| word.starts_with("TENCENTCLOUD_")).collect();
        let mut in_rows: BTreeSet<_> =
            LONG_TERM_KEY.iter().map(|(name, _)| *name).chain(TOKEN_VARIABLES).collect();
        in_rows.retain(|_| matches!(command, "" | "call"));
        assert_eq!(variables, in_rows, "tc3 {command} --help");
    }
}

/// The options that a line of a help describes: `  -h, --help  Print help` and the like.
fn options_of(line: &str) -> impl Iterator<Item = &str> {
    let words = line.split_whitespace().map(|word| word.trim_end_matches(','));
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

#[test]
fn the_program_dials_its_host_and_has_the_public_roots_without_an_option() {
    // `exit_codes` shows the same with --connect and --ca.
    let peer = Peer::start(Play::Answer(ok("{}")), Certificate::ClaimsPublicRoot);
    let ran = run(&[&CALL[..], &["--host", &peer.address]].concat(), &LONG_TERM_KEY, b"");
    let says = "tc3: could not verify the server's certificate: UnsupportedSignatureAlgorithmForPublicKey";
    assert!(ran.code == 60 && ran.err.starts_with(says), "{says} is not in {ran:?}");
    let peer = Peer::start(Play::Answer(ok(EMPTY)), Certificate::Valid);
    let sign = ["sign", "--curl", "--host"];
    let curl = run(&[&sign, &[&*peer.address, "--ca", &peer.ca], &CALL[1..]].concat(), &LONG_TERM_KEY, b"");
    assert_eq!(run_shell(&curl.out, &[]).code, 0, "{}", curl.out);
}

const ANY_PORT: [&str; 2] = ["--listen", "127.0.0.1:0"];

fn listen(_: &str, option: &str) {
    let serve = Serve::start(&[option, "127.0.0.7:0"], &LONG_TERM_KEY);
    let says = "tc3: clients cannot verify this gateway's certificate: give --ca-out FILE\ntc3: listening on https://";
    assert_eq!(serve.started, format!("{says}{}\n", serve.address));
    assert!(serve.address.starts_with("127.0.0.7:"), "{}", serve.address);
}

fn plain_http(_: &str, option: &str) {
    let serve = Serve::start(&[&ANY_PORT[..], &[option]].concat(), &LONG_TERM_KEY);
    assert_eq!(serve.started, format!("tc3: listening on http://{}\n", serve.address));
    let ran = run_shell(&format!("curl --silent -H 'Host: \u{9b}' http://{}/", serve.address), &[]);
    assert!(ran.out.starts_with("{\"Response\":{\"Error\":"), "{ran:?}");
    let (line, says) = (serve.line(), r" GET \u{9b} - 0 bytes: AuthFailure.");
    assert!(line.contains(says), "{says} is not in {line}");
    let route = ["--connect", &serve.address, option, "-v"];
    let ran = run(&[&CALL[..], &route].concat(), &LONG_TERM_KEY, b"");
    assert!(ran.code == 0 && ran.out.starts_with("{\"Response\":{\"Action\":"), "{ran:?}");
    let says = format!("* connected to {}, without TLS\n", serve.address);
    assert!(ran.err.starts_with(&says), "{says} is not in {ran:?}");
}

fn accounts(_: &str, _: &str) {
    // A longer file of an earlier time is replaced.
    let ca = &*write("accounts-ca.pem", "-----BEGIN\n".repeat(1000).as_bytes());
    let two = ["--id", "AKIDONE", "--id", "AKIDTWO", "--key-env", "ONE", "--key-env", "TWO", "--ca-out", ca];
    let keys = [("ONE", "MARKER-1"), ("TWO", "MARKER-2"), LONG_TERM_KEY[0], LONG_TERM_KEY[1]];
    let serve = Serve::start(&[&ANY_PORT[..], &two].concat(), &keys);
    let says = format!("tc3: the gateway's CA certificate is in {ca}\n");
    assert!(serve.started.starts_with(&says), "{says} is not in {}", serve.started);
    let by_get = &["--v1", "HmacSHA256", "--get", "Limit=1"][..];
    for (id, key, form, answer) in [
        ("AKIDONE", "MARKER-1", &[][..], ""),
        ("AKIDTWO", "MARKER-2", by_get, ""),
        ("AKIDONE", "MARKER-2", by_get, "AuthFailure.SignatureFailure"),
        ("AKIDTWO", "MARKER-1", &[], "AuthFailure.SignatureFailure"),
        // With --id, the credentials of the environment are not accepted.
        (ID, KEY, by_get, "AuthFailure.SecretIdNotFound"),
    ] {
        let credentials = [("TENCENTCLOUD_SECRET_ID", id), ("TENCENTCLOUD_SECRET_KEY", key)];
        let route = ["--connect", &serve.address, "--ca", ca];
        let ran = run(&[&CALL[..], &route, form].concat(), &credentials, b"");
        let code = i32::from(!answer.is_empty());
        assert_eq!((ran.code, ran.out.contains(answer)), (code, true), "{id} with {key}: {ran:?}");
        let (method, len) = if form.is_empty() { ("POST", 2) } else { ("GET", 0) };
        let line = library::line(method, "cvm.tencentcloudapi.com", CALL[3], len, ran.out.as_bytes());
        // After a wrong signature, the lines that should have been signed follow.
        let logged = iter::repeat_with(|| serve.line()).find(|line| !line.starts_with("    ")).unwrap();
        assert_eq!(logged.split_once(' ').map(|(_, line)| line), Some(&*line), "{id} with {key}: {logged}");
        assert!(logged.starts_with("127.0.0.1:"), "{logged}");
    }
}

/// Each way of naming a source of credentials wins over the environment.
fn credentials(command: &str, option: &str) {
    let home = format!("{}/home-{command}{option}", env!("CARGO_TARGET_TMPDIR"));
    let tccli = format!("{home}/.tccli/two.credential");
    std::fs::create_dir_all(format!("{home}/.tccli")).unwrap();
    std::fs::create_dir_all(format!("{home}/.tencentcloud")).unwrap();
    let ini = "[default]\nsecret_id = AKIDINI\nsecret_key = MARKER\n[one]\nsecret_id = AKIDONE\nsecret_key = MARKER\n";
    std::fs::write(format!("{home}/.tencentcloud/credentials"), ini).unwrap();
    let json = r#"{"secretId": "AKIDTCCLI", "secretKey": "MARKER", "token": "MARKER"}"#;
    std::fs::write(&tccli, json).unwrap();
    let ini = format!("{home}/.tencentcloud/credentials");
    let environment = [LONG_TERM_KEY[0], LONG_TERM_KEY[1], ("HOME", &*home)];
    let dry_run = if command == "call" { &["--dry-run"][..] } else { &[] };
    let rows: &[(&[&str], Result<&str, &str>)] = match option {
        "--profile" => &[
            (&[option, "one"], Ok("AKIDONE")),
            (&[option, "two"], Ok("AKIDTCCLI")),
            (&[option, "none"], Err("no profile [none], but [default], [one]")),
        ],
        _ => &[
            (&[option, &*ini], Ok("AKIDINI")),
            (&[option, &*ini, "--profile", "one"], Ok("AKIDONE")),
            (&[option, &*ini, "--profile", "two"], Err("no profile [two], but [default], [one]")),
            (&[option, &*tccli], Ok("AKIDTCCLI")),
            (&[option, "no-such-file"], Err("no-such-file: could not read: ")),
        ],
    };
    for (words, expected) in rows {
        let ran = run(&[&[command], &CALL[1..], dry_run, *words].concat(), &environment, b"");
        match expected {
            Ok(id) => {
                let shown = format!("Credential={id}/");
                assert!(ran.code == 0 && ran.out.contains(&shown), "{command} {words:?}: {ran:?}");
            }
            Err(says) => {
                let is_right = ran.code == 4 && ran.err.contains(says) && ran.err.contains("\n  remedy: ");
                assert!(is_right, "{says} is not told by {command} {words:?}: {ran:?}");
            }
        }
    }
}

#[test]
fn the_public_roots_are_all_of_mozillas_and_the_services_is_one() {
    assert_eq!(rustls::RootCertStore::from(Trust::empty()).roots, []);
    let roots = rustls::RootCertStore::from(Trust::public()).roots;
    assert_eq!(roots, webpki_roots::TLS_SERVER_ROOTS);
    let service = roots.iter().filter(|root| root.subject.ends_with(b"DigiCert Global Root G2")).count();
    assert_eq!((service, roots.len() >= 100), (1, true), "of {} roots", roots.len());
}
