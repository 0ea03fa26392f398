//! Answers larger than their buffer are refused or handed out in pieces.

use crate::{
    peer::{DONE, Kind, Server, Way, answer, chunked, failure, with_head},
    world::{Mode, Signature, World, in_each_variant},
};
use tc3_core::v1::Method;

/// An envelope of this length.
fn envelope(len: usize) -> String {
    let frame = r#"{"Response":{"Data":""}}"#.len();
    format!(r#"{{"Response":{{"Data":"{}"}}}}"#, "x".repeat(len - frame))
}

/// Fields of a head that announces events.
const EVENTS: &str = "Content-Type: Text/Event-Stream; charset=utf-8\r\n";

#[test]
fn events_are_handed_out_as_they_come_and_an_error_among_them_is_a_failure() {
    let line = |code| format!("data: {}\n\n", failure(code));
    let (failed, dry_run, long) = (line("InternalError"), line("DryRunOperation"), "x".repeat(506));
    let refused = "the service answered InternalError: no (request id 7f-3c)";
    let wide = format!("data: {}\n\n", "y".repeat(392));
    for (body, pieces, result) in [
        // The buffer is full before the read is stored.
        (wide.repeat(3), vec![&*wide; 3], ""),
        ("data: 1\n\ndata: 2\n\n".to_owned(), vec!["data: 1\n\n", "data: 2\n\n"], ""),
        (
            "id: 1\r\ndata: 1\r\n\r\n: ping\n\n\ndata: 2".to_owned(),
            vec!["id: 1\r\ndata: 1\r\n\r\n", ": ping\n\n", "\n", "data: 2"],
            "",
        ),
        (format!("data: 1\n\n{failed}data: 3\n\n"), vec!["data: 1\n\n"], refused),
        (format!("id: 1\n{failed}"), vec![], refused),
        (dry_run.clone(), vec![&dry_run], ""),
        // The second piece begins with what looks like a failure, within a line.
        (format!("data: {long}{failed}"), vec![], ""),
        (failure("InternalError"), vec![], refused),
    ] {
        for most in [7, 20, 256] {
            let server = |answer| Server { max_read: Some(most), ..Server::new([answer]) };
            let answers = [
                with_head("200 OK", EVENTS, &body),
                chunked(&body, 7).replacen("\r\n", &format!("\r\n{EVENTS}"), 1),
            ];
            for answer in answers {
                let (found, shown) = in_each_variant(|mode, signature| {
                    let mut world = World::new(mode, signature, server(answer.clone())).in_pieces(usize::MAX);
                    (world.result(), world.pieces.take())
                });
                assert_eq!(found, result, "{body}");
                let shown: Vec<_> = shown.iter().map(|piece| String::from_utf8_lossy(piece)).collect();
                if pieces.is_empty() && result.is_empty() {
                    assert_eq!(shown.concat(), body);
                } else {
                    assert_eq!(shown, pieces, "{body}, {most} bytes a read");
                }
            }
        }
        // Without pieces, the whole stream is judged.
        let (whole, _, _) = call(&with_head("200 OK", EVENTS, &body), 2048, None);
        assert_eq!(whole, if result.is_empty() { &*body } else { result });
    }
    // Before the stream ends, with a buffer that it does not fill.
    let open = with_head("200 OK", EVENTS, "data: 1\n\ndata: 2\n\n.");
    let silent = Server::new([&open]).failing(Way::In, open.len() - 1, Kind::Silence);
    let mut world = World::new(Mode::Blocking, Signature::Tc3, silent).in_pieces(usize::MAX);
    assert!(world.result().starts_with("connection failed: timed out"));
    assert_eq!(world.pieces.take().len(), 2);
}

#[test]
fn events_and_the_verdict_depend_neither_on_the_buffer_nor_on_the_reads() {
    let refused = "the service answered A.B: no (request id 7f-3c)";
    let cut = "connection failed: ConnectionReset; HTTP status 200, code A.B (request id 7f-3c): ";
    for (end, last) in
        [("\n", "\n"), ("\r\n", "\r\n"), ("\r", "\r"), ("\r", "\r\n"), ("\r\n", "\r"), ("\n", "\r")]
    {
        // The long event has a line that is longer than a failure.
        let long = format!("id: {}{end}data: 2{end}{last}", "x".repeat(90));
        let events =
            [format!("data: 1{end}{last}"), long, last.to_owned(), format!(": 3{end}data:{end}{last}")];
        let line = failure("A.B");
        for (rest, is_cut, verdict) in [
            (String::new(), false, ""),
            (format!("data: 4{end}"), false, ""),
            (format!("data: {line}{end}{last}data: 5{end}"), false, refused),
            (format!("id: 4{end}data: {line}{end}{last}."), true, refused),
            // Without the empty line.
            (format!("id: 4{end}data:{line}{end}"), false, refused),
            (format!("data: {line}"), false, refused),
            (format!("data:{line}{end}"), true, cut),
            (line.clone(), false, refused),
            (format!("{line}{end}{last}"), false, refused),
            (line.clone(), true, cut),
            (line[..line.len() - 2].to_owned(), true, cut),
        ] {
            let body = events.concat() + &rest;
            let open = with_head("200 OK", EVENTS, &(body.clone() + "."));
            let open =
                if is_cut { open[..open.len() - 1].to_owned() } else { with_head("200 OK", EVENTS, &body) };
            let shown = if verdict.is_empty() { &*rest } else { "" };
            // A failure has to fit.
            let least = if verdict.is_empty() { 1 } else { rest.len() };
            let rooms = (least..=events[1].len() + 1).flat_map(|room| [1, 256].map(|most| (room, most)));
            for (room, most) in rooms.chain((1..=256).map(|most| (512, most))) {
                let server = Server { max_read: Some(most), ..Server::new([&*open]) };
                let server = if is_cut { server.failing(Way::In, open.len(), Kind::Reset) } else { server };
                let world = World::new(Mode::Blocking, Signature::Tc3, server).buffers(512, room);
                let mut world = world.in_pieces(usize::MAX);
                let row = format!("{body:?} in {room} bytes, {most} a read");
                assert_eq!(world.result(), verdict, "{row}");
                let pieces = world.pieces.take();
                let events = events.iter().map(|event| &**event).chain([shown]);
                let expected: Vec<_> = events.flat_map(|event| event.as_bytes().chunks(room)).collect();
                assert_eq!(pieces, expected, "{row}");
            }
        }
    }
}

/// Makes a call with a buffer for a body of this length. Returns the body or the sentence of the error, the pieces
/// until the one at which the caller stops, and whether the connection is reusable.
fn call(answer: &str, room: usize, stop: Option<usize>) -> (String, Vec<String>, bool) {
    in_each_variant(|mode, signature| {
        // The form of a POST does not fit a small buffer.
        let is_post = signature == Signature::V1(Method::Post);
        let signature = if is_post && room < 512 { Signature::V1(Method::Get) } else { signature };
        let world = World::new(mode, signature, Server::new([answer])).buffers(1024, room);
        let mut world = stop.into_iter().fold(world, World::in_pieces);
        let result = world.result();
        let pieces = world.pieces.take().into_iter().map(|piece| String::from_utf8(piece).unwrap());
        (result, pieces.collect(), world.wire.is_reusable())
    })
}

#[test]
fn pieces_are_as_long_as_the_buffer_and_only_the_last_is_shorter() {
    let sizes = [1, 30, 31, 255, 256, 257]
        .into_iter()
        .flat_map(|room| [24, 30, 31, 60, 61, 62, 90, 300, 512, 514, 1000].map(|len| (room, len)));
    for (room, len) in sizes.chain([(1024, 100 * 1024)]) {
        let body = envelope(len);
        for answer in [answer(&body), chunked(&body, 10), chunked(&body, 1024), chunked(&body, 200_000)] {
            let expected: Vec<_> =
                body.as_bytes().chunks(room).map(|piece| str::from_utf8(piece).unwrap().to_owned()).collect();
            let (result, pieces, _) = call(&answer, room, Some(usize::MAX));
            // A body that fits the buffer is also in the reply.
            assert_eq!(result, if len <= room { &*body } else { "" }, "{len} bytes in pieces of {room}");
            assert_eq!(pieces, expected, "{len} bytes in pieces of {room}");
        }
    }
}

#[test]
fn only_a_success_is_handed_out_and_a_failure_that_does_not_fit() {
    let failure = failure("RequestLimitExceeded");
    let refused = "the service answered RequestLimitExceeded: no (request id 7f-3c)";
    // The last piece alone would parse as a failure.
    let spaced = format!("{}{failure}", " ".repeat(failure.len()));
    let (fits, busy) = (failure.len(), "busy".repeat(1_000));
    let status = |status: &str, body: &str| format!("HTTP status {status}: {}", &body[..body.len().min(64)]);
    let malformed =
        "HTTP status 200, but the answer is not an object with `Response` in it (byte 0): <html></html>";
    for (answer, room, expected, handed_out) in [
        (answer(&failure), fits, refused.to_owned(), ""),
        (chunked(&failure, 10), fits, refused.to_owned(), ""),
        (answer(&failure), fits - 1, String::new(), &*failure),
        (chunked(&failure, 10), fits - 1, String::new(), &*failure),
        (answer(&spaced), fits, String::new(), &*spaced),
        (with_head("502 Bad", "", DONE), 64, status("502 (request id 7f-3c)", DONE), ""),
        (with_head("302 Found", "", &busy), 64, status("302, not from the service", &busy), ""),
        (answer("<html></html>"), 64, malformed.to_owned(), ""),
        (with_head("200 OK", "Content-Type: text/event-stream\r\n", ""), 64, String::new(), ""),
    ] {
        let (result, pieces, _) = call(&answer, room, Some(usize::MAX));
        assert_eq!((result, &*pieces.concat()), (expected, handed_out), "{answer}");
    }
}

#[test]
fn the_caller_can_stop_at_any_piece() {
    let body = envelope(1000);
    // At the last piece, the whole answer was received.
    for (room, stop, is_reusable) in [(100, 0, false), (100, 3, false), (100, 9, true), (1000, 0, true)] {
        let (result, pieces, reusable) = call(&answer(&body), room, Some(stop));
        assert_eq!(result, format!("stopped by the caller after {} bytes of body", room * stop));
        assert_eq!((pieces.len(), reusable), (stop, is_reusable), "{room}, {stop}");
    }
}

#[test]
fn an_answer_larger_than_its_buffer_is_refused_with_both_sizes() {
    let body = envelope(300);
    let (length, chunks) = (answer(&body), chunked(&body, 100));
    for (answer, room, stop, size) in [
        (&length, 299, None, 300),
        (&chunks, 299, None, 300),
        (&length, 0, Some(0), 1),
        (&length, 0, None, 300),
    ] {
        let refused = format!(
            "answer refused: body of at least {size} bytes, more than the {room} allowed; HTTP status 200: "
        );
        let (result, pieces, reusable) = call(answer, room, stop);
        assert!(result.starts_with(&refused), "{result}");
        assert_eq!((pieces, reusable), (vec![], false));
    }
    for (len, outcome) in [
        (52_428_800, "connection closed after 0 of 52428800 bytes of body; HTTP status 200: "),
        (
            52_428_801,
            "answer refused: body of at least 52428801 bytes, more than the 52428800 allowed; HTTP status 200: ",
        ),
    ] {
        let endless = format!("HTTP/1.1 200 OK\r\nContent-Length: {len}\r\n\r\n");
        assert_eq!(call(&endless, 512, Some(9)), (outcome.to_owned(), vec![], false));
    }
}
