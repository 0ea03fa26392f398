//! Calls that succeed.

use crate::{
    peer::{DONE, Server, answer, chunked, failure, with_head},
    world::{CALL, MODES, Mode, NOW, Signature, World, at, in_each_variant, request, signer, v1_request},
};
use tc3_core::{
    ContentType, Credentials, DaySigner, HashedPayload, Multipart, ParamValue, Part, Query, Request, Signer,
    Timestamp, api, v1,
};
use tc3_embedded::client::Upload;

fn now() -> Timestamp {
    at(NOW)
}

/// Head and body of the request as signed at [`NOW`].
fn signed(request: &Request<'_>) -> Vec<u8> {
    let mut signed = signer().sign(request, now()).head().to_string().into_bytes();
    request.body().for_each(|piece| signed.extend_from_slice(piece));
    signed
}

#[test]
fn a_call_sends_exactly_the_bytes_of_the_signed_request() {
    const PARTS: &[Part<'_>] = &[Part::text("Name", "文件"), Part::file("Data", "a.bin", &[0, 1, 255])];
    let requests = [
        request(),
        CALL.json("").unwrap(),
        CALL.get(Query::params(&[("Name", ParamValue::Text("广州"))]).unwrap()).unwrap(),
        CALL.multipart(Multipart::new("bound", PARTS).unwrap()).unwrap(),
    ];
    for mode in MODES {
        for request in requests {
            let mut world =
                World { request, ..World::new(*mode, Signature::Tc3, Server::new([answer(DONE)])) };
            let reply = world.call().unwrap();
            assert_eq!((reply.status(), reply.body()), (200, DONE.as_bytes()));
            assert_eq!(reply.request_id().map(|id| id.to_string()), Some("7f-3c".to_owned()));
            assert_eq!(reply.date(), Some(now()));
            assert_eq!(reply.header("CONTENT-type"), Some(&b"application/json"[..]));
            assert_eq!(reply.header("HTTP/1.1 200 OK"), None);
            assert_eq!(reply.header("Content"), None);

            let expected = signed(&request);
            let peer = world.peer.borrow();
            assert_eq!(peer.got.escape_ascii().to_string(), expected.escape_ascii().to_string());
            assert_eq!(peer.flushed, expected.len(), "flushed after the whole request");
        }
    }
}

#[test]
fn a_v1_call_is_signed_with_the_drawn_nonce() {
    for mode in MODES {
        for method in [v1::Method::Get, v1::Method::Post] {
            let mut world = World::new(*mode, Signature::V1(method), Server::new([answer(DONE)]));
            world.draw = 10;
            assert_eq!(world.call().unwrap().body(), DONE.as_bytes());

            let (request, nonce) = (v1_request(method), v1::Nonce::new(5.try_into().unwrap()));
            let mut signer = signer();
            let signed = signer.sign_v1(&request, now(), nonce).unwrap();
            let form = if method == v1::Method::Post { signed.wire().to_string() } else { String::new() };
            let peer = world.peer.borrow();
            assert_eq!(peer.requests(), [(signed.head().to_string(), form.into_bytes())]);
            assert_eq!(peer.flushed, peer.got.len(), "flushed after the whole request");
        }
    }
}

#[test]
fn three_calls_share_one_connection() {
    in_each_variant(|mode, signature| {
        let answers = [answer(DONE), chunked(DONE, 5), answer(DONE)];
        let mut world = World::new(mode, signature, Server::new(answers));
        for calls in 1..=3 {
            world.arm();
            assert_eq!(world.call().unwrap().body(), DONE.as_bytes());
            assert_eq!(world.peer.borrow().whole, calls);
            assert!(world.wire.is_reusable(), "after {calls} calls");
        }
    });
}

#[test]
fn requests_signed_without_a_client_can_be_exchanged() {
    let credentials = Credentials::new("AKIDEXAMPLE", "key").unwrap();
    let key = Signer::new(credentials).signing_key(&api!("iotcloud", "2021-04-08"), now());
    let request = request();
    let mut signer = Signer::new(credentials);
    let prepared = signer.prepare(&request);
    let signed = [
        DaySigner::new(credentials.identity(), &key).sign(&request, now()).unwrap(),
        signer.sign_prepared(&prepared, now()),
        request.skip(now()),
    ];
    for mode in MODES {
        for signed in signed {
            let mut world = World::new(*mode, Signature::Tc3, Server::new([answer(DONE)]));
            world.exchange(signed).unwrap();
            assert_eq!(world.peer.borrow().requests()[0].0, signed.head().to_string());
        }
    }
}

#[test]
fn a_body_stored_elsewhere_is_uploaded_in_pieces() {
    let frame: Vec<u8> = (0..=255).cycle().take(5_000).collect();
    let payload = HashedPayload::of(&frame);
    let request = CALL.streamed(ContentType::Octets, &payload).unwrap();
    for mode in MODES {
        let mut world = World::new(*mode, Signature::Tc3, Server::new([answer(DONE)]));
        let upload = Upload::new(crate::world::client().sign(&request).unwrap(), frame.chunks(300));
        world.exchange(upload).unwrap();
        assert_eq!(world.peer.borrow().requests()[0].1, frame);
    }
}

#[test]
fn a_dry_run_and_an_event_stream_are_successes() {
    let events = with_head("200 OK", "content-type:Text/event-stream; charset=utf-8\r\n", "data: {}\n\n");
    for (answer, body) in [
        (answer(&failure("DryRunOperation")), failure("DryRunOperation")),
        (events, "data: {}\n\n".to_owned()),
    ] {
        in_each_variant(|mode, signature| {
            let mut world = World::new(mode, signature, Server::new([&answer]));
            assert_eq!(world.call().unwrap().body(), body.as_bytes());
        });
    }
}

#[test]
fn the_signer_can_be_renewed_and_the_stream_taken_back() {
    let mut world = World::new(Mode::Blocking, Signature::Tc3, Server::new([answer(DONE)]));
    world.client.signer().renew(Credentials::new("AKIDOTHER", "key").unwrap());
    world.call().unwrap();
    let peer = world.wire.into_stream().into_stream().0;
    let head = &peer.borrow().requests()[0].0;
    assert!(head.contains("Credential=AKIDOTHER/"), "{head}");
}
