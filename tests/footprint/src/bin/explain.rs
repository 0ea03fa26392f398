//! Writes the canonical request and the string to sign of a POST of JSON.
#![no_std]
#![no_main]

use footprint::{fixture, image};
use tc3_core::{ContentType, Signer};

image!(|_, out| {
    let call = fixture::api().ok()?.action(fixture::action()).region(fixture::region());
    let request = call.text(ContentType::JsonUtf8, fixture::body()).ok()?;
    let mut signer = Signer::new(fixture::credentials().ok()?);
    let explain = signer.explain(&request, fixture::now().ok()?);
    let canonical = explain.canonical_request().encode(out).ok()?.len();
    let to_sign = explain.string_to_sign().encode(out.get_mut(canonical..)?).ok()?.len();
    canonical.checked_add(to_sign)
});
