//! Five mistakes, with the error of each.

use crate::{
    calls::describe,
    show::{self, Unexpected},
};
use std::error::Error;
use tc3_core::{Credentials, ParamValue, Signer, Timestamp, v1};
use tc3_std::{CallError, Client, Message, SystemClock, nonce};

pub(crate) fn make(client: &Client, credentials: Credentials<'_>) -> Result<(), Box<dyn Error>> {
    tampered_body(client, credentials)?;
    wrong_key(client)?;
    wrong_clock(client, credentials)?;
    unnamed_algorithm(client, credentials)?;
    oversized_form(credentials)
}

fn tampered_body(client: &Client, credentials: Credentials<'_>) -> Result<(), Box<dyn Error>> {
    show::title("Refused: a body changed after signing");
    let request = describe().json(r#"{"Limit":10}"#)?;
    let signed = Signer::new(credentials).sign(&request, SystemClock.now()?);
    let tampered = Message::from(signed).with_body(&br#"{"Limit":99}"#[..]);
    refused("AuthFailure.SignatureFailure", client.call(tampered))
}

fn wrong_key(client: &Client) -> Result<(), Box<dyn Error>> {
    show::title("Refused: the wrong key");
    let request = describe().json("{}")?;
    let wrong = Credentials::new(crate::ID, "Gu5t9xGARNpq86cd98joQYCN3ANOTHER")?;
    let signed = Signer::new(wrong).sign(&request, SystemClock.now()?);
    refused("AuthFailure.SignatureFailure", client.call(signed))
}

fn wrong_clock(client: &Client, credentials: Credentials<'_>) -> Result<(), Box<dyn Error>> {
    show::title("Refused: a clock 301 seconds slow");
    let request = describe().json("{}")?;
    // The gateway reads its clock later, so the difference is 301 s or more.
    let slow = Timestamp::from_unix(SystemClock.now()?.unix().saturating_sub(301))?;
    let signed = Signer::new(credentials).sign(&request, slow);
    refused("AuthFailure.SignatureExpire", client.call(signed))
}

fn unnamed_algorithm(client: &Client, credentials: Credentials<'_>) -> Result<(), Box<dyn Error>> {
    show::title("Refused: HmacSHA256 without SignatureMethod, in a request edited by hand");
    let request = describe().v1(v1::Method::Get, v1::Algorithm::HmacSha256, v1::Params::EMPTY)?;
    let signed = Signer::new(credentials).sign_v1(&request, SystemClock.now()?, nonce()?)?;
    let head = signed.head().to_string().replace("&SignatureMethod=HmacSHA256", "");
    refused("AuthFailure.SignatureFailure", client.call(Message::dangerous_raw(head, &[])))
}

fn oversized_form(credentials: Credentials<'_>) -> Result<(), Box<dyn Error>> {
    show::title(
        "Refused before it is sent: a v1 form over 1 MiB, which the service would report as a wrong signature",
    );
    let large = "a".repeat(1024 * 1024);
    let params = [("Data", ParamValue::Text(&large))];
    let request =
        describe().v1(v1::Method::Post, v1::Algorithm::HmacSha256, v1::Params::unsorted(&params)?)?;
    match Signer::new(credentials).sign_v1(&request, SystemClock.now()?, nonce()?) {
        Ok(_) => Err(Box::new(Unexpected::new("a refusal", "a signature"))),
        Err(invalid) => {
            show::block("x", invalid);
            Ok(show::expect("the service's limit is 1048576", invalid)?)
        }
    }
}

fn refused<T>(code: &str, outcome: Result<T, CallError>) -> Result<(), Box<dyn Error>> {
    match outcome {
        Err(CallError::Service(failure)) => {
            show::block("<", String::from_utf8_lossy(failure.reply.body()));
            println!("  advice: {:?}", failure.advice);
            Ok(show::expect(code, failure.code)?)
        }
        Err(other) => Err(other.into()),
        Ok(_) => Err(Box::new(Unexpected::new(code, "an acceptance"))),
    }
}
