//! Only a request with an expired signature is sent again, once, if that is enabled.

use crate::{
    peer::{DONE, Server, answer, failure, with_head},
    sequences::http_date,
    world::{MODES, NOW, SIGNATURES, Signature, World, at, in_each_variant},
};
use tc3_embedded::{
    client::Client,
    clock::{OffsetClock, RELEASED, SetClock, UnixClock},
};

pub(crate) const DATE: &str = "Date: Sat, 21 Nov 2026 17:39:42 GMT\r\n";
/// An hour later than the clock.
const CORRECT: u64 = NOW + 3_600;

const EXPIRED: &str = "the service answered AuthFailure.SignatureExpire: no (request id 7f-3c)";

pub(crate) fn expired(fields: &str) -> String {
    with_head("200 OK", fields, &failure("AuthFailure.SignatureExpire"))
}

pub(crate) fn expired_at(date: &str) -> String {
    expired(&format!("Date: {date}\r\n"))
}

/// Makes a call, and compares its result, the timestamps of the requests that arrived, and the time that the
/// clock shows afterwards. Returns whether the connection is reusable.
fn call(change: fn(World) -> World, answers: &[String], (result, times, clock): (&str, &[u64], u64)) -> bool {
    in_each_variant(|mode, signature| {
        let mut world = change(World::new(mode, signature, Server::new(answers)));
        assert_eq!(world.result(), result);
        let sent: Vec<_> = world.peer.borrow().requests().iter().map(timestamp).collect();
        assert_eq!((&*sent, world.client.clock().unix_seconds()), (times, Ok(clock)), "{answers:?}");
        world.wire.is_reusable()
    })
}

/// The order of the two settings does not matter: a test below has the other one.
pub(crate) fn correcting(world: World) -> World {
    world.with(|client| client.correcting_clock().floor(RELEASED))
}

pub(crate) fn timestamp((head, form): &(String, Vec<u8>)) -> u64 {
    let request = head.clone() + &String::from_utf8_lossy(form);
    let (_, rest) = request.split_once("Timestamp: ").or(request.split_once("Timestamp=")).unwrap();
    rest[..NOW.to_string().len()].parse().unwrap()
}

#[test]
fn after_an_expired_signature_the_clock_is_set_and_the_request_signed_again_once() {
    let last = expired(&format!("{DATE}Connection: close\r\n"));
    let later = expired("Date: Sat, 21 Nov 2026 18:39:42 GMT\r\n");
    for (corrects, answers, expected, reusable) in [
        (true, vec![expired(DATE), answer(DONE)], (DONE, &[NOW, CORRECT][..], CORRECT), true),
        (true, vec![expired(DATE), later, answer(DONE)], (EXPIRED, &[NOW, CORRECT], CORRECT), true),
        (true, vec![last, answer(DONE)], (EXPIRED, &[NOW], CORRECT), false),
        (false, vec![expired(DATE), answer(DONE)], (EXPIRED, &[NOW], NOW), true),
    ] {
        let change = if corrects { correcting } else { |world| world };
        assert_eq!(call(change, &answers, expected), reusable, "reusable after {answers:?}");
    }
}

#[test]
fn no_other_failure_is_retried() {
    for code in ["AuthFailure.SignatureFailure", "RequestLimitExceeded", "InternalError"] {
        let sentence = format!("the service answered {code}: no (request id 7f-3c)");
        let refused = with_head("200 OK", DATE, &failure(code));
        call(correcting, &[refused, answer(DONE)], (&sentence, &[NOW], NOW));
    }
    let busy = with_head("503 Busy", DATE, "busy");
    let sentence = "HTTP status 503, not from the service: busy";
    call(correcting, &[busy, answer(DONE)], (sentence, &[NOW], NOW));
}

#[test]
fn a_missing_malformed_too_early_or_too_late_date_does_not_set_the_clock() {
    let unset = (EXPIRED, &[NOW][..], NOW);
    let with_floor = |world: World| world.with(|client| client.floor(at(NOW - 1)).correcting_clock());
    for fields in [
        "",
        "Date: yesterday\r\n",
        "Date: \r\n",
        "X-Date: Sat, 21 Nov 2026 17:39:42 GMT\r\n",
        "Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n",
        // A second before the floor, which is a second before the clock.
        "Date: Sat, 21 Nov 2026 16:39:40 GMT\r\n",
    ] {
        call(with_floor, &[expired(fields), answer(DONE)], unset);
    }
    // Up to ten years after the floor, or up to the ceiling.
    let limited = |world: World| correcting(world.with(|client| client.ceiling(at(CORRECT))));
    for (change, date, is_set) in [
        (with_floor as fn(World) -> World, NOW - 1 + 315_576_000, true),
        (with_floor, NOW + 315_576_000, false),
        (limited, CORRECT, true),
        (limited, CORRECT + 1, false),
    ] {
        let answers = [expired(&http_date(date)), answer(DONE)];
        let set = (DONE, &[NOW, date][..], date);
        call(change, &answers, if is_set { set } else { unset });
    }
    // The clock itself refuses to be set.
    let refusing = |world: World| {
        let mut clock = OffsetClock::new(world.time.clone(), at(NOW));
        clock.set(at(NOW)).unwrap();
        correcting(world.with(|_| Client::new(clock)))
    };
    call(refusing, &[expired("Date: Sat, 21 Nov 2026 16:39:41 GMT\r\n"), answer(DONE)], unset);
}

#[test]
fn the_second_v1_request_has_a_new_nonce_and_only_the_pieces_of_the_second_answer_are_handed_out() {
    for (mode, signature) in MODES.iter().flat_map(|mode| SIGNATURES.map(|signature| (mode, signature))) {
        let server = Server::new([expired(DATE), answer(DONE)]);
        let mut world = correcting(World::new(*mode, signature, server)).in_pieces(usize::MAX);
        world.call().unwrap();
        assert_eq!(world.pieces.take(), [DONE.as_bytes()]);
        let requests = world.peer.borrow().requests();
        for ((head, form), nonce) in requests.iter().zip(["Nonce=1&", "Nonce=2&"]) {
            let request = head.clone() + &String::from_utf8_lossy(form);
            assert_eq!(request.contains(nonce), signature != Signature::Tc3, "{nonce} in {request}");
        }
    }
}
