//! Signs a POST with signature v1 and HmacSHA1, and writes its body.
#![no_std]
#![no_main]

use core::num::NonZeroU64;

use footprint::{Meter, OUT, fixture, image};
use tc3_core::{ParamValue, Signer, v1};

image!(sign_v1);

static LIMIT: i64 = 20;
static NONCE: u64 = 11_886;

fn sign_v1(_: &mut Meter, out: &mut [u8; OUT]) -> Option<usize> {
    let mut params = [("Offset", ParamValue::Int(0)), ("Limit", ParamValue::Int(fixture::read(&LIMIT)))];
    let params = v1::Params::sorted(&mut params).ok()?;
    let call = fixture::api().ok()?.action(fixture::action()).region(fixture::region());
    let request = call.v1(v1::Method::Post, v1::Algorithm::HmacSha1, params).ok()?;
    let nonce = v1::Nonce::new(NonZeroU64::new(fixture::read(&NONCE))?);
    let mut signer = Signer::new(fixture::credentials().ok()?);
    let signed = signer.sign_v1(&request, fixture::now().ok()?, nonce).ok()?;
    Some(signed.wire().encode(out).ok()?.len())
}
