//! Roles: the metadata service and STS, over sockets on loopback.

use super::{home, shown, unix};
use crate::peer::{Certificate, Peer, Play, ok, response};
use crate::server::{ID, KEY, TestServer, client, now};
use serde_json::json;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;
use std::{fs, thread};
use tc3_std::credentials::{
    AssumeRole, CredentialChain, CredentialsFile, CvmRole, Lookup, Provider, Sts, TccliProfile, TkeOidc,
};
use tc3_std::gateway::{Answer, Config};
use tc3_std::{Timeouts, tls::Trust};

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
    // A service that has answered once is there.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let server = thread::spawn(move || {
        let (mut socket, _) = listener.accept().unwrap();
        drop(listener);
        let head = BufReader::new(socket.try_clone().unwrap()).lines().map(Result::unwrap);
        head.take_while(|line| !line.is_empty()).for_each(drop);
        socket.write_all(response("200 OK", "web-1").as_bytes()).unwrap();
    });
    let text = shown(CredentialChain::of(CvmRole::default().connect_to(&*address)).find(now()));
    server.join().unwrap();
    let says = "the metadata service HERE: could not connect to HERE: ";
    assert!(text.replace(&address, "HERE").starts_with(says), "{text}");
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
