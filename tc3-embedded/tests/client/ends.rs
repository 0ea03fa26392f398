//! How answers end, and whether the connection is reusable afterwards.

use crate::{
    peer::{DONE, Kind, Peer, Server, Way, answer, failure, with_head},
    stream::Io,
    world::{MODES, World, call_unbounded, in_each_variant},
};
use tc3_core::response::{Advice, Reason};
use tc3_embedded::{
    client::{CallError, Connection, ExchangeError},
    http::ResponseError,
};

#[test]
fn a_body_that_ends_with_the_connection_needs_an_authenticated_end() {
    let until_close = format!("HTTP/1.1 200 OK\r\n\r\n{DONE}");
    in_each_variant(|mode, signature| {
        let mut plain = World::new(mode, signature, Server::new([&until_close])).in_pieces(0);
        assert_eq!(plain.exchange_error(), ExchangeError::UnauthenticatedEnd, "instead of being handed out");
        plain.assert_not_reusable();
    });
    let cut = answer(DONE).len() - 1;
    let truncated = ResponseError::BodyTruncated { received: 33, expected: 34 };
    for (answer, expected) in [
        (&*until_close, Ok(DONE.to_owned())),
        (&answer(DONE)[..cut], Err(ExchangeError::Response(truncated))),
    ] {
        for mode in MODES {
            let peer = Peer::new(Server::new([answer]).into());
            let mut authenticated = Connection::authenticated(Io(peer));
            assert_eq!(call_unbounded(*mode, &mut authenticated), expected);
            assert!(!authenticated.is_reusable(), "{mode:?}");
        }
    }
}

#[test]
fn after_connection_close_or_surplus_bytes_the_connection_is_not_reusable() {
    for last in [with_head("200 OK", "Connection: close\r\n", DONE), answer(DONE) + "HTTP/1.1 200 OK\r\n"] {
        in_each_variant(|mode, signature| {
            let mut world = World::new(mode, signature, Server::new([last.clone(), answer(DONE)]));
            assert_eq!(world.call().unwrap().body(), DONE.as_bytes());
            world.assert_not_reusable();
        });
    }
}

#[test]
fn after_a_failure_of_the_service_the_connection_is_reusable() {
    in_each_variant(|mode, signature| {
        let answers = [answer(&failure("InternalError")), answer(DONE)];
        let mut world = World::new(mode, signature, Server::new(answers));
        let error = world.call().unwrap_err();
        assert_eq!(error.advice(), Some(Advice::RetryIdempotent));
        assert_eq!(error.to_string(), "the service answered InternalError: no (request id 7f-3c)");
        assert_eq!(world.call().unwrap().body(), DONE.as_bytes());
    });
}

#[test]
fn a_connection_closed_while_idle_is_an_error() {
    in_each_variant(|mode, signature| {
        let first = answer(DONE);
        let server = Server::new([&first, &first]).failing(Way::In, first.len(), Kind::Close);
        let mut world = World::new(mode, signature, server);
        world.call().unwrap();
        assert_eq!(world.exchange_error(), ExchangeError::Response(ResponseError::NoResponse));
        world.assert_not_reusable();
    });
}

/// The status is reported, whatever else is wrong with the answer.
#[test]
fn a_status_outside_2xx_is_an_error_unless_it_is_a_failure_of_the_service() {
    let long = "x".repeat(1000);
    let pages = [
        (with_head("502 Bad Gateway", "", "<html></html>"), 502, "<html></html>", true),
        (with_head("502 Bad Gateway", "", DONE), 502, DONE, true),
        (with_head("304 Not Modified", "", ""), 304, "", true),
        (with_head("503 Busy", "", &long), 503, "", false),
        (format!("HTTP/1.1 404 Not Found\r\n\r\n{long}"), 404, "", false),
        ("HTTP/1.1 500 \r\nContent-Length: 9\r\n\r\nbroken".to_owned(), 500, "broken", false),
        ("HTTP/1.1 500 \r\nTransfer-Encoding: chunked\r\n\r\n!".to_owned(), 500, "", false),
    ];
    for (page, status, body, reusable) in &pages {
        in_each_variant(|mode, signature| {
            let mut world = World::new(mode, signature, Server::new([page]));
            let outcome = world.call();
            let Err(CallError::Status(reply)) = outcome else { panic!("{outcome:?}") };
            assert_eq!((reply.status(), String::from_utf8_lossy(reply.body())), (*status, (*body).into()));
            assert!(page.as_bytes().starts_with(reply.head()), "{}", reply.head().escape_ascii());
            assert_eq!(world.wire.is_reusable(), *reusable, "{page}");
        });
    }
    let refused = with_head("400 Bad Request", "", &failure("InvalidAction"));
    in_each_variant(|mode, signature| {
        let mut world = World::new(mode, signature, Server::new([&refused]));
        assert_eq!(world.call().unwrap_err().advice(), Some(Advice::FixRequest));
    });
}

#[test]
fn a_2xx_without_an_envelope_is_an_error() {
    for (answer, reason) in [
        (answer("<html></html>"), Reason::NotEnvelope),
        (answer(""), Reason::Truncated),
        (answer(r#"{"Response":{}"#), Reason::Truncated),
        ("HTTP/1.1 204 No Content\r\n\r\n".to_owned(), Reason::Truncated),
    ] {
        in_each_variant(|mode, signature| {
            let mut world = World::new(mode, signature, Server::new([&answer]));
            let outcome = world.call();
            let Err(CallError::Malformed(malformed, _)) = outcome else { panic!("{outcome:?}") };
            assert_eq!(malformed.reason, reason);
        });
    }
}

#[cfg(feature = "async")]
#[test]
fn after_a_dropped_call_the_connection_is_not_reusable_and_the_head_is_wiped() {
    use crate::world::{Mode, SIGNATURES};
    for signature in SIGNATURES {
        for at in [0, 1, 100, 300] {
            let server = Server::new([answer(DONE)]).failing(Way::Out, at, Kind::Silence);
            let mut world = World::new(Mode::Async(3), signature, server);
            assert_eq!(world.try_call(), None);
            assert_eq!(world.peer.borrow().got.len(), at);
            assert_eq!(world.head.iter().find(|byte| **byte != 0), None, "in the wiped head");
            world.mode = Mode::Async(u64::MAX);
            world.assert_not_reusable();
        }
    }
}
