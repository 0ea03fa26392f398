//! Signs a POST of JSON, and writes the request line and all headers.
#![no_std]
#![no_main]

use footprint::{fixture, image};
use tc3_core::{ContentType, Signer};

image!(|_, out| {
    let call = fixture::api().ok()?.action(fixture::action()).region(fixture::region());
    let request = call.text(ContentType::JsonUtf8, fixture::body()).ok()?;
    let mut signer = Signer::new(fixture::credentials().ok()?);
    let signed = signer.sign(&request, fixture::now().ok()?);
    Some(signed.head().encode(out).ok()?.len())
});
