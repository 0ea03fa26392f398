//! Like `call`, asynchronously. Writes the size of the future, which is on the stack here and static under most
//! executors.
#![no_std]
#![no_main]

use core::mem::size_of_val;
use core::pin::pin;
use core::task::{Context, Poll, Waker};

use footprint::{fixture, hex, image, server};
use tc3_core::{ContentType, Signer};
use tc3_embedded::client::Buffers;

image!(|_, out| {
    let call = fixture::api().ok()?.action(fixture::action()).region(fixture::region());
    let request = call.text(ContentType::JsonUtf8, fixture::body()).ok()?;
    let mut signer = Signer::new(fixture::credentials().ok()?);
    let (mut head, mut body) = ([0; 512], [0; 512]);
    let buffers = Buffers::new(&mut head, &mut body);
    let (mut client, mut connection) = (server::client()?, server::connection());
    let future = client.call_async(&mut connection, &mut signer, &request, buffers);
    let size = hex(u32::try_from(size_of_val(&future)).ok()?);
    let Poll::Ready(Ok(reply)) = pin!(future).poll(&mut Context::from_waker(Waker::noop())) else {
        return None;
    };
    let len = server::write_id(reply, out)?;
    out.get_mut(len..)?.iter_mut().zip(b"\nfuture ".iter().chain(&size)).for_each(|(to, from)| *to = *from);
    Some(len.wrapping_add(16))
});
