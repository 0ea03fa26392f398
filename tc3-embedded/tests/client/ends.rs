//! Every way a call can end: error, outcome and advice, and whether the connection is reusable afterwards.

use crate::{
    link,
    peer::{DONE, Kind, Server, Way, answer, chunked, failure, with_head},
    world::{
        CALL, LIMIT, MODES, Mode, NOW, Signature, World, at, call_unbounded, in_each_variant, request, signer,
    },
};
use embedded_io::ErrorKind;
use tc3_core::{ContentType, HashedPayload};
use tc3_embedded::{
    client::{Client, Judgement, Outcome, judge},
    clock::{OffsetClock, RELEASED},
};

/// Bytes that no request asked for.
pub(crate) const SURPLUS: &str = "HTTP/1.1 200 OK\r\n";

/// An answer, the body or the sentence of the error, and whether the connection is reusable.
pub(crate) fn endings() -> Vec<(String, String, bool)> {
    let events = "Content-Type: text/event-stream\r\n";
    let long = "x".repeat(3_000);
    let status = |status, body: &str| format!("HTTP status {status}, not from the service: {body}");
    let malformed = |status, rest| format!("HTTP status {status}, but the answer {rest}");
    let answered = |code| format!("the service answered {code}: no (request id 7f-3c)");
    let early = "ends too early, after 0 bytes: ";
    let html = "is not an object with `Response` in it (byte 0): <html></html>";
    let version = "answer refused: byte 5 of the response: HTTP version is neither 1.0 nor 1.1";
    let too_long =
        "answer refused: body of at least 3000 bytes, more than the 512 allowed; HTTP status 200: ";
    let chunks = "HTTP/1.1 500 \r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n!";
    let endings = [
        (answer(DONE), DONE.to_owned(), true),
        (chunked(DONE, 5), DONE.to_owned(), true),
        (format!("HTTP/1.1 103 Hints\r\n\r\n{}", answer(DONE)), DONE.to_owned(), true),
        (answer(&failure("DryRunOperation")), failure("DryRunOperation"), true),
        (with_head("200 OK", events, "data: {}\n\n"), "data: {}\n\n".to_owned(), true),
        (with_head("200 OK", "Connection: close\r\n", DONE), DONE.to_owned(), false),
        (answer(DONE) + SURPLUS, DONE.to_owned(), false),
        (answer(&failure("InternalError")), answered("InternalError"), true),
        (with_head("400 Bad Request", "", &failure("InvalidAction")), answered("InvalidAction"), true),
        // The status is reported, whatever else is wrong with the answer.
        (with_head("502 Bad", "", DONE), format!("HTTP status 502 (request id 7f-3c): {DONE}"), true),
        (with_head("304 Not Modified", "", ""), status(304, ""), true),
        (with_head("503 Busy", "", &long), status(503, ""), false),
        (format!("HTTP/1.1 404 No\r\n\r\n{long}"), status(404, &long[..512]), false),
        (chunks.to_owned(), status(500, "abc"), false),
        (answer("<html></html>"), malformed(200, html), true),
        (answer(""), malformed(200, early), true),
        ("HTTP/1.1 204 No\r\n\r\n".to_owned(), malformed(204, early), true),
        (format!("HTTP/1.1 200 OK\r\n\r\n{DONE}"), DONE.to_owned(), false),
        ("HTTP/2 200\r\n\r\n".to_owned(), version.to_owned(), false),
        (with_head("200 OK", "", &long), too_long.to_owned(), false),
    ];
    endings.into()
}

#[test]
fn an_answer_is_a_success_or_an_error_and_leaves_the_connection_reusable_or_not() {
    for (answer, expected, reusable) in endings() {
        in_each_variant(|mode, signature| {
            let mut world = World::new(mode, signature, Server::new([answer.clone(), self::answer(DONE)]));
            assert_eq!(world.result(), expected, "{answer}");
            if reusable {
                world.arm(LIMIT);
                assert_eq!(world.result(), DONE, "after {answer}");
            } else {
                world.assert_not_reusable();
            }
        });
    }
}

#[test]
fn a_body_that_ends_with_the_connection_needs_an_authenticated_end_or_to_be_whole() {
    let events = |body| format!("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n{body}");
    let cut =
        "the answer may be truncated: it has no length, and its end is not authenticated; HTTP status 200";
    for (answer, expected) in [
        (format!("HTTP/1.1 200 OK\r\n\r\n{DONE}"), DONE.to_owned()),
        (format!("HTTP/1.1 200 OK\r\n\r\n{DONE} "), format!("{DONE} ")),
        (
            format!("HTTP/1.1 200 OK\r\n\r\n{}", &DONE[..33]),
            format!("{cut} (request id 7f-3c): {}", &DONE[..33]),
        ),
        (events("data: {}\n\n"), format!("{cut}: data: {{}}\n\n")),
        // A whole object, but not the service's.
        ("HTTP/1.1 200 OK\r\n\r\n{\"a\":1}".to_owned(), format!("{cut}: {{\"a\":1}}")),
    ] {
        in_each_variant(|mode, signature| {
            let mut plain = World::new(mode, signature, Server::new([&answer]));
            assert_eq!(plain.result(), expected, "{answer}");
            plain.assert_not_reusable();
        });
    }
    for mode in MODES {
        let ended = call_unbounded(*mode, Server::new([events("data: {}\n\n")]));
        assert_eq!(ended, (Ok("data: {}\n\n".to_owned()), false), "{mode:?}");
    }
}

/// What a call is like, and what it ends in.
type Row = (&'static str, World);

fn used(mode: Mode, server: Server) -> World {
    let mut world = World::new(mode, Signature::Tc3, Server::new([answer(DONE)]));
    world.call().unwrap();
    world.arm(LIMIT);
    world.peer.borrow_mut().continue_as(server);
    world
}

fn rows(mode: Mode) -> Vec<Row> {
    let world = |server| World::new(mode, Signature::Tc3, server);
    let request_head = signer().sign(&request(), at(NOW)).head().len();
    let request = request_head + br#"{"Payload":"on"}"#.len();
    let done = || Server::new([answer(DONE)]);
    let sending = |at, kind| world(done().failing(Way::Out, at, kind));
    let early = |answered: &str, kind| {
        let out = answered.into();
        world(Server { out, ..done().failing(Way::Out, 100, kind) })
    };
    let too_long = answer(&failure("RequestSizeLimitExceeded"));
    let receiving = |of: &str, at, kind| world(Server::new([of]).failing(Way::In, at, kind));
    let head = answer(DONE).len() - DONE.len();
    let padded = with_head("200 OK", "", &format!("{DONE}   "));
    let chunks = chunked(DONE, 34);
    let failed = with_head("200 OK", "", &failure("InternalError"));
    let busy = with_head("503 Busy", "", "busy");
    let ended = failed.len() - failure("InternalError").len();
    let event = format!("data: 1\n\ndata: {}\n", failure("InternalError"));
    let events = |body: &str| with_head("200 OK", "Content-Type: text/event-stream\r\n", body);
    let (event, open) = (events(&event), events(&format!("{event}\n")));
    let cut = |kind| receiving(&open, open.len() - 1, kind).in_pieces(usize::MAX);
    let payload = &*Box::leak(Box::new(HashedPayload::of(b"elsewhere")));
    let elsewhere = CALL.streamed(ContentType::Octets, payload).unwrap();
    let unset = OffsetClock::new(world(done()).time, RELEASED);
    let mut spent = world(done());
    spent.peer.borrow_mut().answers = [with_head("200 OK", "Connection: close\r\n", DONE)].into();
    spent.call().unwrap();
    let malformed = r#"{"Response":{"RequestId":"7f-3c","Total":01}}"#;
    vec![
        ("the clock is not set", world(done()).with(|_| Client::new(unset))),
        ("the clock is before the floor", world(done()).with(|client| client.floor(at(NOW + 1)))),
        ("a buffer is too small", world(done()).buffers(100, 512)),
        ("the request has no body", World { request: elsewhere, ..world(done()) }),
        ("the connection has ended", spent),
        ("reset before the request", sending(0, Kind::Reset)),
        ("closed before the request", sending(0, Kind::Close)),
        ("silent before the request", sending(0, Kind::Silence)),
        ("reset by the first write, which has sent its bytes", sending(0, Kind::Late)),
        ("reset within the head of the request", sending(100, Kind::Reset)),
        ("closed after the head of the request", sending(request_head, Kind::Close)),
        ("reset within the body of the request", sending(request - 1, Kind::Reset)),
        ("silent within the body of the request", sending(request - 1, Kind::Silence)),
        ("answered and reset within the request", early(&too_long, Kind::Reset)),
        ("answered and closed within the request", early(&too_long, Kind::Close)),
        ("answered in part and reset within the request", early(&too_long[..40], Kind::Reset)),
        ("closed before the answer", receiving(&answer(DONE), 0, Kind::Close)),
        ("reset before the answer", receiving(&answer(DONE), 0, Kind::Reset)),
        ("silent before the answer", receiving(&answer(DONE), 0, Kind::Silence)),
        ("closed within the status", receiving(&answer(DONE), 10, Kind::Close)),
        ("closed within the head", receiving(&answer(DONE), 40, Kind::Close)),
        ("reset within the head", receiving(&answer(DONE), 40, Kind::Reset)),
        ("silent after the head", receiving(&answer(DONE), head, Kind::Silence)),
        ("closed within a success", receiving(&answer(DONE), head + 33, Kind::Close)),
        ("reset within a failure, after its code", receiving(&failed, ended + 44, Kind::Reset)),
        ("silent within a failure, after its id", receiving(&failed, failed.len() - 2, Kind::Silence)),
        ("closed after the JSON, before the length", receiving(&padded, padded.len() - 2, Kind::Close)),
        ("reset after the JSON, before the length", receiving(&padded, padded.len() - 2, Kind::Reset)),
        ("silent after the JSON, before the length", receiving(&padded, padded.len() - 2, Kind::Silence)),
        ("closed after the JSON, before the last chunk", receiving(&chunks, chunks.len() - 6, Kind::Close)),
        ("closed within a status without an envelope", receiving(&busy, busy.len() - 1, Kind::Close)),
        ("reset within a status without an envelope", receiving(&busy, busy.len() - 1, Kind::Reset)),
        ("a status without an envelope", world(Server::new([busy]))),
        ("an envelope with another status", world(Server::new([with_head("502 Bad", "", DONE)]))),
        (
            "a failure with another status",
            world(Server::new([with_head("400 No", "", &failure("InvalidAction"))])),
        ),
        ("a failure", world(Server::new([failed]))),
        (
            "a failure that may be repeated later",
            world(Server::new([answer(&failure("RequestLimitExceeded"))])),
        ),
        ("JSON that breaks in the envelope", world(Server::new([answer(malformed)]))),
        ("JSON of another kind", world(Server::new([answer("{}")]))),
        ("not JSON", world(Server::new([answer("<html>")]))),
        ("not HTTP", world(Server::new(["SSH-2.0-x\r\n"]))),
        ("chunks that break in the envelope", world(Server::new([chunks.replace("\r\n0\r\n", "\r\n!")]))),
        ("too large", world(Server::new([answer(&"x".repeat(600))]))),
        ("stopped at the first piece", world(done()).in_pieces(0)),
        (
            "a failure in the last event, without its empty line",
            world(Server::new([event])).in_pieces(usize::MAX),
        ),
        ("closed after a failure in an event, before its empty line", cut(Kind::Close)),
        ("reset after a failure in an event, before its empty line", cut(Kind::Reset)),
        (
            "a used connection, closed before the request",
            used(mode, done().failing(Way::Out, 0, Kind::Close)),
        ),
        (
            "a used connection, reset within the request",
            used(mode, done().failing(Way::Out, 100, Kind::Reset)),
        ),
        ("a used connection, closed before the answer", used(mode, done().failing(Way::In, 0, Kind::Close))),
        ("a used connection, reset before the answer", used(mode, done().failing(Way::In, 0, Kind::Reset))),
        (
            "a used connection, silent before the answer",
            used(mode, done().failing(Way::In, 0, Kind::Silence)),
        ),
        ("a used connection, closed within the status", used(mode, done().failing(Way::In, 1, Kind::Close))),
    ]
}

#[test]
fn every_end_of_a_call_has_its_error_outcome_and_advice() {
    for mode in MODES {
        let mut table = "| a call | ends in | outcome | advice |\n|---|---|---|---|\n".to_owned();
        for (name, kind) in [
            ("the name is not resolved", ErrorKind::AddrNotAvailable),
            ("refused", ErrorKind::ConnectionRefused),
        ] {
            let end = link::undialled(*mode, kind);
            let (error, outcome) = end.split_once("; ").unwrap();
            table += &format!("| {name} | {error} | {} |  |\n", outcome.trim_end_matches("; 0"));
        }
        for (name, mut world) in rows(*mode) {
            let sent = world.peer.borrow().got.len();
            let (ends_in, outcome, advice) = world.end();
            table += &format!("| {name} | {ends_in} | {outcome} | {advice} |\n");
            let sent = world.peer.borrow().got.len() - sent;
            assert!(outcome != "not sent" || sent == 0, "{name}: {sent} bytes were sent");
            let retries = ["try again", "retry"].iter().any(|word| ends_in.contains(word));
            assert!(outcome == "answered" || !retries && advice.is_empty(), "{name}: {ends_in}; {advice}");
        }
        assert_eq!(table, include_str!("ends.md"), "{mode:?}:\n{table}");
    }
    let sentences =
        [Outcome::NotSent, Outcome::Unknown, Outcome::Answered].map(|outcome| outcome.to_string()).join("; ");
    assert_eq!(
        sentences,
        "nothing was sent; the call may have been done: check before you repeat it, or use a ClientToken; the service answered"
    );
}

#[cfg(feature = "async")]
#[test]
fn after_a_dropped_call_the_connection_is_not_reusable_and_the_head_is_wiped() {
    use crate::{
        retry::{DATE, correcting, expired},
        world::{Context, Mode, SIGNATURES},
    };
    for signature in SIGNATURES {
        // Each read, write and flush is pending once, and so is each of the second request.
        for polls in 1.. {
            let _context = Context((signature, polls));
            let server = Server::new([expired(DATE), answer(DONE)]);
            let server = Server { stalling: true, max_write: Some(60), max_read: Some(20), ..server };
            let mut world = correcting(World::new(Mode::Async(polls), signature, server));
            if world.result() == DONE {
                assert!(polls > 20, "done after {polls} polls");
                break;
            }
            world.assert_wiped();
            world.mode = Mode::Async(u64::MAX);
            world.assert_not_reusable();
        }
    }
}

/// Statuses from 200 to 299, then others.
const OK: &[u16] = &[200, 204, 299];
const ERRORS: &[u16] = &[199, 300, 599];

const ENVELOPES: &[Option<&str>] = &[None, Some("application/json"), Some("text/event-stream")];
const EVENTS: &[Option<&str>] =
    &[Some("text/event-stream"), Some("Text/Event-Stream; charset=utf-8"), Some(" TEXT/EVENT-STREAM ;x=y")];
/// Media types that only begin or end like that of an event stream.
const OTHERS: &[Option<&str>] =
    &[Some("text/event-streams"), Some("x-text/event-stream"), Some("text/event"), Some(";"), None];

#[test]
fn status_type_and_body_decide_in_this_order() {
    let (error, dry_run) = (failure("InternalError"), failure("DryRunOperation"));
    let (in_event, after_event) = (format!("id: 1\rdata: {error}\r\r"), format!("data: {{}}\n\n{error}"));
    for (statuses, types, body, expected) in [
        (OK, ENVELOPES, Some(&*error), "service"),
        (ERRORS, ENVELOPES, Some(&*error), "service"),
        (OK, ENVELOPES, Some(&*dry_run), "success"),
        (ERRORS, ENVELOPES, Some(&*dry_run), "status"),
        (OK, ENVELOPES, Some(DONE), "success"),
        (ERRORS, ENVELOPES, Some(DONE), "status"),
        (ERRORS, ENVELOPES, Some(""), "status"),
        // A body that was handed out in pieces.
        (ERRORS, ENVELOPES, None, "status"),
        (OK, ENVELOPES, None, "success"),
        (OK, EVENTS, Some("data: {}\n\n"), "success"),
        (ERRORS, EVENTS, Some(&*in_event), "service"),
        (OK, EVENTS, Some(&*after_event), "service"),
        (OK, OTHERS, Some(&*after_event), "malformed"),
    ] {
        for (status, content_type) in statuses.iter().flat_map(|it| types.iter().map(move |of| (it, of))) {
            let judged = match judge(*status, content_type.map(str::as_bytes), body.map(str::as_bytes)) {
                Judgement::Success => "success",
                Judgement::Service(_) => "service",
                Judgement::Status => "status",
                Judgement::Malformed(_) => "malformed",
            };
            assert_eq!(judged, expected, "{status} {content_type:?} {body:?}");
        }
    }
}
