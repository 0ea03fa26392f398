//! Calls that succeed.

use crate::{
    peer::{DONE, Peer, answer, chunked, failure, with_head},
    world::{CALL, LIMIT, MODES, NOW, client, peer, request, signer, timeout, wire},
};
use core::convert::Infallible;
use tc3_core::{
    ContentType, Credentials, DaySigner, HashedPayload, Multipart, ParamValue, Part, Query, Signer,
    Timestamp, api, v1,
};
use tc3_embedded::client::{Buffers, Upload};

fn now() -> Timestamp {
    Timestamp::from_unix(NOW).unwrap()
}

#[test]
fn a_call_sends_exactly_the_bytes_of_the_signed_request() {
    let query = [("Name", ParamValue::Text("广州"))];
    let parts = [Part::text("Name", "文件"), Part::file("Data", "a.bin", &[0, 1, 255])];
    let form = Box::leak(Box::new(Multipart::new("bound", Box::leak(Box::new(parts))).unwrap()));
    let requests = [
        request(),
        CALL.json("").unwrap(),
        CALL.get(Query::params(Box::leak(Box::new(query))).unwrap()).unwrap(),
        CALL.multipart(*form).unwrap(),
    ];
    for mode in MODES {
        for request in requests {
            let timeout = timeout();
            let mut wire = wire(Peer::new([answer(DONE)]), &timeout);
            let (mut head, mut body) = ([0; 1024], [0; 64]);
            let buffers = Buffers::new(&mut head, &mut body);
            let reply = mode.call(&mut client(), &mut wire, &request, buffers).unwrap();
            assert_eq!((reply.status(), reply.body()), (200, DONE.as_bytes()));
            assert!(reply.request_id().unwrap() == "7f-3c");
            assert_eq!(reply.date(), Some(now()));
            assert_eq!(reply.header("CONTENT-type"), Some(&b"application/json"[..]));
            assert_eq!(reply.header("HTTP/1.1 200 OK"), None);
            assert_eq!(reply.header("Content"), None);

            let mut expected = signer().sign(&request, now()).head().to_string().into_bytes();
            request.body().for_each(|piece| expected.extend_from_slice(piece));
            let peer = peer(&wire);
            assert_eq!(peer.got, expected);
            assert_eq!(peer.flushed, expected.len(), "not flushed after the whole request");
        }
    }
}

#[test]
fn a_v1_call_is_signed_with_the_drawn_nonce() {
    let params = v1::Params::unsorted(&[("Limit", ParamValue::Int(1))]).unwrap();
    for mode in MODES {
        for method in [v1::Method::Get, v1::Method::Post] {
            let request = CALL.v1(method, v1::Algorithm::HmacSha256, params).unwrap();
            let timeout = timeout();
            let mut wire = wire(Peer::new([answer(DONE)]), &timeout);
            let (mut head, mut body) = ([0; 1024], [0; 512]);
            let buffers = Buffers::new(&mut head, &mut body);
            let entropy = |bytes: &mut [u8]| {
                bytes.fill(0);
                bytes[7] = 10;
                Ok::<(), Infallible>(())
            };
            let reply = mode.call_v1(&mut client(), &mut wire, &request, entropy, buffers).unwrap();
            assert_eq!(reply.body(), DONE.as_bytes());

            let nonce = v1::Nonce::new(5.try_into().unwrap());
            let (expected, mut signer) = (request, signer());
            let signed = signer.sign_v1(&expected, now(), nonce).unwrap();
            let form = if method == v1::Method::Post { signed.wire().to_string() } else { String::new() };
            assert_eq!(peer(&wire).requests(), [(signed.head().to_string(), form.into_bytes())]);
        }
    }
}

#[test]
fn three_calls_share_one_connection() {
    for mode in MODES {
        let answers = [answer(DONE).into_bytes(), chunked(DONE.as_bytes(), 5), answer(DONE).into_bytes()];
        let timeout = timeout();
        let mut wire = wire(Peer::new(answers), &timeout);
        let mut client = client();
        let (mut head, mut body) = ([0; 1024], [0; 64]);
        for calls in 1..=3 {
            timeout.arm(LIMIT);
            let buffers = Buffers::new(&mut head, &mut body);
            let reply = mode.call(&mut client, &mut wire, &request(), buffers).unwrap();
            assert_eq!(reply.body(), DONE.as_bytes());
            assert_eq!(peer(&wire).whole, calls);
            assert!(wire.is_reusable());
        }
    }
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
            let timeout = timeout();
            let mut wire = wire(Peer::new([answer(DONE)]), &timeout);
            let (mut head, mut body) = ([0; 1024], [0; 64]);
            mode.exchange(&mut wire, signed, Buffers::new(&mut head, &mut body)).unwrap();
            assert_eq!(peer(&wire).requests()[0].0, signed.head().to_string());
        }
    }
}

#[test]
fn a_body_stored_elsewhere_is_uploaded_in_pieces() {
    let frame: Vec<u8> = (0..=255).cycle().take(5_000).collect();
    let payload = HashedPayload::of(&frame);
    let request = CALL.streamed(ContentType::Octets, &payload).unwrap();
    let mut client = client();
    for mode in MODES {
        let timeout = timeout();
        let mut wire = wire(Peer::new([answer(DONE)]), &timeout);
        let (mut head, mut body) = ([0; 1024], [0; 64]);
        let upload = Upload::new(client.sign(&request).unwrap(), frame.chunks(300));
        mode.exchange(&mut wire, upload, Buffers::new(&mut head, &mut body)).unwrap();
        assert_eq!(peer(&wire).requests()[0].1, frame);
    }
}

#[test]
fn a_dry_run_that_would_have_succeeded_is_a_success() {
    for mode in MODES {
        let timeout = timeout();
        let mut wire = wire(Peer::new([answer(&failure("DryRunOperation"))]), &timeout);
        let (mut head, mut body) = ([0; 1024], [0; 128]);
        mode.call(&mut client(), &mut wire, &request(), Buffers::new(&mut head, &mut body)).unwrap();
    }
}

#[test]
fn an_event_stream_needs_no_envelope() {
    for mode in MODES {
        let timeout = timeout();
        let events = with_head("200 OK", "content-type:Text/event-stream; charset=utf-8\r\n", "data: {}\n\n");
        let mut wire = wire(Peer::new([events]), &timeout);
        let (mut head, mut body) = ([0; 1024], [0; 64]);
        let buffers = Buffers::new(&mut head, &mut body);
        let reply = mode.call(&mut client(), &mut wire, &request(), buffers).unwrap();
        assert_eq!(reply.body(), b"data: {}\n\n");
        assert_eq!(reply.request_id(), None);
    }
}

#[test]
fn the_signer_can_be_renewed_and_the_stream_taken_back() {
    let timeout = timeout();
    let mut wire = wire(Peer::new([answer(DONE)]), &timeout);
    let mut client = client();
    client.signer().renew(Credentials::new("AKIDOTHER", "key").unwrap());
    let (mut head, mut body) = ([0; 1024], [0; 64]);
    client.call(&mut wire, &request(), Buffers::new(&mut head, &mut body)).unwrap();
    let peer = wire.into_stream().0.into_stream();
    assert!(peer.requests()[0].0.contains("Credential=AKIDOTHER/"));
}
