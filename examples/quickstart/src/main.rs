//! Makes seven signed calls, and five wrong ones that are refused, to a gateway in the same process. Needs
//! no Tencent Cloud account and sends nothing to the network.
//!
//! `cargo run -p quickstart -- --live` sends the first call to the real service instead, with the
//! credentials in `TENCENTCLOUD_SECRET_ID` and `TENCENTCLOUD_SECRET_KEY`.

mod calls;
mod live;
mod refusals;
mod show;

use std::{env, error::Error, process::ExitCode};
use tc3_core::Credentials;
use tc3_std::{
    Client,
    gateway::{Account, Config, Gateway},
    tls::Trust,
};

/// The fictitious credentials of the samples in Tencent's document.
const ID: &str = "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE";
const KEY: &str = "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let outcome = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => local(),
        ["--live"] => live::call(),
        _ => {
            eprintln!("usage: cargo run -p quickstart [-- --live]");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nquickstart: {error}");
            ExitCode::FAILURE
        }
    }
}

fn local() -> Result<(), Box<dyn Error>> {
    let gateway = Gateway::start(Config::new().account(Account::new(ID, KEY)))?;
    let trust = Trust::empty().and_pem(gateway.ca_pem().unwrap_or_default().as_bytes())?;
    // Requests are signed for the service's host, but sent to the gateway's address.
    let client = Client::new(trust)?.connect_to(gateway.addr().to_string());
    let credentials = Credentials::new(ID, KEY)?;
    println!("A local gateway listens on https://{} and accepts one key.", gateway.addr());

    calls::make(&client, credentials)?;
    refusals::make(&client, credentials)?;
    println!("\nAll seven calls were accepted and all five mistakes refused, as expected.");
    Ok(())
}
