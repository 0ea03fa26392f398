//! Scripts of valid and invalid HTTP responses.

use std::time::Duration;

/// One action of a server. After the last action the server sends close_notify and closes TCP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    AwaitRequest,
    /// Sends these bytes, in one record if they fit.
    Send(Vec<u8>),
    /// Sends these bytes one by one, with this pause after each byte.
    SendSlowly(Vec<u8>, Duration),
    /// Sends nothing until the client closes the connection.
    Stall,
    /// Closes TCP without close_notify.
    CloseTcp,
}

use Action::{AwaitRequest, CloseTcp, Send, SendSlowly, Stall};

/// A response with a Content-Length. Concatenate scripts for several requests on one connection.
pub fn response(body: &str) -> Vec<Action> {
    vec![AwaitRequest, Send(with_length(body))]
}

/// A chunked response. The chunks have very different sizes, and each has its own write.
pub fn chunked(body: &str) -> Vec<Action> {
    let mut script = vec![AwaitRequest, Send(head("Transfer-Encoding: chunked\r\n"))];
    let mut rest = body.as_bytes();
    for size in SIZES.into_iter().cycle() {
        let (chunk, after) = rest.split_at(size.min(rest.len()));
        script.push(Send([format!("{:x}\r\n", chunk.len()).as_bytes(), chunk, b"\r\n"].concat()));
        // The empty chunk is the last one.
        if chunk.is_empty() {
            return script;
        }
        rest = after;
    }
    script
}

/// Sizes of chunks, in bytes. One chunk is longer than a record.
const SIZES: [usize; 6] = [1, 1021, 17, 16_411, 4096, 251];

/// A response with a close-delimited body.
pub fn until_close(body: &str) -> Vec<Action> {
    vec![AwaitRequest, Send([&head("")[..], body.as_bytes()].concat())]
}

/// A response with a close-delimited body, without close_notify.
pub fn truncated(body: &str) -> Vec<Action> {
    [until_close(body), vec![CloseTcp]].concat()
}

/// A response whose body is one byte shorter than its Content-Length.
pub fn shorter_than_declared(body: &str) -> Vec<Action> {
    vec![AwaitRequest, Send(declared(body.len() + 1, body))]
}

/// No response.
pub fn silent() -> Vec<Action> {
    vec![AwaitRequest, Stall]
}

/// A response that is sent byte by byte, with this pause after each byte.
pub fn dribbled(body: &str, pause: Duration) -> Vec<Action> {
    vec![AwaitRequest, SendSlowly(with_length(body), pause)]
}

/// The JSON body of a successful response, of this length in bytes. It does not repeat itself, so that lost
/// or reordered bytes change it.
pub fn body_of(len: usize) -> String {
    let (open, close) = (r#"{"Response":{"Data":""#, r#"","RequestId":"r-long"}}"#);
    let data_len = len.checked_sub(open.len() + close.len()).expect("the length fits the envelope");
    let numbers = (0..).map(|n: u32| format!("{n}."));
    let data: String = numbers.flat_map(|it| it.into_bytes()).map(char::from).take(data_len).collect();
    [open, &data, close].concat()
}

pub(crate) fn with_length(body: &str) -> Vec<u8> {
    declared(body.len(), body)
}

fn declared(len: usize, body: &str) -> Vec<u8> {
    [&head(&format!("Content-Length: {len}\r\n")), body.as_bytes()].concat()
}

fn head(fields: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n{fields}\r\n").into_bytes()
}
