//! A server that accepts each signed request once, and refuses requests of which someone on the way could have changed
//! a part that matters. The docs of `tc3-core`, module `verify::in_a_webhook_or_gateway`, say which parts these are.
//!
//! `cargo run -p webhook` starts it on a free port of loopback, sends it good and bad requests, and prints the answers.
//! `cargo run -p webhook -- 127.0.0.1:8080` serves there until it is stopped.

mod demonstration;
mod http;
mod replays;
mod webhook;

use std::{env, error::Error, io, net::TcpListener, process::ExitCode, time::SystemTime};
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
        let now = now()?;
        let answered = stream.and_then(|stream| {
            http::answer(stream, |message| match webhook.accept(message, now) {
                Ok(action) => (200, format!("did {action}")),
                Err(refusal) => (403, refusal.to_string()),
            })
        });
        // One client that goes away does not stop the server.
        answered.unwrap_or_else(|error| eprintln!("webhook: {error}"));
    }
    Ok(())
}

fn now() -> Result<Timestamp, Box<dyn Error>> {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_err(io::Error::other)?;
    Ok(Timestamp::from_unix(since.as_secs())?)
}
