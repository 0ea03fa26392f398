//! A whole call without TLS: signs a POST of JSON, sends it, receives the answer and writes its id.
#![no_std]
#![no_main]

use footprint::{fixture, image, server};
use tc3_core::{ContentType, Signer};
use tc3_embedded::client::Buffers;

image!(|_, out| {
    let call = fixture::api().ok()?.action(fixture::action()).region(fixture::region());
    let request = call.text(ContentType::JsonUtf8, fixture::body()).ok()?;
    let mut signer = Signer::new(fixture::credentials().ok()?);
    let (mut head, mut body) = ([0; 512], [0; 512]);
    let buffers = Buffers::new(&mut head, &mut body);
    let reply = server::client()?.call(&mut server::connection(), &mut signer, &request, buffers);
    server::write_id(reply.ok()?, out)
});
