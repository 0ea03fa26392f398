//! A whole call without TLS with signature v1 and HmacSHA256: signs a POST, sends it, receives the answer and writes
//! its id.
#![no_std]
#![no_main]

use core::convert::Infallible;

use footprint::{fixture, image, server};
use tc3_core::{ParamValue, Signer, v1};
use tc3_embedded::{client::Buffers, entropy};

static LIMIT: i64 = 20;
static RANDOM: u8 = 7;

image!(|_, out| {
    let mut params = [("Offset", ParamValue::Int(0)), ("Limit", ParamValue::Int(fixture::read(&LIMIT)))];
    let params = v1::Params::sorted(&mut params).ok()?;
    let call = fixture::api().ok()?.action(fixture::action()).region(fixture::region());
    let request = call.v1(v1::Method::Post, v1::Algorithm::HmacSha256, params).ok()?;
    let mut signer = Signer::new(fixture::credentials().ok()?);
    let mut entropy = entropy::from_fn(|bytes| {
        bytes.fill(fixture::read(&RANDOM));
        Ok::<_, Infallible>(())
    });
    let (mut head, mut body) = ([0; 512], [0; 512]);
    let buffers = Buffers::new(&mut head, &mut body);
    let connection = &mut server::connection();
    let reply = server::client()?.call_v1(connection, &mut signer, &request, &mut entropy, buffers);
    server::write_id(reply.ok()?, out)
});
