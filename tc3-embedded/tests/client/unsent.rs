//! Errors before anything is sent: clock, randomness, buffers, body.

use crate::{
    peer::{DONE, Peer, answer},
    world::{CALL, MODES, Mode, NOW, NoBattery, Rtc, Wire, client, peer, request, signer, timeout, wire},
};
use core::convert::Infallible;
use tc3_core::{BufferTooSmall, ContentType, HashedPayload, Invalid, Limit, ParamValue, Timestamp, v1};
use tc3_embedded::{
    client::{Buffers, CallError, Client, ExchangeError, Upload},
    clock::{self, ClockError},
    entropy::EntropyError,
    http::RequestError,
};

/// Checks that nothing was sent and the connection is still reusable.
fn is_untouched(mode: Mode, wire: &mut Wire<'_>) {
    assert!(peer(wire).got.is_empty());
    let (mut head, mut body) = ([0; 1024], [0; 64]);
    mode.call(&mut client(), wire, &request(), Buffers::new(&mut head, &mut body)).unwrap();
}

#[test]
fn nothing_is_signed_or_sent_with_an_impossible_time() {
    let floor = clock::RELEASED;
    let before_floor = |now| ClockError::BeforeFloor { now: Timestamp::from_unix(now).unwrap(), floor };
    let cases = [
        (Err(NoBattery), ClockError::Source(NoBattery)),
        (Ok(0), before_floor(0)),
        (Ok(floor.unix() - 1), before_floor(floor.unix() - 1)),
        (Ok(NOW * 1000), ClockError::OutOfRange { now: NOW * 1000 }),
    ];
    let form = CALL.v1(v1::Method::Post, v1::Algorithm::HmacSha256, v1::Params::EMPTY).unwrap();
    for mode in MODES {
        for (now, expected) in cases {
            let timeout = timeout();
            let mut wire = wire(Peer::new([answer(DONE)]), &timeout);
            let mut client = Client::new(signer(), Rtc { now, set: Ok(()) }).correcting_clock();
            let (mut head, mut body) = ([0; 1024], [0; 512]);
            let buffers = Buffers::new(&mut head, &mut body);
            let outcome = mode.call(&mut client, &mut wire, &request(), buffers);
            assert_eq!(outcome, Err(CallError::Clock(expected)));
            let buffers = Buffers::new(&mut head, &mut body);
            let never = |_: &mut [u8]| -> Result<(), Infallible> { panic!("nonce drawn without a time") };
            let outcome = mode.call_v1(&mut client, &mut wire, &form, never, buffers);
            assert_eq!(outcome, Err(CallError::Clock(expected)));
            assert_eq!(client.sign(&request()).unwrap_err(), expected);
            is_untouched(*mode, &mut wire);
        }
    }
}

#[test]
fn a_floor_later_than_the_release_is_enforced() {
    let floor = Timestamp::from_unix(NOW + 1).unwrap();
    for mode in MODES {
        let timeout = timeout();
        let mut wire = wire(Peer::new([answer(DONE)]), &timeout);
        let (mut head, mut body) = ([0; 1024], [0; 64]);
        let buffers = Buffers::new(&mut head, &mut body);
        let outcome = mode.call(&mut client().floor(floor), &mut wire, &request(), buffers);
        let early = ClockError::BeforeFloor { now: Timestamp::from_unix(NOW).unwrap(), floor };
        assert_eq!(outcome, Err(CallError::Clock(early)));
        is_untouched(*mode, &mut wire);
    }
}

#[test]
fn nothing_is_sent_without_a_nonce() {
    let form = CALL.v1(v1::Method::Post, v1::Algorithm::HmacSha256, v1::Params::EMPTY).unwrap();
    for mode in MODES {
        let timeout = timeout();
        let mut wire = wire(Peer::new([answer(DONE)]), &timeout);
        let (mut head, mut body) = ([0; 1024], [0; 512]);
        let buffers = Buffers::new(&mut head, &mut body);
        let dead = |_: &mut [u8]| Err(NoBattery);
        let outcome = mode.call_v1(&mut client(), &mut wire, &form, dead, buffers);
        assert_eq!(outcome, Err(CallError::Entropy(EntropyError::Source(NoBattery))));

        let buffers = Buffers::new(&mut head, &mut body);
        let zeros = |bytes: &mut [u8]| {
            bytes.fill(0);
            Ok::<(), NoBattery>(())
        };
        let outcome = mode.call_v1(&mut client(), &mut wire, &form, zeros, buffers);
        assert!(matches!(outcome, Err(CallError::Entropy(EntropyError::Zero { .. }))));
        is_untouched(*mode, &mut wire);
    }
}

#[test]
fn a_v1_request_over_a_limit_of_the_service_is_not_sent() {
    let text: &'static str = Box::leak("x".repeat(40_000).into_boxed_str());
    let pairs = Box::leak(Box::new([("Text", ParamValue::Text(text))]));
    let params = v1::Params::unsorted(pairs).unwrap();
    let get = CALL.v1(v1::Method::Get, v1::Algorithm::HmacSha256, params).unwrap();
    for mode in MODES {
        let timeout = timeout();
        let mut wire = wire(Peer::new([answer(DONE)]), &timeout);
        let (mut head, mut body) = ([0; 1024], [0; 512]);
        let buffers = Buffers::new(&mut head, &mut body);
        let outcome = mode.call_v1(&mut client(), &mut wire, &get, ones, buffers);
        let Err(CallError::Invalid(Invalid::TooLarge { limit, .. })) = outcome else { panic!("{outcome:?}") };
        assert_eq!(limit, Limit::GetUrl);
        is_untouched(*mode, &mut wire);
    }
}

fn ones(bytes: &mut [u8]) -> Result<(), Infallible> {
    bytes.fill(1);
    Ok(())
}

#[test]
fn a_buffer_too_small_for_the_request_is_an_error_with_the_length_needed() {
    let form = CALL.v1(v1::Method::Post, v1::Algorithm::HmacSha256, v1::Params::EMPTY).unwrap();
    let now = Timestamp::from_unix(NOW).unwrap();
    let needed = signer().sign(&request(), now).head().len();
    for mode in MODES {
        let timeout = timeout();
        let mut wire = wire(Peer::new([answer(DONE)]), &timeout);
        let (mut head, mut body) = (vec![0; needed - 1], [0; 64]);
        let buffers = Buffers::new(&mut head, &mut body);
        let outcome = mode.call(&mut client(), &mut wire, &request(), buffers);
        let small = BufferTooSmall { needed, given: needed - 1 };
        assert_eq!(outcome, Err(CallError::Exchange(ExchangeError::HeadBuffer(small))));

        let mut head = [0; 1024];
        let buffers = Buffers::new(&mut head, &mut body);
        let outcome = mode.call_v1(&mut client(), &mut wire, &form, ones, buffers);
        let Err(CallError::Exchange(ExchangeError::FormBuffer(small))) = outcome else {
            panic!("{outcome:?}")
        };
        assert!(small.given == 64 && small.needed > 64);
        is_untouched(*mode, &mut wire);
    }
}

#[test]
fn a_missing_streamed_body_is_an_error_before_the_head_is_sent() {
    let payload = HashedPayload::of(b"read twice");
    let streamed = CALL.streamed(ContentType::Octets, &payload).unwrap();
    let missing = RequestError::MissingBody { declared: 10, sent: 0 };
    for mode in MODES {
        let timeout = timeout();
        let mut wire = wire(Peer::new([answer(DONE)]), &timeout);
        let (mut head, mut body) = ([0; 1024], [0; 64]);
        let buffers = Buffers::new(&mut head, &mut body);
        let outcome = mode.call(&mut client(), &mut wire, &streamed, buffers);
        assert_eq!(outcome, Err(CallError::Exchange(ExchangeError::Request(missing))));
        is_untouched(*mode, &mut wire);
    }
}

#[test]
fn an_upload_of_another_length_than_signed_fails() {
    let payload = HashedPayload::of(b"read twice");
    let streamed = CALL.streamed(ContentType::Octets, &payload).unwrap();
    let mut client = client();
    for mode in MODES {
        let offers = [
            ("read", RequestError::MissingBody { declared: 10, sent: 4 }),
            ("read twice!", RequestError::SurplusBody { declared: 10, offered: 11 }),
        ];
        for (offer, expected) in offers {
            let timeout = timeout();
            let mut wire = wire(Peer::new([answer(DONE)]), &timeout);
            let (mut head, mut body) = ([0; 1024], [0; 64]);
            let upload = Upload::new(client.sign(&streamed).unwrap(), [offer]);
            let outcome = mode.exchange(&mut wire, upload, Buffers::new(&mut head, &mut body));
            assert_eq!(outcome, Err(CallError::Exchange(ExchangeError::Request(expected))));
            assert_eq!(peer(&wire).whole, 0);
            assert!(!wire.is_reusable());
        }
    }
}
