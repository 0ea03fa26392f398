//! Signs a POST of JSON for the service's nearest host.
#![no_std]
#![no_main]

use footprint::{Meter, OUT, fixture, image};
use tc3_core::{ContentType, Host, Signer};

image!(sign);

fn sign(_: &mut Meter, out: &mut [u8; OUT]) -> Option<usize> {
    let api = fixture::api_at(|_| Host::Nearest).ok()?;
    let call = api.action(fixture::action()).region(fixture::region());
    let request = call.text(ContentType::JsonUtf8, fixture::body());
    let request = request.as_ref().ok()?;
    let mut signer = Signer::new(fixture::credentials().ok()?);
    let signed = signer.sign(request, fixture::now().ok()?);
    Some(signed.authorization().encode(out).ok()?.len())
}
