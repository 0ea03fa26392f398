//! Signs a POST of a multipart form, and writes the request line and all headers.
#![no_std]
#![no_main]

use footprint::{fixture, image};
use tc3_core::{Multipart, Part, Signer};

static BOUNDARY: &str = "58731222010402";

image!(|_, out| {
    let parts = [Part::text("Limit", "10"), Part::file("Image", "a.jpg", fixture::body().as_bytes())];
    let form = Multipart::new(fixture::read(&BOUNDARY), &parts).ok()?;
    let call = fixture::api().ok()?.action(fixture::action()).region(fixture::region());
    let request = call.multipart(form).ok()?;
    let mut signer = Signer::new(fixture::credentials().ok()?);
    let signed = signer.sign(&request, fixture::now().ok()?);
    Some(signed.head().encode(out).ok()?.len())
});
