//! All that a gateway hands out is compared with what went over the wire.

use crate::server::{TestServer, hex};
use serde_json::{Value, json};
use std::io::Read;
use std::time::{SystemTime, UNIX_EPOCH};
use tc3_core::HashedPayload;
use tc3_std::tls::{Tls, Trust};
use tc3_std::{Connection, Message, SystemClock, Timeouts, dial};

/// Sends a request twice over one connection, and compares answer and record with the request. Expects the scheme of
/// its signature, or the code of its refusal.
pub(crate) fn check<'a>(server: &TestServer, make: impl Fn() -> Message<'a>, expected: Result<&str, &str>) {
    let (sent, host, mut body) = (make(), make().host().to_owned(), Vec::new());
    let head = String::from_utf8_lossy(sent.head()).into_owned();
    sent.into_body().read_to_end(&mut body).unwrap();
    let words: Vec<_> = head.splitn(3, ' ').collect();
    let (method, query) = (words[0], words[1].split_once('?').map(|(_, query)| query));
    let header = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    let authorization = header("Authorization");
    let value = |name: &str| match authorization {
        Some(_) => header(&format!("X-TC-{name}")),
        None => {
            let params = query.unwrap_or(str::from_utf8(&body).unwrap());
            params.split('&').find_map(|param| param.strip_prefix(name)?.strip_prefix('='))
        }
    };
    let credential = || authorization?.split("Credential=").nth(1)?.split('/').next();
    let has_service = authorization.is_some() || host.contains(".tencentcloudapi.");
    let action = value("Action");
    let socket = dial(&server.address, Timeouts::default()).unwrap();
    let peer = socket.local_addr().unwrap();
    let tls = Tls::new(Trust::empty().and_file(server.ca.as_ref()).unwrap()).unwrap();
    let mut connection = Connection::new(tls.connect(&host, socket).unwrap());
    for turn in ["first", "second"] {
        let name = format!("{turn} {expected:?} of {head:.1000}");
        let began = seconds();
        let reply = connection.send(make()).unwrap();
        let times = [began, reply.date().unwrap().unix(), SystemClock.now().unwrap().unix(), seconds()];
        assert!(times.is_sorted(), "before, header Date, system clock, after: {times:?}, {name}");
        let answer = response(reply.body());
        let (id, message) = (&answer["RequestId"], &answer["Error"]["Message"]);
        let answered = match expected {
            Ok(scheme) => json!({ "RequestId": id, "Action": action, "Echo": {
                "Method": method, "Signature": scheme,
                "SecretId": value("SecretId").or_else(credential),
                "Service": has_service.then_some("cvm"),
                "Action": action, "Version": value("Version"), "Region": value("Region"),
                "ContentType": header("Content-Type"),
                // That of v1 can contain a token.
                "Query": query.filter(|_| authorization.is_some()),
                "BodySha256": hex(HashedPayload::of(&body).digest()), "BodySize": body.len(),
            }}),
            Err(code) => json!({ "RequestId": id, "Error": { "Code": code, "Message": message } }),
        };
        assert_eq!(answer, answered, "answer to the {name}");
        let (records, id, len) = (server.records(), id.as_str().unwrap(), body.len());
        let error = expected.err().map(|code| (code, message.as_str().unwrap()));
        let record = format!(
            "Record {{ peer: {peer}, method: {method:?}, host: {host:?}, action: {action:?}, body_len: {len}, \
             error: {error:?}, request_id: {id:?} }}"
        );
        assert_eq!(format!("{records:?}"), format!("[{record}]"), "record of the {name}");
        let line = line(method, &host, action.unwrap_or("-"), len, reply.body());
        assert_eq!(records[0].to_string(), format!("{peer} {line}"), "line of the {name}");
    }
}

/// The line of a log after the client's address, with outcome and id as in the answer.
pub(crate) fn line(method: &str, host: &str, action: &str, len: usize, answer: &[u8]) -> String {
    let answer = response(answer);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let error = answer.get("Error");
    let outcome = error.map(|error| format!("{} ({})", text(&error["Code"]), text(&error["Message"])));
    let outcome = outcome.unwrap_or("accepted".to_owned());
    format!("{method} {host} {action} {len} bytes: {outcome} [{}]", text(&answer["RequestId"]))
}

fn response(answer: &[u8]) -> Value {
    serde_json::from_slice::<Value>(answer).unwrap()["Response"].take()
}

fn seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}
