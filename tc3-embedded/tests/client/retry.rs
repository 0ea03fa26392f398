//! Only a request with an expired signature is sent again, once, if that is enabled.

use crate::{
    peer::{DONE, Server, answer, failure, with_head},
    world::{MODES, NOW, NoBattery, Rtc, Signature, World, at, client, in_each_variant, signer},
};
use tc3_core::v1::Method;
use tc3_embedded::client::Client;

const DATE: &str = "Date: Sat, 21 Nov 2026 17:39:42 GMT\r\n";
/// An hour later than the clock.
const CORRECT: u64 = NOW + 3_600;

const EXPIRED: &str = "the service answered AuthFailure.SignatureExpire: no (request id 7f-3c)";

fn expired(fields: &str) -> String {
    with_head("200 OK", fields, &failure("AuthFailure.SignatureExpire"))
}

#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    /// The body of the reply, or the sentence of the error.
    result: String,
    /// The timestamps of the requests that arrived.
    times: Vec<u64>,
    /// What the clock shows afterwards.
    clock: Result<u64, NoBattery>,
    reusable: bool,
}

fn outcome(result: &str, times: &[u64], clock: u64) -> Outcome {
    Outcome { result: result.to_owned(), times: times.to_vec(), clock: Ok(clock), reusable: true }
}

fn call(make: impl Fn() -> Client<'static, Rtc>, answers: &[String]) -> Outcome {
    in_each_variant(|mode, signature| {
        let mut world = World::with_client(mode, signature, Server::new(answers), make());
        let result = match world.call() {
            Ok(reply) => String::from_utf8_lossy(reply.body()).into_owned(),
            Err(error) => error.to_string(),
        };
        let times = world.peer.borrow().requests().iter().map(timestamp).collect();
        Outcome { result, times, clock: world.client.clock().now, reusable: world.wire.is_reusable() }
    })
}

fn timestamp((head, form): &(String, Vec<u8>)) -> u64 {
    let request = head.clone() + &String::from_utf8_lossy(form);
    let (_, rest) = request.split_once("Timestamp: ").or(request.split_once("Timestamp=")).unwrap();
    rest[..NOW.to_string().len()].parse().unwrap()
}

#[test]
fn after_an_expired_signature_the_clock_is_set_and_the_request_signed_again() {
    let found = call(|| client().correcting_clock(), &[expired(DATE), answer(DONE)]);
    assert_eq!(found, outcome(DONE, &[NOW, CORRECT], CORRECT));
}

#[test]
fn a_signature_that_expires_twice_is_not_made_a_third_time() {
    let later = "Date: Sat, 21 Nov 2026 18:39:42 GMT\r\n";
    let found = call(|| client().correcting_clock(), &[expired(DATE), expired(later), answer(DONE)]);
    assert_eq!(found, outcome(EXPIRED, &[NOW, CORRECT], CORRECT));
}

#[test]
fn by_default_nothing_is_sent_again_and_the_clock_is_not_set() {
    assert_eq!(call(client, &[expired(DATE), answer(DONE)]), outcome(EXPIRED, &[NOW], NOW));
}

#[test]
fn no_other_failure_is_retried() {
    for code in [
        "AuthFailure.SignatureFailure",
        "AuthFailure.SignatureExpired",
        "AuthFailure.TokenFailure",
        "RequestLimitExceeded",
        "InternalError",
        "ServiceUnavailable",
        "InvalidParameter",
        "LimitExceeded",
    ] {
        let refused = with_head("200 OK", DATE, &failure(code));
        let found = call(|| client().correcting_clock(), &[refused, answer(DONE)]);
        let sentence = format!("the service answered {code}: no (request id 7f-3c)");
        assert_eq!(found, outcome(&sentence, &[NOW], NOW));
    }
    for page in [with_head("503 Busy", DATE, "busy"), with_head("200 OK", DATE, "busy")] {
        let found = call(|| client().correcting_clock(), &[page, answer(DONE)]);
        assert_eq!((found.times, found.clock), (vec![NOW], Ok(NOW)), "{}", found.result);
    }
}

#[test]
fn a_missing_malformed_or_too_early_date_does_not_set_the_clock() {
    for fields in [
        "",
        "Date: yesterday\r\n",
        "Date: \r\n",
        "X-Date: Sat, 21 Nov 2026 17:39:42 GMT\r\n",
        "Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n",
        // A second before the floor, which is a second before the clock.
        "Date: Sat, 21 Nov 2026 16:39:40 GMT\r\n",
    ] {
        let client = || client().floor(at(NOW - 1)).correcting_clock();
        assert_eq!(call(client, &[expired(fields), answer(DONE)]), outcome(EXPIRED, &[NOW], NOW), "{fields}");
    }
}

#[test]
fn if_the_clock_cannot_be_set_the_failure_is_returned() {
    let broken = || Client::new(signer(), Rtc { now: Ok(NOW), set: Err(NoBattery) }).correcting_clock();
    assert_eq!(call(broken, &[expired(DATE), answer(DONE)]), outcome(EXPIRED, &[NOW], NOW));
}

#[test]
fn if_the_connection_ends_the_clock_is_set_but_nothing_is_sent_again() {
    let last = expired(&format!("{DATE}Connection: close\r\n"));
    let found = call(|| client().correcting_clock(), &[last, answer(DONE)]);
    assert_eq!(found, Outcome { reusable: false, ..outcome(EXPIRED, &[NOW], CORRECT) });
}

#[test]
fn a_v1_request_is_signed_again_with_a_new_nonce() {
    for mode in MODES {
        let server = Server::new([expired(DATE), answer(DONE)]);
        let client = client().correcting_clock();
        let mut world = World::with_client(*mode, Signature::V1(Method::Post), server, client);
        world.call().unwrap();
        let requests = world.peer.borrow().requests();
        let forms: Vec<_> = requests.iter().map(|(_, form)| String::from_utf8_lossy(form)).collect();
        assert_eq!(forms.len(), 2);
        for (form, nonce) in forms.iter().zip(["&Nonce=1&", "&Nonce=2&"]) {
            assert!(form.contains(nonce), "{nonce} in {form}");
        }
    }
}

#[test]
fn only_the_pieces_of_the_second_answer_are_handed_out() {
    in_each_variant(|mode, signature| {
        let server = Server::new([expired(DATE), answer(DONE)]);
        let client = client().correcting_clock();
        let mut world = World::with_client(mode, signature, server, client).in_pieces(usize::MAX);
        world.call().unwrap();
        assert_eq!(world.pieces.take(), [DONE.as_bytes()]);
    });
}
