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
    Client, EnvCredentials,
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
        ["--live"] => live(),
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

fn live() -> Result<(), Box<dyn Error>> {
    live::call(&Client::new(Trust::public())?, EnvCredentials::read()?.credentials()?)
}

fn local() -> Result<(), Box<dyn Error>> {
    let (gateway, client) = start(Account::new(ID, KEY))?;
    let credentials = Credentials::new(ID, KEY)?;
    println!("A local gateway listens on https://{} and accepts one key.", gateway.addr());

    calls::make(&client, credentials)?;
    refusals::make(&client, credentials)?;
    println!("\nAll seven calls were accepted and all five mistakes refused, as expected.");
    Ok(())
}

/// A gateway, and a client that signs for the service's host but sends to the gateway's address.
fn start(account: Account) -> Result<(Gateway, Client), Box<dyn Error>> {
    let gateway = Gateway::start(Config::new().account(account))?;
    let trust = Trust::empty().and_pem(gateway.ca_pem().unwrap_or_default().as_bytes())?;
    let client = Client::new(trust)?.connect_to(gateway.addr().to_string());
    Ok((gateway, client))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    /// The calls are made in another process, whose output can be read.
    #[test]
    fn no_call_prints_key_or_token() -> Result<(), Box<dyn Error>> {
        if env::var_os("PRINTS").is_some() {
            local()?;
            let (_gateway, client) = start(Account::temporary(ID, KEY, "MARKER"))?;
            return live::call(&client, Credentials::temporary(ID, KEY, "MARKER")?);
        }
        let mut calls = Command::new(env::current_exe()?);
        calls.args(["tests::no_call_prints_key_or_token", "--exact", "--nocapture"]).env("PRINTS", "");
        let output = calls.output()?;
        let shown = String::from_utf8(output.stdout)?;
        assert!(output.status.success() && ![KEY, "MARKER"].iter().any(|it| shown.contains(it)), "{shown}");
        assert!(shown.contains("\n> X-TC-Token: ***\n"), "{shown}");
        Ok(())
    }
}
