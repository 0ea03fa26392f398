//! Calls that succeed send exactly the bytes of the signed request.

use crate::{
    peer::{DONE, Server, answer},
    world::{CALL, MODES, NOW, Signature, World, at, request, signer},
};
use tc3_core::{
    ContentType, Credentials, DaySigner, HashedPayload, Multipart, ParamValue, Part, Query, Signer, api, v1,
};
use tc3_embedded::client::Upload;

fn assert_sent(world: &World, head: &str, body: &[u8]) {
    let peer = world.peer.borrow();
    assert_eq!(peer.requests(), [(head.to_owned(), body.to_owned())]);
    assert_eq!((peer.got.len(), peer.flushed), (head.len() + body.len(), peer.got.len()), "sent and flushed");
}

#[test]
fn a_call_sends_exactly_the_bytes_of_the_signed_request() {
    const PARTS: &[Part<'_>] = &[Part::text("Name", "文件"), Part::file("Data", "a.bin", &[0, 1, 255])];
    for mode in MODES {
        for request in [
            request(),
            CALL.json("").unwrap(),
            CALL.get(Query::params(&[("Name", ParamValue::Text("广州"))]).unwrap()).unwrap(),
            CALL.multipart(Multipart::new("bound", PARTS).unwrap()).unwrap(),
        ] {
            let mut world =
                World { request, ..World::new(*mode, Signature::Tc3, Server::new([answer(DONE)])) };
            let reply = world.call().unwrap();
            assert_eq!((reply.status(), reply.body()), (200, DONE.as_bytes()));
            assert_eq!(reply.request_id().map(|id| id.to_string()), Some("7f-3c".to_owned()));
            assert_eq!(reply.date(), Some(at(NOW)));
            assert_eq!(reply.header("CONTENT-type"), Some(&b"application/json"[..]));
            assert_eq!((reply.header("HTTP/1.1 200 OK"), reply.header("Content")), (None, None));
            let body: Vec<_> = request.body().flatten().copied().collect();
            assert_sent(&world, &signer().sign(&request, at(NOW)).head().to_string(), &body);
        }
        for method in [v1::Method::Get, v1::Method::Post] {
            let mut world = World::new(*mode, Signature::V1(method), Server::new([answer(DONE)]));
            world.draw = 10;
            world.call().unwrap();
            let request = Signature::V1(method).v1_request().unwrap();
            let signed = signer().sign_v1(&request, at(NOW), v1::Nonce::new(5.try_into().unwrap())).unwrap();
            let form = if method == v1::Method::Post { signed.wire().to_string() } else { String::new() };
            assert_sent(&world, &signed.head().to_string(), form.as_bytes());
        }
    }
}

#[test]
fn requests_signed_without_a_client_can_be_exchanged() {
    let credentials = Credentials::new("AKIDEXAMPLE", "key").unwrap();
    let key = Signer::new(credentials).signing_key(&api!("iotcloud", "2021-04-08"), at(NOW));
    let request = request();
    let mut signer = Signer::new(credentials);
    let prepared = signer.prepare(&request);
    let frame: Vec<u8> = (0..=255).cycle().take(5_000).collect();
    let payload = HashedPayload::of(&frame);
    let streamed = CALL.streamed(ContentType::Octets, &payload).unwrap();
    let upload = signer.sign(&streamed, at(NOW));
    for mode in MODES {
        for signed in [
            DaySigner::new(credentials.identity(), &key).sign(&request, at(NOW)).unwrap(),
            signer.sign_prepared(&prepared, at(NOW)),
            request.skip(at(NOW)),
        ] {
            let mut world = World::new(*mode, Signature::Tc3, Server::new([answer(DONE)]));
            world.exchange(signed).unwrap();
            assert_sent(&world, &signed.head().to_string(), br#"{"Payload":"on"}"#);
        }
        // A body that is stored elsewhere is uploaded in pieces.
        let mut world = World::new(*mode, Signature::Tc3, Server::new([answer(DONE)]));
        world.exchange(Upload::new(upload, frame.chunks(300))).unwrap();
        assert_sent(&world, &upload.head().to_string(), &frame);
    }
}
