//! `--live`: sends the first call to the real service.

use crate::{calls, show};
use std::error::Error;
use tc3_core::{Credentials, Signer};
use tc3_std::{Client, SystemClock};

pub(crate) fn call(client: &Client, credentials: Credentials<'_>) -> Result<(), Box<dyn Error>> {
    let mut signer = Signer::new(credentials);
    show::title("TC3-HMAC-SHA256: POST JSON to cvm.tencentcloudapi.com");
    let (request, now) = (calls::first()?, SystemClock.now()?);
    let signed = signer.sign(&request, now);
    show::head(&signed);
    show::block("to sign:", signer.explain(&request, now).string_to_sign());
    let reply = client.call(signed)?;
    show::block("<", String::from_utf8_lossy(reply.body()));
    Ok(())
}
