//! A server that accepts each signed request once, and refuses requests of which someone on the way could have changed
//! a part that matters. The docs of `tc3-core`, module `verify::in_a_webhook_or_gateway`, say which parts these are.
//!
//! `cargo run -p webhook` starts it on a free port of loopback, sends it good and bad requests, and prints the answers.
//! `cargo run -p webhook -- 127.0.0.1:8080` serves there until it is stopped.

mod demonstration;
mod http;
mod replays;
mod webhook;

use http::Timed;
use std::{
    env,
    error::Error,
    io::{self, Read, Write},
    net::TcpListener,
    process::ExitCode,
    time::{Instant, SystemTime},
};
use tc3_core::{Credentials, Timestamp};
use webhook::Webhook;

/// The fictitious credentials of the samples in Tencent's document.
const ID: &str = "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE";
const KEY: &str = "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE";

/// The hosts of this webhook. The last two are there for the tests: recorded requests of the official SDKs are for
/// them.
const HOSTS: &[&str] = &["hooks.example.com", "cvm.tencentcloudapi.com", "cls.tencentcloudapi.com"];

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let outcome = match arguments.as_slice() {
        [] => demonstration::run(),
        [address] => listen(address),
        _ => {
            eprintln!("usage: cargo run -p webhook [-- ADDRESS:PORT]");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("webhook: {error}");
            ExitCode::FAILURE
        }
    }
}

fn listen(address: &str) -> Result<(), Box<dyn Error>> {
    let webhook = Webhook::new(Credentials::new(ID, KEY)?, HOSTS, now()?);
    serve(&TcpListener::bind(address)?, webhook, usize::MAX)
}

/// Answers this many requests, one after another.
fn serve(listener: &TcpListener, mut webhook: Webhook, requests: usize) -> Result<(), Box<dyn Error>> {
    for stream in listener.incoming().take(requests) {
        let answered = stream.and_then(|stream| {
            let deadline = Instant::now().checked_add(http::TIME).ok_or(io::ErrorKind::TimedOut)?;
            respond(Timed { stream, deadline }, &mut webhook, now)
        });
        // One client that goes away does not stop the server.
        answered.unwrap_or_else(|error| eprintln!("webhook: {error}"));
    }
    Ok(())
}

/// Answers one request. The clock is read when the whole request was read: otherwise a sender that pauses could pass an
/// old request through the window.
fn respond(
    stream: impl Read + Write,
    webhook: &mut Webhook,
    clock: impl FnOnce() -> Result<Timestamp, Box<dyn Error>>,
) -> io::Result<()> {
    http::answer(stream, |message| match clock().map(|now| webhook.accept(message, now)) {
        Ok(Ok(action)) => (200, format!("did {action}")),
        Ok(Err(refusal)) => (403, refusal.to_string()),
        Err(error) => (500, error.to_string()),
    })
}

fn now() -> Result<Timestamp, Box<dyn Error>> {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_err(io::Error::other)?;
    Ok(Timestamp::from_unix(since.as_secs())?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;
    use tc3_core::{Header, Host, Signer, api};

    /// A request that is sent in two halves, with a pause before the second.
    struct Paused<'a> {
        halves: [&'a [u8]; 2],
        clock: &'a Cell<u64>,
        pause: u64,
        answer: &'a mut Vec<u8>,
    }

    impl Read for Paused<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let [first, second] = &mut self.halves;
            if !first.is_empty() {
                return first.read(buffer);
            }
            self.clock.set(self.clock.get().saturating_add(self.pause));
            second.read(buffer)
        }
    }

    impl Write for Paused<'_> {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.answer.write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_request_that_is_too_old_when_its_last_byte_arrives_is_refused() -> Result<(), Box<dyn Error>> {
        let at = now()?;
        let call = api!("cvm", "2017-03-12").at(Host::Unchecked("hooks.example.com")).action("RunInstances");
        let request = call.headers(&[Header::SignAction, Header::SignVersion]).json("{}")?;
        let sent = Signer::new(Credentials::new(ID, KEY)?).sign(&request, at).head().to_string() + "{}";
        for (pause, status) in [(60, "HTTP/1.1 200"), (61, "HTTP/1.1 403")] {
            let start = Timestamp::from_unix(at.unix().saturating_sub(1))?;
            let mut webhook = Webhook::new(Credentials::new(ID, KEY)?, HOSTS, start);
            let (clock, mut answer) = (Cell::new(at.unix()), Vec::new());
            let (first, second) = sent.as_bytes().split_at(sent.len() / 2);
            let stream = Paused { halves: [first, second], clock: &clock, pause, answer: &mut answer };
            respond(stream, &mut webhook, || Ok(Timestamp::from_unix(clock.get())?))?;
            let answer = String::from_utf8(answer)?;
            assert!(answer.starts_with(status), "after {pause} s: {answer}");
        }
        Ok(())
    }
}
