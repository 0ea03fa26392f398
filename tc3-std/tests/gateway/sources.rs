//! Each source of credentials, whole and broken in each way: what is found, or the sentence that is told.

use crate::peer::{Certificate, Peer, Play, ok, response};
use crate::server::{ID, KEY, TestServer, client, now};
use serde_json::json;
use std::collections::HashMap;
use std::env::VarError;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use std::{fs, thread};
use tc3_core::Timestamp;
use tc3_std::credentials::{
    AssumeRole, CredentialChain, CredentialError, CredentialsFile, CvmRole, FoundCredentials, Lookup,
    Provider, Sts, TccliProfile, TkeOidc,
};
use tc3_std::gateway::{Answer, Config};
use tc3_std::{Timeouts, tls::Trust};

/// A directory of its own for each row.
fn home() -> String {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let home = format!("{}/sources-{number}", env!("CARGO_TARGET_TMPDIR"));
    let _ = fs::remove_dir_all(&home);
    fs::create_dir_all(&home).unwrap();
    home
}

/// Id, key, token, expiry and origin, or the error's sentence. A key or token in `Debug` or a sentence fails.
fn shown(found: Result<FoundCredentials, CredentialError>) -> String {
    let (debug, text) = match &found {
        Err(error) => (format!("{error:?}"), error.to_string()),
        Ok(found) => {
            let expires = found.expires().map(|expires| format!(" until {expires}")).unwrap_or_default();
            let token = found.expose_token().map(|token| format!(" {token}")).unwrap_or_default();
            let values =
                format!("{} {}{token}{expires} of {}", found.id(), found.expose_key(), found.origin());
            (format!("{found:?}{:?}", found.credentials().unwrap()), values)
        }
    };
    let shows = if found.is_ok() { debug } else { debug + &text };
    assert!(!shows.contains("MARKER"), "a secret is shown: {shows}");
    text
}

fn unix(seconds: u64) -> Timestamp {
    Timestamp::from_unix(seconds).unwrap()
}

/// Situation, variables, files, and what is found or told. `~` is the home.
type Row<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a [(&'a str, &'a [u8])], &'a str);

const INI: &str = ".tencentcloud/credentials";
const TCCLI: &str = ".tccli/default.credential";
const ENV: [(&str, &str); 2] =
    [("TENCENTCLOUD_SECRET_ID", "AKIDENV"), ("TENCENTCLOUD_SECRET_KEY", "MARKER-E")];
const GOOD: &[u8] = b"[default]\nsecret_id = AKIDINI\nsecret_key = MARKER-I\n";
const GOOD_TCCLI: &[u8] = br#"{"secretId":"AKIDTCCLI","secretKey":"MARKER-T","token":null}"#;

#[test]
fn each_source_of_variables_and_files_is_found_whole_or_said_to_be_broken() {
    let [id, key] = ENV;
    let rows: &[Row<'_>] = &[
        // The environment comes first, and all of its tokens count.
        ("all three", &ENV, &[(INI, GOOD), (TCCLI, GOOD_TCCLI)], "AKIDENV MARKER-E of TENCENTCLOUD_SECRET_ID"),
        ("tccli's token", &[id, key, ("TENCENTCLOUD_TOKEN", "MARKER")], &[], "AKIDENV MARKER-E MARKER of TENCENTCLOUD_TOKEN"),
        ("Terraform's token", &[id, key, ("TENCENTCLOUD_SECURITY_TOKEN", "MARKER")], &[], "AKIDENV MARKER-E MARKER of TENCENTCLOUD_SECURITY_TOKEN"),
        ("other tools' token", &[id, key, ("TENCENTCLOUD_SESSION_TOKEN", "MARKER")], &[], "AKIDENV MARKER-E MARKER of TENCENTCLOUD_SESSION_TOKEN"),
        ("two tokens", &[id, key, ("TENCENTCLOUD_TOKEN", "MARKER"), ("TENCENTCLOUD_SESSION_TOKEN", "MARKER-2")], &[], "TENCENTCLOUD_TOKEN and TENCENTCLOUD_SESSION_TOKEN hold different values"),
        // Half a pair is never completed from a file.
        ("only an id", &[id], &[(INI, GOOD)], "TENCENTCLOUD_SECRET_KEY is not set"),
        ("only a key", &[key], &[(INI, GOOD)], "TENCENTCLOUD_SECRET_ID is not set"),
        ("only a token", &[("TENCENTCLOUD_TOKEN", "MARKER")], &[(INI, GOOD)], "TENCENTCLOUD_SECRET_ID is not set"),
        ("an empty key", &[id, ("TENCENTCLOUD_SECRET_KEY", "")], &[(INI, GOOD)], "TENCENTCLOUD_SECRET_KEY is set but empty"),
        ("a key in quotes", &[id, ("TENCENTCLOUD_SECRET_KEY", "\"MARKER\"")], &[(INI, GOOD)], "TENCENTCLOUD_SECRET_KEY has quotes around its value (an env file keeps them)"),
        ("a key with a line end", &[id, ("TENCENTCLOUD_SECRET_KEY", "MARKER\n")], &[(INI, GOOD)], "TENCENTCLOUD_SECRET_KEY is malformed: secret key: a line feed is not allowed at byte 6 (visible ASCII characters are)"),
        ("a key that is not UTF-8", &[id, ("TENCENTCLOUD_SECRET_KEY", "NOT UTF-8")], &[(INI, GOOD)], "TENCENTCLOUD_SECRET_KEY is not UTF-8"),
        // The ini file.
        ("an ini file", &[], &[(INI, GOOD), (TCCLI, GOOD_TCCLI)], "AKIDINI MARKER-I of profile [default] of ~/.tencentcloud/credentials"),
        ("a variable names the file", &[("TENCENTCLOUD_CREDENTIALS_FILE", "~/other")], &[("other", b"[default]\r\n; comment\r\nSecret_Id=AKIDOTHER\r\n\r\nsecret_key:MARKER=\r\ntoken = MARKER-2 \r\nregion = x\r\n"), (INI, GOOD)], "AKIDOTHER MARKER= MARKER-2 of profile [default] of ~/other"),
        ("a byte order mark", &[], &[(INI, b"\xef\xbb\xbf[default]\nsecret_id = AKIDINI\nsecret_key = MARKER-I")], "AKIDINI MARKER-I of profile [default] of ~/.tencentcloud/credentials"),
        ("a variable names no file", &[("TENCENTCLOUD_CREDENTIALS_FILE", "~/other")], &[(INI, GOOD)], "~/other: could not read: No such file or directory (os error 2)"),
        ("a profile", &[("TCCLI_PROFILE", "prod")], &[(INI, b"[default]\nsecret_id=A\nsecret_key=MARKER\n[ prod ]\nsecret_id=AKIDPROD\nsecret_key=MARKER-P\n")], "AKIDPROD MARKER-P of profile [prod] of ~/.tencentcloud/credentials"),
        ("a profile of tccli", &[("TENCENTCLOUD_PROFILE", "prod")], &[(INI, GOOD), (".tccli/prod.credential", GOOD_TCCLI)], "AKIDTCCLI MARKER-T of ~/.tccli/prod.credential"),
        ("an unknown profile", &[("TENCENTCLOUD_PROFILE", "prod")], &[(INI, GOOD), (TCCLI, GOOD_TCCLI)], "no credentials were found: TENCENTCLOUD_SECRET_ID is not set; ~/.tencentcloud/credentials: no profile [prod], but [default]; there is no ~/.tccli/prod.credential"),
        ("two profiles", &[("TCCLI_PROFILE", "a"), ("TENCENTCLOUD_PROFILE", "b")], &[(INI, GOOD)], "TCCLI_PROFILE and TENCENTCLOUD_PROFILE hold different values"),
        ("an empty ini file", &[], &[(INI, b""), (TCCLI, GOOD_TCCLI)], "~/.tencentcloud/credentials: no profile [default], and no other"),
        ("no default profile", &[], &[(INI, b"[a]\n[b]\n"), (TCCLI, GOOD_TCCLI)], "~/.tencentcloud/credentials: no profile [default], but [a], [b]"),
        ("half a pair in the ini file", &[], &[(INI, b"[default]\nsecret_id = A\n[b]\nsecret_key = MARKER"), (TCCLI, GOOD_TCCLI)], "~/.tencentcloud/credentials: secret_key is missing"),
        ("an empty id", &[], &[(INI, b"[default]\nsecret_id =\nsecret_key = MARKER\n")], "~/.tencentcloud/credentials, line 2: secret_id is empty"),
        ("quotes", &[], &[(INI, b"[default]\nsecret_id = A\nsecret_key = 'MARKER'\n")], "~/.tencentcloud/credentials, line 3: secret_key has quotes around it, which would be part of it"),
        ("a space in a token", &[], &[(INI, b"[default]\nsecret_id=A\nsecret_key=MARKER\ntoken=MARKER x\n")], "~/.tencentcloud/credentials, line 4: token is malformed: token: a space is not allowed at byte 6 (visible ASCII characters are)"),
        ("not UTF-8", &[], &[(INI, b"[default]\nsecret_id = \xff\n")], "~/.tencentcloud/credentials, line 2: not UTF-8"),
        ("a stray line", &[], &[(INI, b"[default]\nMARKER\n")], "~/.tencentcloud/credentials, line 2: neither [PROFILE] nor NAME = VALUE"),
        ("no section", &[], &[(INI, b"secret_id = A\n")], "~/.tencentcloud/credentials, line 1: neither [PROFILE] nor NAME = VALUE"),
        ("an open section", &[], &[(INI, b"[default\n")], "~/.tencentcloud/credentials, line 1: neither [PROFILE] nor NAME = VALUE"),
        ("a continued line", &[], &[(INI, b"[default]\nsecret_id = A\n  secret_key = MARKER\n")], "~/.tencentcloud/credentials, line 3: neither [PROFILE] nor NAME = VALUE"),
        ("a setting twice", &[], &[(INI, b"[default]\nsecret_id = A\nSECRET_ID = B\n")], "~/.tencentcloud/credentials, line 3: secret_id occurs twice"),
        ("a profile twice", &[], &[(INI, b"[default]\n[default]\n")], "~/.tencentcloud/credentials, line 2: [default] occurs twice"),
        ("unreadable", &[], &[(&format!("{INI}/a"), b""), (TCCLI, GOOD_TCCLI)], "~/.tencentcloud/credentials: could not read: Is a directory (os error 21)"),
        ("too large", &[], &[(INI, &[b'#'; 1_048_577]), (TCCLI, GOOD_TCCLI)], "~/.tencentcloud/credentials: larger than 1 MiB: not a file of credentials"),
        // tccli's file.
        ("tccli's file", &[], &[(TCCLI, GOOD_TCCLI)], "AKIDTCCLI MARKER-T of ~/.tccli/default.credential"),
        ("Terraform's directory", &[("TENCENTCLOUD_SHARED_CREDENTIALS_DIR", "~/t")], &[("t/default.credential", GOOD_TCCLI)], "AKIDTCCLI MARKER-T of ~/t/default.credential"),
        ("a login of tccli", &[], &[(TCCLI, br#"{"type":"oauth","secretId":"A","secretKey":"MARKER","token":"MARKER\/2","expiresAt":1795286382}"#)], "A MARKER MARKER/2 until 2026-11-21T18:39:42Z of ~/.tccli/default.credential"),
        ("an expired login", &[], &[(TCCLI, br#"{"secretId":"A","secretKey":"MARKER","token":"MARKER","expiresAt":1795279182}"#)], "the credentials of ~/.tccli/default.credential expired at 2026-11-21T16:39:42Z"),
        ("malformed JSON", &[], &[(TCCLI, b"{\n\"secretId\": MARKER}")], "~/.tccli/default.credential, line 2: not a JSON object: see column 13"),
        ("another JSON", &[], &[(TCCLI, br#""MARKER""#)], "~/.tccli/default.credential, line 1: not a JSON object: see column 8"),
        ("an empty file of tccli", &[], &[(TCCLI, b"")], "~/.tccli/default.credential, line 1: not a JSON object: see column 0"),
        ("a number as key", &[], &[(TCCLI, br#"{"secretId":"A","secretKey":7}"#)], "~/.tccli/default.credential: secretKey has the wrong type"),
        ("half a pair of tccli", &[], &[(TCCLI, br#"{"secretKey":"MARKER"}"#)], "~/.tccli/default.credential: secretId is missing"),
        ("a role without session", &[], &[(TCCLI, br#"{"secretId":"A","secretKey":"MARKER","role-arn":"r"}"#)], "~/.tccli/default.credential: role-session-name is missing"),
        ("an expiry that is none", &[], &[(TCCLI, br#"{"secretId":"A","secretKey":"MARKER","expiresAt":"soon"}"#)], "~/.tccli/default.credential: expiresAt has the wrong type"),
        // Roles.
        ("half a role", &[id, key, ("TENCENTCLOUD_ROLE_ARN", "r")], &[], "TENCENTCLOUD_ROLE_SESSION_NAME is not set"),
        ("half a role of Terraform", &[id, key, ("TENCENTCLOUD_ASSUME_ROLE_ARN", "r")], &[], "TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME is not set"),
        ("a duration that is none", &[id, key, ("TENCENTCLOUD_ASSUME_ROLE_ARN", "r"), ("TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME", "s"), ("TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION", "2h")], &[], "TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION is not a whole number"),
        ("too long a role", &[id, key, ("TENCENTCLOUD_ASSUME_ROLE_ARN", "r"), ("TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME", "s"), ("TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION", "43201")], &[], "the role r (assumed with TENCENTCLOUD_SECRET_ID): DurationSeconds is malformed"),
        ("a pod without its token", &[("TKE_REGION", "ap-x"), ("TKE_PROVIDER_ID", "p"), ("TKE_ROLE_ARN", "r")], &[], "TKE_WEB_IDENTITY_TOKEN_FILE is not set"),
    ];
    for (name, variables, files, expected) in rows {
        let home = home();
        for (file, bytes) in *files {
            let path = std::path::PathBuf::from(format!("{home}/{file}"));
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        let mut environment: HashMap<_, _> =
            variables.iter().map(|(name, value)| ((*name).to_owned(), value.replace('~', &home))).collect();
        environment.insert("HOME".to_owned(), home.clone());
        let read = move |variable: &str| match environment.get(variable) {
            None => Err(VarError::NotPresent),
            Some(value) if value == "NOT UTF-8" => Err(VarError::NotUnicode("MARKER".into())),
            Some(value) => Ok(value.clone()),
        };
        let chain = CredentialChain::from_variables(read);
        let text = shown(chain.and_then(|chain| chain.find(unix(1_795_279_182)))).replace(&home, "~");
        let text = text.replace("/etc/tencentcloud/credentials", "");
        assert_eq!(text, *expected, "{name}");
    }
}

#[cfg(unix)]
#[test]
fn a_file_that_others_can_read_has_a_remark() {
    use std::os::unix::fs::PermissionsExt;
    let path = format!("{}/credentials", home());
    fs::write(&path, GOOD).unwrap();
    for (mode, expected) in [(0o600, None), (0o640, Some("")), (0o604, Some(""))] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let found = CredentialChain::of(CredentialsFile::new(&path)).find(now()).unwrap();
        let expected = expected.map(|_| format!("other users can read {path}: chmod 600 {path}"));
        assert_eq!(found.remark(), expected.as_deref(), "{mode:o}");
    }
}

/// A metadata service on loopback that gives these answers in turn, each on a connection. It keeps silent after them.
fn metadata(answers: &'static [&'static str]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        let mut kept: Vec<TcpStream> = Vec::new();
        let mut answers = answers.iter();
        for socket in listener.incoming() {
            let mut socket = socket.unwrap();
            let mut reader = BufReader::new(socket.try_clone().unwrap());
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            let path = line.split(' ').nth(1).unwrap().to_owned();
            while !matches!(&*line, "\r\n" | "") {
                line.clear();
                reader.read_line(&mut line).unwrap();
            }
            let Some(answer) = answers.next() else {
                kept.push(socket);
                continue;
            };
            let (expected, answer) = answer.split_once('|').unwrap();
            assert_eq!(path, format!("/latest/meta-data/cam/security-credentials/{expected}"));
            let (status, body) = answer.split_once('|').unwrap();
            socket.write_all(response(status, body).as_bytes()).unwrap();
        }
    });
    address
}

#[test]
fn the_role_of_a_virtual_machine_is_found_absent_or_said_to_be_broken() {
    const ROLE: &str = "|200 OK|web-1\n";
    const NOWHERE: &str = "no credentials were found: the virtual machine has no role";
    let rows: &[(&str, &'static [&'static str], &str)] = &[
        (
            "a role",
            &[
                ROLE,
                r#"web-1|200 OK|{"TmpSecretId":"A","TmpSecretKey":"MARKER","Token":"MARKER-2","ExpiredTime":1795286382,"Expiration":"2026-11-21T18:39:42Z","Code":"Success"}"#,
            ],
            "A MARKER MARKER-2 until 2026-11-21T18:39:42Z of the metadata service HERE",
        ),
        (
            "an expired answer",
            &[
                ROLE,
                r#"web-1|200 OK|{"TmpSecretId":"A","TmpSecretKey":"MARKER","Token":"MARKER","ExpiredTime":1795279182,"Code":"Success"}"#,
            ],
            "the credentials of the metadata service HERE expired at 2026-11-21T16:39:42Z",
        ),
        ("no role", &["|404 Not Found|"], NOWHERE),
        ("an empty list", &["|200 OK|"], NOWHERE),
        (
            "a failing list",
            &["|500 Oh|"],
            "the metadata service HERE: the answer has HTTP status 500, not 200",
        ),
        (
            "a page of a proxy",
            &["|200 OK|<html>\n"],
            "the metadata service HERE: the name of the role is malformed",
        ),
        (
            "a name that adds a header",
            &["|200 OK|a\r\nX: b"],
            "the metadata service HERE: the name of the role is malformed",
        ),
        (
            "a role that is gone",
            &[ROLE, "web-1|404 Not Found|"],
            "the metadata service HERE: the answer has HTTP status 404, not 200",
        ),
        (
            "another code",
            &[ROLE, r#"web-1|200 OK|{"Code":"Failed"}"#],
            "the metadata service HERE: the answer has the Code Failed, not Success",
        ),
        (
            "no code",
            &[ROLE, r#"web-1|200 OK|{"Token":"MARKER"}"#],
            "the metadata service HERE: the answer's Code is missing or malformed",
        ),
        (
            "no key",
            &[ROLE, r#"web-1|200 OK|{"Code":"Success","TmpSecretId":"A","Token":"MARKER"}"#],
            "the metadata service HERE: the answer's TmpSecretKey is missing or malformed",
        ),
        (
            "no expiry",
            &[
                ROLE,
                r#"web-1|200 OK|{"Code":"Success","TmpSecretId":"A","TmpSecretKey":"MARKER","Token":"MARKER"}"#,
            ],
            "the metadata service HERE: the answer's ExpiredTime is missing or malformed",
        ),
        (
            "a malformed key",
            &[
                ROLE,
                r#"web-1|200 OK|{"Code":"Success","TmpSecretId":"A","TmpSecretKey":"MARKER\n","Token":"MARKER","ExpiredTime":1795286382}"#,
            ],
            "the metadata service HERE: secret key: a line feed is not allowed at byte 6 (visible ASCII characters are)",
        ),
        (
            "garbage",
            &[ROLE, "web-1|200 OK|MARKER"],
            "the metadata service HERE: the answer is not a JSON object",
        ),
        ("a slow service", &[], "the metadata service HERE: timed out"),
    ];
    let short = Duration::from_millis(300);
    for (name, answers, expected) in rows {
        let address = metadata(answers);
        // A fast answer must not time out on a busy machine.
        let wait = if answers.is_empty() { short } else { Duration::from_secs(60) };
        let timeouts = Timeouts { connect: wait, read: wait, write: wait };
        let role = CvmRole::default().connect_to(&*address).timeouts(timeouts);
        let text = shown(CredentialChain::of(role).find(unix(1_795_279_182)));
        assert_eq!(text.replace(&address, "HERE"), *expected, "{name}");
    }
    // Nothing listens there: not a machine of Tencent Cloud.
    let role = CvmRole::default().connect_to("127.0.0.8:1").role("web-1");
    let text = shown(CredentialChain::of(role).find(now()));
    assert_eq!(text, "no credentials were found: the metadata service 127.0.0.8:1 cannot be reached");
}

/// The long-term key that the gateway accepts, as an ini file.
fn base() -> CredentialsFile {
    let path = format!("{}/credentials", home());
    fs::write(&path, format!("[default]\nsecret_id = {ID}\nsecret_key = {KEY}\n")).unwrap();
    CredentialsFile::new(path)
}

#[test]
fn a_role_is_assumed_by_a_signed_call_with_the_credentials_of_another_source() {
    let (sender, bodies) = std::sync::mpsc::channel();
    let sender = std::sync::Mutex::new(sender);
    let server = TestServer::with(Config::new().answer(move |accepted| {
        let place = [accepted.service.clone(), accepted.version.clone(), accepted.region.clone()];
        let asked = (place, accepted.action.clone(), accepted.payload.len());
        sender.lock().unwrap().send(asked).unwrap();
        let fields = json!({
            "Credentials": { "TmpSecretId": "AKIDROLE", "TmpSecretKey": "MARKER-R", "Token": "MARKER-2" },
            "ExpiredTime": 1_795_286_382, "Expiration": "2026-11-21T18:39:42Z",
        });
        Answer::Fields(fields.as_object().unwrap().clone())
    }));
    let sts = Sts::default().client(server.client());
    let role = AssumeRole::new(base(), "qcs::cam::uin/1:roleName/r", "s").duration(60).sts(sts.clone());
    let Lookup::Found(found) = role.find(now()).unwrap() else { panic!("no base") };
    let text = shown(Ok(found));
    let says = "AKIDROLE MARKER-R MARKER-2 until 2026-11-21T18:39:42Z of the role qcs::cam::uin/1:roleName/r (assumed with profile [default] of ";
    assert!(text.starts_with(says), "{text}");
    let asked = r#"{"RoleArn":"qcs::cam::uin/1:roleName/r","RoleSessionName":"s","DurationSeconds":60}"#;
    let ([service, version, region], action, len) = bodies.try_recv().unwrap();
    let place = [service, version, region].map(Option::unwrap);
    assert_eq!(place, ["sts", "2018-08-13", "ap-guangzhou"]);
    assert_eq!((&*action, len), ("AssumeRole", u64::try_from(asked.len()).unwrap()));
    // tccli's profile names its role in the file.
    let path = format!("{}/a.credential", home());
    let json = json!({ "secretId": ID, "secretKey": KEY, "role-arn": "r", "role-session-name": "s" });
    fs::write(&path, json.to_string()).unwrap();
    let Lookup::Found(found) = TccliProfile::file(&path).sts(sts).find(now()).unwrap() else {
        panic!("absent")
    };
    assert_eq!((found.id(), found.origin()), ("AKIDROLE", &*format!("the role r (assumed with {path})")));
    // Without credentials there is no call.
    let absent = AssumeRole::new(CredentialChain::default(), "r", "s").find(now()).unwrap();
    assert!(matches!(absent, Lookup::Absent(_)), "{absent:?}");
}

#[test]
fn an_answer_of_sts_that_is_an_error_or_incomplete_is_told() {
    let refused =
        r#"{"Response":{"Error":{"Code":"AuthFailure.SignatureFailure","Message":"No."},"RequestId":"r-1"}}"#;
    let partly = r#"{"Response":{"Credentials":{"TmpSecretId":"A","Token":"MARKER"},"ExpiredTime":7}}"#;
    let untimed =
        r#"{"Response":{"Credentials":{"TmpSecretId":"A","TmpSecretKey":"MARKER","Token":"MARKER"}}}"#;
    for (answer, expected) in [
        (ok(refused), "the service answered AuthFailure.SignatureFailure: No. (request id r-1)"),
        (ok(r#"{"Response":{}}"#), "the answer's Credentials is missing or malformed"),
        (ok(partly), "the answer's TmpSecretKey is missing or malformed"),
        (ok(untimed), "the answer's ExpiredTime is missing or malformed"),
        (response("502 Oh", "MARKER"), "the answer has HTTP status 502, not 200 to 299"),
    ] {
        let peer = Peer::start(Play::Answer(answer), Certificate::Valid);
        let sts = Sts::default().client(client(Trust::empty(), &peer.address, &peer.ca));
        let text = shown(CredentialChain::of(AssumeRole::new(base(), "r", "s").sts(sts)).find(now()));
        assert!(
            text.starts_with("the role r (assumed with ") && text.ends_with(expected),
            "{expected}: {text}"
        );
    }
}

#[test]
fn a_pod_exchanges_its_token_by_an_unsigned_call_and_reads_it_each_time() {
    let answer = r#"{"Response":{"ExpiredTime":1795286382,"Credentials":{"Token":"MARKER-2","TmpSecretId":"AKIDPOD","TmpSecretKey":"MARKER"}}}"#;
    let peer = Peer::start(Play::Answer(ok(answer)), Certificate::Valid);
    let sts = Sts::default().region("ap-beijing").client(client(Trust::empty(), &peer.address, &peer.ca));
    let path = format!("{}/token", home());
    let pod = CredentialChain::of(TkeOidc::new("OIDC", &path, "qcs::r").sts(sts));
    for (token, expected) in [
        (&b"MARKER.jwt.1\n"[..], Ok("MARKER.jwt.1")),
        (b"MARKER.jwt.2", Ok("MARKER.jwt.2")),
        (b" \n", Err("token: the OIDC token is empty")),
        (b"MARKER\"", Err("WebIdentityToken is malformed")),
        (b"MARKER\xff", Err("token, line 1: not UTF-8")),
    ] {
        fs::write(&path, token).unwrap();
        let text = shown(pod.find(unix(1_795_279_182)));
        match expected {
            Err(says) => assert!(text.ends_with(says), "{says}: {text}"),
            Ok(token) => {
                let from = format!("of the role qcs::r (assumed with the OIDC token of {path})");
                assert_eq!(text, format!("AKIDPOD MARKER MARKER-2 until 2026-11-21T18:39:42Z {from}"));
                let request = peer.request();
                for part in [
                    "Host: sts.tencentcloudapi.com\r\n",
                    "Authorization: SKIP\r\n",
                    "X-TC-Action: AssumeRoleWithWebIdentity\r\n",
                    "X-TC-Version: 2018-08-13\r\n",
                    "X-TC-Region: ap-beijing\r\n",
                    &format!(
                        r#"{{"ProviderId":"OIDC","WebIdentityToken":"{token}","RoleArn":"qcs::r","RoleSessionName":"tc3-1795279182","DurationSeconds":7200}}"#
                    ),
                ] {
                    assert!(request.contains(part), "{part} is not in {request}");
                }
            }
        }
    }
    fs::remove_file(&path).unwrap();
    let text = shown(pod.find(now()));
    assert!(text.ends_with("/token: could not read: No such file or directory (os error 2)"), "{text}");
    assert_eq!(peer.unread(), Vec::<String>::new());
}
