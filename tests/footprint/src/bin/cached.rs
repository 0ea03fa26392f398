//! Signs a POST of JSON a second time, with the key and the first block of the canonical request cached.
#![no_std]
#![no_main]

use core::mem::ManuallyDrop;

use footprint::{fixture, image};
use tc3_core::{CachingSha256, ContentType, Signer};

image!(|meter, out| {
    let call = fixture::api().ok()?.action(fixture::action()).region(fixture::region());
    let request = call.text(ContentType::JsonUtf8, fixture::body());
    let request = request.as_ref().ok()?;
    // Never dropped, because wiping the signer is not part of a signature.
    let mut signer = ManuallyDrop::new(Signer::with_hash(fixture::credentials().ok()?, CachingSha256::new()));
    let now = fixture::now().ok()?;
    signer.sign(request, now);
    meter.start();
    let signed = signer.sign(request, now);
    Some(signed.authorization().encode(out).ok()?.len())
});
