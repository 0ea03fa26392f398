//! How answers end, and what of a connection is left then.

use crate::{
    peer::{DONE, Kind, Peer, Way, answer, failure, with_head},
    world::{Error, LIMIT, MODES, Mode, Wire, client, due, layer, peer, request, wire},
};
use core::ops::ControlFlow;
use tc3_core::response::{Advice, Reason};
use tc3_embedded::{
    client::{Buffers, CallError, Connection, ExchangeError},
    http::ResponseError,
};

fn call(mode: Mode, wire: &mut Wire<'_>, check: impl FnOnce(Result<&[u8], Error<'_>>)) {
    let (mut head, mut body) = ([0; 1024], [0; 256]);
    let buffers = Buffers::new(&mut head, &mut body);
    check(mode.call(&mut client(), wire, &request(), buffers).map(|reply| reply.body()));
}

fn is_spent(mode: Mode, wire: &mut Wire<'_>) {
    assert!(!wire.is_reusable());
    let sent = peer(wire).got.len();
    call(mode, wire, |outcome| {
        assert_eq!(outcome, Err(CallError::Exchange(ExchangeError::Spent)));
    });
    assert_eq!(peer(wire).got.len(), sent, "sent on a connection that is spent");
}

#[test]
fn a_body_that_ends_with_the_connection_needs_an_end_that_is_proved() {
    let until_close = format!("HTTP/1.1 200 OK\r\n\r\n{DONE}");
    for mode in MODES {
        let due = due();
        let mut plain = wire(Peer::new([&until_close]), &due);
        call(*mode, &mut plain, |outcome| {
            assert_eq!(outcome, Err(CallError::Exchange(ExchangeError::Unproven)));
        });
        is_spent(*mode, &mut plain);

        due.arm(LIMIT);
        let mut proved = Connection::authenticated(layer(Peer::new([&until_close]), &due));
        call(*mode, &mut proved, |outcome| assert_eq!(outcome.unwrap(), DONE.as_bytes()));
        is_spent(*mode, &mut proved);
    }
}

#[test]
fn of_a_body_whose_end_is_not_proved_nothing_is_handed_out() {
    let until_close = format!("HTTP/1.1 200 OK\r\n\r\n{}", "x".repeat(1000));
    for mode in MODES {
        let due = due();
        let mut plain = wire(Peer::new([&until_close]), &due);
        let (mut head, mut body) = ([0; 1024], [0; 64]);
        let mut never = |_: &[u8]| -> ControlFlow<()> { panic!("handed out") };
        let buffers = Buffers::new(&mut head, &mut body).in_pieces(&mut never);
        let outcome = mode.call(&mut client(), &mut plain, &request(), buffers);
        assert_eq!(outcome, Err(CallError::Exchange(ExchangeError::Unproven)));
    }
}

#[test]
fn a_proved_end_in_the_middle_of_an_answer_is_not_its_end() {
    for mode in MODES {
        let due = due();
        let cut = &answer(DONE)[..answer(DONE).len() - 1];
        let mut proved = Connection::authenticated(layer(Peer::new([cut]), &due));
        call(*mode, &mut proved, |outcome| {
            let truncated = ResponseError::BodyTruncated { received: 33, expected: 34 };
            assert_eq!(outcome, Err(CallError::Exchange(ExchangeError::Response(truncated))));
        });
    }
}

#[test]
fn an_answer_that_ends_the_connection_spends_it() {
    for mode in MODES {
        let due = due();
        let last = with_head("200 OK", "Connection: close\r\n", DONE);
        let mut wire = wire(Peer::new([last, answer(DONE)]), &due);
        call(*mode, &mut wire, |outcome| assert_eq!(outcome.unwrap(), DONE.as_bytes()));
        is_spent(*mode, &mut wire);
    }
}

#[test]
fn more_than_was_asked_for_spends_the_connection() {
    for mode in MODES {
        let due = due();
        let mut wire = wire(Peer::new([answer(DONE) + "HTTP/1.1 200 OK\r\n", answer(DONE)]), &due);
        call(*mode, &mut wire, |outcome| assert_eq!(outcome.unwrap(), DONE.as_bytes()));
        is_spent(*mode, &mut wire);
    }
}

#[test]
fn a_failure_of_the_service_leaves_the_connection_alone() {
    for mode in MODES {
        let due = due();
        let mut wire = wire(Peer::new([answer(&failure("InternalError")), answer(DONE)]), &due);
        call(*mode, &mut wire, |outcome| {
            let error = outcome.unwrap_err();
            assert_eq!(error.advice(), Some(Advice::RetryIdempotent));
            let said = "the service answered InternalError: no (request id 7f-3c)";
            assert_eq!(error.to_string(), said);
        });
        call(*mode, &mut wire, |outcome| assert_eq!(outcome.unwrap(), DONE.as_bytes()));
    }
}

#[test]
fn a_connection_that_was_closed_while_idle_is_told() {
    for mode in MODES {
        let due = due();
        let first = answer(DONE);
        let at = first.len();
        let mut wire = wire(Peer::new([first, answer(DONE)]).failing(Way::In, at, Kind::Close), &due);
        call(*mode, &mut wire, |outcome| assert!(outcome.is_ok()));
        call(*mode, &mut wire, |outcome| {
            let closed = ExchangeError::Response(ResponseError::NoResponse);
            assert_eq!(outcome, Err(CallError::Exchange(closed)));
        });
        is_spent(*mode, &mut wire);
    }
}

/// The status is told, whatever else is wrong with the page.
#[test]
fn a_status_outside_2xx_is_told_unless_the_service_speaks() {
    let long = "x".repeat(1000);
    let pages = [
        (with_head("502 Bad Gateway", "", "<html></html>"), 502, true),
        (with_head("502 Bad Gateway", "", DONE), 502, true),
        (with_head("304 Not Modified", "", ""), 304, true),
        (with_head("503 Busy", "", &long), 503, false),
        (format!("HTTP/1.1 404 Not Found\r\n\r\n{long}"), 404, false),
        ("HTTP/1.1 500 \r\nContent-Length: 9\r\n\r\nbroken".to_owned(), 500, false),
        ("HTTP/1.1 500 \r\nTransfer-Encoding: chunked\r\n\r\n!".to_owned(), 500, false),
    ];
    for mode in MODES {
        for (page, status, reusable) in &pages {
            let due = due();
            let mut wire = wire(Peer::new([page]), &due);
            call(*mode, &mut wire, |outcome| {
                let Err(CallError::Status(reply)) = outcome else { panic!("{outcome:?}") };
                assert_eq!(reply.status(), *status);
                assert!(reply.head().starts_with(b"HTTP/1.1 "));
                assert!(
                    page.as_bytes().windows(reply.body().len().max(1)).any(|of| of.starts_with(reply.body()))
                );
            });
            assert_eq!(wire.is_reusable(), *reusable, "{page}");
        }
        let due = due();
        let refused = with_head("400 Bad Request", "", &failure("InvalidAction"));
        let mut wire = wire(Peer::new([refused]), &due);
        call(*mode, &mut wire, |outcome| {
            assert_eq!(outcome.unwrap_err().advice(), Some(Advice::FixRequest));
        });
    }
}

#[test]
fn a_2xx_without_an_envelope_is_no_success() {
    let answers = [
        (answer("<html></html>"), Reason::NotEnvelope),
        (answer(""), Reason::Truncated),
        (answer(r#"{"Response":{}"#), Reason::Truncated),
        ("HTTP/1.1 204 No Content\r\n\r\n".to_owned(), Reason::Truncated),
    ];
    for mode in MODES {
        for (answer, reason) in &answers {
            let due = due();
            let mut wire = wire(Peer::new([answer]), &due);
            call(*mode, &mut wire, |outcome| {
                let Err(CallError::NotAnAnswer(malformed, _)) = outcome else { panic!("{outcome:?}") };
                assert_eq!(malformed.reason, *reason);
            });
        }
    }
}

#[cfg(feature = "async")]
#[test]
fn a_call_that_is_dropped_in_the_middle_spends_the_connection() {
    use core::{
        pin::pin,
        task::{Context, Waker},
    };
    let due = due();
    let mut wire = wire(Peer::new([answer(DONE)]).failing(Way::Out, 100, Kind::Silence), &due);
    let (mut head, mut body) = ([0; 1024], [0; 64]);
    let (mut client, request) = (client(), request());
    {
        let buffers = Buffers::new(&mut head, &mut body);
        let mut call = pin!(client.call_async(&mut wire, &request, buffers));
        assert!(call.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    }
    assert_eq!(peer(&wire).got.len(), 100);
    is_spent(Mode::Async, &mut wire);
    assert!(head.iter().all(|byte| *byte == 0), "a token stays behind");
}
