//! Answers, good and bad, as a server would write them.

use std::time::{Duration, UNIX_EPOCH};

/// What a server does next. After the last act it closes the connection as TLS has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Waits for a whole request.
    Request,
    /// Sends these bytes, in a record of their own if they are few.
    Send(Vec<u8>),
    /// Sends these bytes one by one, with this pause after each.
    Dribble(Vec<u8>, Duration),
    /// Says nothing until the client goes.
    Silence,
    /// Ends TCP without a word of TLS.
    Cut,
}

use Act::{Cut, Dribble, Request, Send, Silence};

/// An answer with a Content-Length. Scripts joined are calls on one connection.
#[must_use]
pub fn answer(body: &str) -> Vec<Act> {
    vec![Request, Send(whole("", body))]
}

/// A failure of the service with this code, and in `Date` what its clock says.
#[must_use]
pub fn failure(code: &str, now: u64) -> Vec<Act> {
    let date = httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(now));
    let body = format!(
        r#"{{"Response":{{"Error":{{"Code":"{code}","Message":"The request failed."}},"RequestId":"r-failure"}}}}"#
    );
    vec![Request, Send(whole(&format!("Date: {date}\r\n"), &body))]
}

/// An answer in chunks of very different sizes, each sent on its own.
#[must_use]
pub fn chunked(body: &str) -> Vec<Act> {
    let mut script = vec![Request, Send(head("Transfer-Encoding: chunked\r\n"))];
    let mut rest = body.as_bytes();
    for size in SIZES.into_iter().cycle() {
        let (chunk, after) = rest.split_at(size.min(rest.len()));
        script.push(Send([format!("{:x}\r\n", chunk.len()).as_bytes(), chunk, b"\r\n"].concat()));
        // The chunk of no bytes is the last.
        if chunk.is_empty() {
            return script;
        }
        rest = after;
    }
    script
}

/// One byte, odd sizes, and more than a record holds.
const SIZES: [usize; 6] = [1, 1021, 17, 16_411, 4096, 251];

/// An answer that ends where the connection does.
#[must_use]
pub fn until_close(body: &str) -> Vec<Act> {
    vec![Request, Send([&head("")[..], body.as_bytes()].concat())]
}

/// [`until_close`] of which nobody says that it is whole.
#[must_use]
pub fn truncated(body: &str) -> Vec<Act> {
    [until_close(body), vec![Cut]].concat()
}

/// An answer that ends before its Content-Length does.
#[must_use]
pub fn shorter_than_declared(body: &str) -> Vec<Act> {
    let fields = format!("Content-Length: {}\r\n", body.len() + 1);
    vec![Request, Send([&head(&fields)[..], body.as_bytes()].concat())]
}

/// No answer.
#[must_use]
pub fn silent() -> Vec<Act> {
    vec![Request, Silence]
}

/// An answer byte by byte, with this pause after each.
#[must_use]
pub fn dribbled(body: &str, pause: Duration) -> Vec<Act> {
    vec![Request, Dribble(whole("", body), pause)]
}

/// A success of this many bytes, no two pieces of which are alike.
#[must_use]
pub fn body_of(len: usize) -> String {
    let (open, close) = (r#"{"Response":{"Data":""#, r#"","RequestId":"r-long"}}"#);
    let room = len.checked_sub(open.len() + close.len()).expect("the length has room for the envelope");
    let numbers = (0..).map(|n: u32| format!("{n}."));
    let data: String = numbers.flat_map(|it| it.into_bytes()).map(char::from).take(room).collect();
    [open, &data, close].concat()
}

pub(crate) fn whole(fields: &str, body: &str) -> Vec<u8> {
    let fields = format!("{fields}Content-Length: {}\r\n", body.len());
    [&head(&fields)[..], body.as_bytes()].concat()
}

fn head(fields: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n{fields}\r\n").into_bytes()
}
