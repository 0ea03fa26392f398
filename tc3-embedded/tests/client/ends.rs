//! How answers end, and whether the connection is reusable afterwards.

use crate::{
    peer::{DONE, Kind, Peer, Way, answer, failure, with_head},
    world::{Error, LIMIT, MODES, Mode, Wire, client, layer, peer, request, timeout, wire},
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

fn is_not_reusable(mode: Mode, wire: &mut Wire<'_>) {
    assert!(!wire.is_reusable());
    let sent = peer(wire).got.len();
    call(mode, wire, |outcome| {
        assert_eq!(outcome, Err(CallError::Exchange(ExchangeError::NotReusable)));
    });
    assert_eq!(peer(wire).got.len(), sent, "sent on a connection that is not reusable");
}

#[test]
fn a_body_that_ends_with_the_connection_needs_an_authenticated_end() {
    let until_close = format!("HTTP/1.1 200 OK\r\n\r\n{DONE}");
    for mode in MODES {
        let timeout = timeout();
        let mut plain = wire(Peer::new([&until_close]), &timeout);
        call(*mode, &mut plain, |outcome| {
            assert_eq!(outcome, Err(CallError::Exchange(ExchangeError::UnauthenticatedEnd)));
        });
        is_not_reusable(*mode, &mut plain);

        timeout.arm(LIMIT);
        let mut authenticated = Connection::authenticated(layer(Peer::new([&until_close]), &timeout));
        call(*mode, &mut authenticated, |outcome| assert_eq!(outcome.unwrap(), DONE.as_bytes()));
        is_not_reusable(*mode, &mut authenticated);
    }
}

#[test]
fn a_body_without_an_authenticated_end_is_not_handed_out() {
    let until_close = format!("HTTP/1.1 200 OK\r\n\r\n{}", "x".repeat(1000));
    for mode in MODES {
        let timeout = timeout();
        let mut plain = wire(Peer::new([&until_close]), &timeout);
        let (mut head, mut body) = ([0; 1024], [0; 64]);
        let mut never = |_: &[u8]| -> ControlFlow<()> { panic!("handed out") };
        let buffers = Buffers::new(&mut head, &mut body).in_pieces(&mut never);
        let outcome = mode.call(&mut client(), &mut plain, &request(), buffers);
        assert_eq!(outcome, Err(CallError::Exchange(ExchangeError::UnauthenticatedEnd)));
    }
}

#[test]
fn an_authenticated_end_within_an_answer_is_a_truncation() {
    for mode in MODES {
        let timeout = timeout();
        let cut = &answer(DONE)[..answer(DONE).len() - 1];
        let mut authenticated = Connection::authenticated(layer(Peer::new([cut]), &timeout));
        call(*mode, &mut authenticated, |outcome| {
            let truncated = ResponseError::BodyTruncated { received: 33, expected: 34 };
            assert_eq!(outcome, Err(CallError::Exchange(ExchangeError::Response(truncated))));
        });
    }
}

#[test]
fn after_connection_close_the_connection_is_not_reusable() {
    for mode in MODES {
        let timeout = timeout();
        let last = with_head("200 OK", "Connection: close\r\n", DONE);
        let mut wire = wire(Peer::new([last, answer(DONE)]), &timeout);
        call(*mode, &mut wire, |outcome| assert_eq!(outcome.unwrap(), DONE.as_bytes()));
        is_not_reusable(*mode, &mut wire);
    }
}

#[test]
fn after_surplus_bytes_the_connection_is_not_reusable() {
    for mode in MODES {
        let timeout = timeout();
        let mut wire = wire(Peer::new([answer(DONE) + "HTTP/1.1 200 OK\r\n", answer(DONE)]), &timeout);
        call(*mode, &mut wire, |outcome| assert_eq!(outcome.unwrap(), DONE.as_bytes()));
        is_not_reusable(*mode, &mut wire);
    }
}

#[test]
fn after_a_failure_of_the_service_the_connection_is_reusable() {
    for mode in MODES {
        let timeout = timeout();
        let mut wire = wire(Peer::new([answer(&failure("InternalError")), answer(DONE)]), &timeout);
        call(*mode, &mut wire, |outcome| {
            let error = outcome.unwrap_err();
            assert_eq!(error.advice(), Some(Advice::RetryIdempotent));
            let sentence = "the service answered InternalError: no (request id 7f-3c)";
            assert_eq!(error.to_string(), sentence);
        });
        call(*mode, &mut wire, |outcome| assert_eq!(outcome.unwrap(), DONE.as_bytes()));
    }
}

#[test]
fn a_connection_closed_while_idle_is_an_error() {
    for mode in MODES {
        let timeout = timeout();
        let first = answer(DONE);
        let at = first.len();
        let mut wire = wire(Peer::new([first, answer(DONE)]).failing(Way::In, at, Kind::Close), &timeout);
        call(*mode, &mut wire, |outcome| assert!(outcome.is_ok()));
        call(*mode, &mut wire, |outcome| {
            let closed = ExchangeError::Response(ResponseError::NoResponse);
            assert_eq!(outcome, Err(CallError::Exchange(closed)));
        });
        is_not_reusable(*mode, &mut wire);
    }
}

/// The status is reported, whatever else is wrong with the answer.
#[test]
fn a_status_outside_2xx_is_an_error_unless_it_is_a_failure_of_the_service() {
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
            let timeout = timeout();
            let mut wire = wire(Peer::new([page]), &timeout);
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
        let timeout = timeout();
        let refused = with_head("400 Bad Request", "", &failure("InvalidAction"));
        let mut wire = wire(Peer::new([refused]), &timeout);
        call(*mode, &mut wire, |outcome| {
            assert_eq!(outcome.unwrap_err().advice(), Some(Advice::FixRequest));
        });
    }
}

#[test]
fn a_2xx_without_an_envelope_is_an_error() {
    let answers = [
        (answer("<html></html>"), Reason::NotEnvelope),
        (answer(""), Reason::Truncated),
        (answer(r#"{"Response":{}"#), Reason::Truncated),
        ("HTTP/1.1 204 No Content\r\n\r\n".to_owned(), Reason::Truncated),
    ];
    for mode in MODES {
        for (answer, reason) in &answers {
            let timeout = timeout();
            let mut wire = wire(Peer::new([answer]), &timeout);
            call(*mode, &mut wire, |outcome| {
                let Err(CallError::Malformed(malformed, _)) = outcome else { panic!("{outcome:?}") };
                assert_eq!(malformed.reason, *reason);
            });
        }
    }
}

#[cfg(feature = "async")]
#[test]
fn after_a_dropped_call_the_connection_is_not_reusable() {
    use core::{
        pin::pin,
        task::{Context, Waker},
    };
    let timeout = timeout();
    let mut wire = wire(Peer::new([answer(DONE)]).failing(Way::Out, 100, Kind::Silence), &timeout);
    let (mut head, mut body) = ([0; 1024], [0; 64]);
    let (mut client, request) = (client(), request());
    {
        let buffers = Buffers::new(&mut head, &mut body);
        let mut call = pin!(client.call_async(&mut wire, &request, buffers));
        assert!(call.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    }
    assert_eq!(peer(&wire).got.len(), 100);
    is_not_reusable(Mode::Async, &mut wire);
    assert!(head.iter().all(|byte| *byte == 0), "the head was not wiped");
}
