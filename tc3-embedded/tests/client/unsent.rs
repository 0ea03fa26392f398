//! Errors before anything is sent: clock, randomness, buffers, body.

use crate::{
    peer::{DONE, Server, StreamError, answer},
    world::{
        CALL, LIMIT, MODES, Mode, NOW, Signature, World, at, by_mode, clock, in_each_variant, request, signer,
    },
};
use tc3_core::{BufferTooSmall, ContentType, HashedPayload, Invalid, Limit, ParamValue, v1};
use tc3_embedded::{
    client::{Buffers, CallError, Client, ExchangeError, Upload},
    clock::{ClockError, OffsetClock, OffsetError, RELEASED},
    entropy::{self, EntropyError},
    http::RequestError,
    signer::SignError,
};

const POST: Signature = Signature::V1(v1::Method::Post);

fn world(mode: Mode, signature: Signature) -> World {
    World::new(mode, signature, Server::new([answer(DONE)]))
}

/// Checks that nothing was sent and the connection is still reusable.
fn assert_untouched(world: World) {
    assert_eq!(world.peer.borrow().got.len(), 0, "bytes sent");
    let clock = clock(&world.time, NOW);
    let mut usable = World { request: request(), v1_request: None, ..world }.buffers(1024, 512);
    usable.client = Client::new(clock);
    usable.arm(LIMIT);
    usable.call().unwrap();
}

#[test]
fn nothing_is_signed_or_sent_with_an_impossible_time() {
    const LAST: u64 = 253_402_300_799;
    let before = |now, floor| ClockError::BeforeFloor { now: at(now), floor };
    let late = at(NOW + 1);
    for (now, floor, expected) in [
        (None, RELEASED, ClockError::Source(OffsetError::Unset)),
        (Some(RELEASED.unix() - 1), RELEASED, before(RELEASED.unix() - 1, RELEASED)),
        (Some(NOW), late, before(NOW, late)),
        (Some(LAST), RELEASED, ClockError::OutOfRange { now: LAST + 1 }),
    ] {
        in_each_variant(|mode, signature| {
            let mut world = world(mode, signature);
            let clock = match now {
                Some(now) => clock(&world.time, now),
                None => OffsetClock::new(world.time.clone(), RELEASED),
            };
            world.client = Client::new(clock).floor(floor).correcting_clock();
            world.time.pass(if now == Some(LAST) { 1_000 } else { 0 });
            assert_eq!(world.call(), Err(CallError::Clock(expected)));
            assert_eq!(world.draw, 2, "a nonce was drawn without a time");
            assert_eq!(world.client.now().unwrap_err(), expected);
            assert_untouched(world);
        });
    }
}

#[test]
fn nothing_is_sent_without_a_nonce() {
    let request = POST.v1_request().unwrap();
    for mode in MODES {
        let mut world = world(*mode, POST);
        let mut dead = entropy::from_fn(|_| Err(OffsetError::Unset));
        let World { client, signer, wire, head, body, .. } = &mut world;
        let buffers = Buffers::new(head, body);
        let outcome = by_mode!(
            *mode,
            client.call_v1(wire, signer, &request, &mut dead, buffers),
            client.call_v1_async(wire, signer, &request, &mut dead, buffers)
        );
        let expected = EntropyError::Source(OffsetError::Unset);
        assert_eq!(outcome, Some(Err(CallError::Entropy(expected))));
        assert_untouched(world);
    }
}

#[test]
fn a_v1_request_over_a_limit_of_the_service_is_not_sent() {
    let text: &'static str = Box::leak("x".repeat(40_000).into_boxed_str());
    let params = v1::Params::unsorted(Box::leak(Box::new([("Text", ParamValue::Text(text))]))).unwrap();
    let get = CALL.v1(v1::Method::Get, v1::Algorithm::HmacSha256, params).unwrap();
    for mode in MODES {
        let mut world = World { v1_request: Some(get), ..world(*mode, POST) };
        let outcome = world.call();
        let Err(CallError::Signer(SignError::Invalid(Invalid::TooLarge { limit, .. }))) = outcome else {
            panic!("{outcome:?}")
        };
        assert_eq!(limit, Limit::GetUrl);
        assert_untouched(world);
    }
}

#[test]
fn a_buffer_too_small_for_the_request_is_an_error_with_the_length_needed() {
    in_each_variant(|mode, signature| {
        let mut sent = world(mode, signature);
        sent.call().unwrap();
        let (head, form) = sent.peer.borrow().requests().remove(0);
        let too_small = |needed| BufferTooSmall { needed, given: needed - 1 };

        let mut small = world(mode, signature).buffers(head.len() - 1, 512);
        assert_eq!(small.exchange_error(), ExchangeError::HeadBuffer(too_small(head.len())));
        assert_untouched(small);
        if signature == POST {
            let mut small = world(mode, signature).buffers(1024, form.len() - 1);
            assert_eq!(small.exchange_error(), ExchangeError::FormBuffer(too_small(form.len())));
            assert_untouched(small);
        }
    });
}

#[test]
fn a_body_that_is_missing_or_of_another_length_than_signed_is_an_error() {
    let payload = Box::leak(Box::new(HashedPayload::of(b"read twice")));
    let request = CALL.streamed(ContentType::Octets, payload).unwrap();
    for mode in MODES {
        let mut missing = World { request, ..world(*mode, Signature::Tc3) };
        assert_eq!(missing.exchange_error(), ExchangeError::NoBody { declared: 10 });
        assert_untouched(missing);

        for (offer, expected) in [
            ("read", RequestError::MissingBody { declared: 10, sent: 4 }),
            ("read twice!", RequestError::SurplusBody { declared: 10, offered: 11 }),
        ] {
            let mut world = world(*mode, Signature::Tc3);
            let upload = Upload::new(signer().sign(&request, at(NOW)), [offer]);
            let expected: ExchangeError<StreamError> = ExchangeError::Request(expected);
            assert_eq!(world.exchange(upload), Err(CallError::Exchange(expected)));
            assert_eq!(world.peer.borrow().requests(), [], "requests sent");
            world.assert_not_reusable();
        }
    }
}
