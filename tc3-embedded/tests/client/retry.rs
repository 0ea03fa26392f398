//! Only a request with an expired signature is sent again, once, if that is enabled.

use crate::{
    peer::{DONE, Peer, answer, failure, with_head},
    world::{CALL, MODES, Mode, NOW, NoBattery, Rtc, client, peer, request, timeout, wire},
};
use core::{convert::Infallible, ops::ControlFlow};
use tc3_core::{Timestamp, v1};
use tc3_embedded::client::{Buffers, Client};

const DATE: &str = "Date: Sat, 21 Nov 2026 17:39:42 GMT\r\n";
/// An hour later than the clock.
const CORRECT: u64 = NOW + 3_600;

const EXPIRED: &str = "the service answered AuthFailure.SignatureExpire: no (request id 7f-3c)";

fn expired(fields: &str) -> String {
    with_head("200 OK", fields, &failure("AuthFailure.SignatureExpire"))
}

struct Outcome {
    /// The body of the reply, or the sentence of the error.
    result: String,
    /// The timestamps of the requests that arrived.
    times: Vec<u64>,
    /// What the clock shows afterwards.
    clock: Result<u64, NoBattery>,
    reusable: bool,
}

fn call(mode: Mode, mut client: Client<'static, Rtc>, answers: &[String]) -> Outcome {
    let timeout = timeout();
    let mut wire = wire(Peer::new(answers), &timeout);
    let (mut head, mut body) = ([0; 1024], [0; 256]);
    let outcome = mode.call(&mut client, &mut wire, &request(), Buffers::new(&mut head, &mut body));
    let result = match outcome {
        Ok(reply) => String::from_utf8_lossy(reply.body()).into_owned(),
        Err(error) => error.to_string(),
    };
    let times = peer(&wire).requests().iter().map(|(head, _)| timestamp(head)).collect();
    Outcome { result, times, clock: client.clock().now, reusable: wire.is_reusable() }
}

fn timestamp(head: &str) -> u64 {
    let (_, rest) = head.split_once("X-TC-Timestamp: ").unwrap();
    rest.split_once("\r\n").unwrap().0.parse().unwrap()
}

#[test]
fn after_an_expired_signature_the_clock_is_set_and_the_request_signed_again() {
    for mode in MODES {
        let outcome = call(*mode, client().correcting_clock(), &[expired(DATE), answer(DONE)]);
        assert_eq!(outcome.result, DONE);
        assert_eq!(outcome.times, [NOW, CORRECT]);
        assert_eq!(outcome.clock, Ok(CORRECT));
        assert!(outcome.reusable);
    }
}

#[test]
fn a_signature_that_expires_twice_is_not_made_a_third_time() {
    let later = "Date: Sat, 21 Nov 2026 18:39:42 GMT\r\n";
    for mode in MODES {
        let answers = [expired(DATE), expired(later), answer(DONE)];
        let outcome = call(*mode, client().correcting_clock(), &answers);
        assert_eq!(outcome.result, EXPIRED);
        assert_eq!(outcome.times, [NOW, CORRECT]);
        assert_eq!(outcome.clock, Ok(CORRECT));
    }
}

#[test]
fn by_default_nothing_is_sent_again_and_the_clock_is_not_set() {
    for mode in MODES {
        let outcome = call(*mode, client(), &[expired(DATE), answer(DONE)]);
        assert_eq!(outcome.result, EXPIRED);
        assert_eq!(outcome.times, [NOW]);
        assert_eq!(outcome.clock, Ok(NOW));
        assert!(outcome.reusable);
    }
}

#[test]
fn no_other_failure_is_retried() {
    const CODES: [&str; 8] = [
        "AuthFailure.SignatureFailure",
        "AuthFailure.SignatureExpired",
        "AuthFailure.TokenFailure",
        "RequestLimitExceeded",
        "InternalError",
        "ServiceUnavailable",
        "InvalidParameter",
        "LimitExceeded",
    ];
    for mode in MODES {
        for code in CODES {
            let refused = with_head("200 OK", DATE, &failure(code));
            let outcome = call(*mode, client().correcting_clock(), &[refused, answer(DONE)]);
            assert!(outcome.result.contains(code));
            assert_eq!((outcome.times, outcome.clock), (vec![NOW], Ok(NOW)));
        }
        for page in [with_head("503 Busy", DATE, "busy"), with_head("200 OK", DATE, "busy")] {
            let outcome = call(*mode, client().correcting_clock(), &[page, answer(DONE)]);
            assert_eq!((outcome.times, outcome.clock), (vec![NOW], Ok(NOW)), "{}", outcome.result);
        }
    }
}

#[test]
fn a_missing_malformed_or_too_early_date_does_not_set_the_clock() {
    let fields = [
        "",
        "Date: yesterday\r\n",
        "Date: \r\n",
        "X-Date: Sat, 21 Nov 2026 17:39:42 GMT\r\n",
        "Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n",
        "Date: Wed, 31 Dec 2025 23:59:59 GMT\r\n",
    ];
    for mode in MODES {
        for fields in fields {
            let outcome = call(*mode, client().correcting_clock(), &[expired(fields), answer(DONE)]);
            assert_eq!(outcome.result, EXPIRED);
            assert_eq!((outcome.times, outcome.clock), (vec![NOW], Ok(NOW)), "{fields}");
        }
        let floor = Timestamp::from_unix(NOW - 1).unwrap();
        let earlier = expired("Date: Sat, 21 Nov 2026 16:39:40 GMT\r\n");
        let outcome = call(*mode, client().floor(floor).correcting_clock(), &[earlier, answer(DONE)]);
        assert_eq!((outcome.times, outcome.clock), (vec![NOW], Ok(NOW)));
    }
}

#[test]
fn if_the_clock_cannot_be_set_the_failure_is_returned() {
    for mode in MODES {
        let broken = Client::new(crate::world::signer(), Rtc { now: Ok(NOW), set: Err(NoBattery) });
        let outcome = call(*mode, broken.correcting_clock(), &[expired(DATE), answer(DONE)]);
        assert_eq!(outcome.result, EXPIRED);
        assert_eq!(outcome.times, [NOW]);
    }
}

#[test]
fn if_the_connection_ends_the_clock_is_set_but_nothing_is_sent_again() {
    for mode in MODES {
        let last = expired(&format!("{DATE}Connection: close\r\n"));
        let outcome = call(*mode, client().correcting_clock(), &[last, answer(DONE)]);
        assert_eq!(outcome.result, EXPIRED);
        assert_eq!((outcome.times, outcome.clock), (vec![NOW], Ok(CORRECT)));
        assert!(!outcome.reusable);
    }
}

#[test]
fn a_v1_request_is_signed_again_with_a_new_nonce() {
    let request = CALL.v1(v1::Method::Post, v1::Algorithm::HmacSha256, v1::Params::EMPTY).unwrap();
    for mode in MODES {
        let timeout = timeout();
        let mut wire = wire(Peer::new([expired(DATE), answer(DONE)]), &timeout);
        let (mut head, mut body) = ([0; 1024], [0; 512]);
        let mut drawn = 0;
        let entropy = |bytes: &mut [u8]| {
            drawn += 2;
            bytes.fill(0);
            bytes[7] = drawn;
            Ok::<(), Infallible>(())
        };
        let buffers = Buffers::new(&mut head, &mut body);
        mode.call_v1(&mut client().correcting_clock(), &mut wire, &request, entropy, buffers).unwrap();
        let requests = peer(&wire).requests();
        let forms: Vec<_> = requests.iter().map(|(_, form)| String::from_utf8_lossy(form)).collect();
        assert_eq!(forms.len(), 2);
        assert!(forms[0].contains("&Nonce=1&") && forms[0].contains(&format!("&Timestamp={NOW}&")));
        assert!(forms[1].contains("&Nonce=2&") && forms[1].contains(&format!("&Timestamp={CORRECT}&")));
    }
}

#[test]
fn only_the_pieces_of_the_second_answer_are_handed_out() {
    for mode in MODES {
        let timeout = timeout();
        let mut wire = wire(Peer::new([expired(DATE), answer(DONE)]), &timeout);
        let (mut head, mut body) = ([0; 1024], [0; 256]);
        let mut pieces = Vec::new();
        let mut store = |piece: &[u8]| {
            pieces.push(piece.to_vec());
            ControlFlow::Continue(())
        };
        let buffers = Buffers::new(&mut head, &mut body).in_pieces(&mut store);
        mode.call(&mut client().correcting_clock(), &mut wire, &request(), buffers).unwrap();
        assert_eq!(pieces, [DONE.as_bytes()]);
    }
}
