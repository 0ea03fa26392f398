//! No error, `Debug` output or used buffer contains a key or token.

use crate::{
    peer::{DONE, Kind, Peer, Way, answer, with_head},
    world::{CALL, KEY, MODES, TOKEN, client, request, timeout, wire},
};
use core::{convert::Infallible, fmt::Debug};
use tc3_core::v1;
use tc3_embedded::client::{Buffers, Upload};

fn masked(value: &dyn Debug) {
    for text in [format!("{value:?}"), format!("{value:#?}")] {
        assert!(!text.contains("MARKED"), "{text}");
    }
}

#[test]
#[should_panic(expected = "MARKED-KEY")]
fn the_check_detects_a_key() {
    masked(&KEY);
}

#[test]
fn debug_output_contains_no_secret() {
    let mut client = client();
    masked(&client);
    let request = request();
    masked(&Upload::new(client.sign(&request).unwrap(), [b""]));
    let timeout = timeout();
    let mut wire = wire(Peer::new([answer(DONE)]), &timeout);
    masked(&wire);
    let (mut head, mut body) = ([0; 1024], [0; 64]);
    head[..KEY.len()].copy_from_slice(KEY.as_bytes());
    let buffers = Buffers::new(&mut head, &mut body);
    masked(&buffers);
    // An answer may contain a key.
    let reply = wire.exchange(client.sign(&request).unwrap(), buffers).unwrap();
    masked(&reply);
}

#[test]
fn an_error_with_an_answer_does_not_show_its_head_or_body() {
    for (status, page) in [("502 Bad", KEY.to_owned()), ("200 OK", TOKEN.to_owned())] {
        let timeout = timeout();
        let page = with_head(status, &format!("X-Key: {KEY}\r\n"), &page);
        let mut wire = wire(Peer::new([page]), &timeout);
        let (mut head, mut body) = ([0; 1024], [0; 64]);
        let buffers = Buffers::new(&mut head, &mut body);
        let error = client().call(&mut wire, &request(), buffers).unwrap_err();
        masked(&error);
        masked(&error.to_string());
    }
}

#[test]
fn tokens_and_signatures_are_wiped_from_the_buffers_whether_sending_succeeds_or_not() {
    let form = CALL.v1(v1::Method::Post, v1::Algorithm::HmacSha256, v1::Params::EMPTY).unwrap();
    let entropy = |bytes: &mut [u8]| {
        bytes.fill(1);
        Ok::<(), Infallible>(())
    };
    let (mut head, mut body) = ([0; 1024], [0; 512]);
    for mode in MODES {
        for at in [0, 100, 400, 450, 600, usize::MAX] {
            let timeout = timeout();
            let peer = || Peer::new([answer(DONE)]).failing(Way::Out, at, Kind::Reset);
            let buffers = Buffers::new(&mut head, &mut body);
            let _ = mode.call(&mut client(), &mut wire(peer(), &timeout), &request(), buffers);
            timeout.arm(crate::world::LIMIT);
            let buffers = Buffers::new(&mut head, &mut body);
            let _ = mode.call_v1(&mut client(), &mut wire(peer(), &timeout), &form, entropy, buffers);
            for buffer in [&head[..], &body[..]] {
                let text = String::from_utf8_lossy(buffer);
                assert!(!text.contains("MARKED") && !text.contains("Signature="), "{text}");
            }
        }
    }
}
