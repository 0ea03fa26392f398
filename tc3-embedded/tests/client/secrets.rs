//! No error, `Debug` output or used buffer contains a key or token.

use crate::{
    peer::{DONE, Kind, Server, Way, answer, with_head},
    world::{KEY, MODES, Mode, NOW, SIGNATURES, Signature, TOKEN, World, at, request, signer},
};
use core::fmt::Debug;
use tc3_core::{Credentials, Signer};
use tc3_embedded::client::{Buffers, Upload};

pub(crate) fn masked(value: &dyn Debug) {
    for text in [format!("{value:?}"), format!("{value:#?}")] {
        assert!(!text.contains("MARKED"), "{text}");
    }
}

/// Linux lets a process read its own memory from a file, including memory that Rust has freed.
#[cfg(target_os = "linux")]
pub(crate) fn memory_of<T>(value: *const T) -> Vec<u8> {
    use std::{fs::File, hint::black_box, os::unix::fs::FileExt};
    let mut bytes = vec![0; size_of::<T>()];
    let at = black_box(value).addr().try_into().unwrap();
    File::open("/proc/self/mem").unwrap().read_exact_at(&mut bytes, at).unwrap();
    bytes
}

#[test]
fn debug_output_contains_no_secret() {
    let request = request();
    let signed = signer().sign(&request, at(NOW));
    masked(&Upload::new(signed, [b""]));
    masked(&Buffers::new(&mut KEY.to_owned().into_bytes(), &mut TOKEN.to_owned().into_bytes()));
    // An answer may contain a key.
    let body = format!(r#"{{"Response":{{"Key":"{KEY}","RequestId":"7f-3c"}}}}"#);
    let mut world = World::new(Mode::Blocking, Signature::Tc3, Server::new([answer(&body)]));
    masked(&world.client);
    masked(&world.wire);
    masked(&world.exchange(signed).unwrap());
}

#[test]
fn an_error_with_an_answer_does_not_show_its_head_or_body() {
    for (status, page) in [("502 Bad", KEY), ("200 OK", TOKEN)] {
        let page = with_head(status, &format!("X-Key: {KEY}\r\n"), page);
        let mut world = World::new(Mode::Blocking, Signature::Tc3, Server::new([page]));
        let error = world.call().unwrap_err();
        masked(&error);
        masked(&error.to_string());
    }
}

#[test]
fn tokens_and_signatures_are_wiped_from_the_buffers_whether_sending_succeeds_or_not() {
    let token: &str = "MARKED-TOKEN-".repeat(240).leak();
    for mode in MODES {
        for signature in SIGNATURES {
            for stop in [0, 100, 400, 450, 600, 3_000, usize::MAX] {
                let server = Server::new([answer(DONE)]).failing(Way::Out, stop, Kind::Reset);
                let mut world = World::new(*mode, signature, server).buffers(4096, 4096);
                world.signer = Signer::new(Credentials::temporary("AKIDEXAMPLE", KEY, token).unwrap());
                let _ = world.call();
                world.assert_wiped();
            }
        }
    }
}
