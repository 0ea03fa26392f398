//! Signs a POST of JSON a second time, with the key of the first.
#![no_std]
#![no_main]

use footprint::{Meter, OUT, fixture, image};
use tc3_core::{ContentType, Signer};

image!(sign);

fn sign(meter: &mut Meter, out: &mut [u8; OUT]) -> Option<usize> {
    let call = fixture::api().ok()?.action(fixture::action()).region(fixture::region());
    let request = call.text(ContentType::JsonUtf8, fixture::body()).ok()?;
    let mut signer = Signer::new(fixture::credentials().ok()?);
    let now = fixture::now().ok()?;
    signer.sign(&request, now);
    meter.start();
    let signed = signer.sign(&request, now);
    Some(signed.authorization().encode(out).ok()?.len())
}
