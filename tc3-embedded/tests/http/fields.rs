//! Header fields are read from the bytes of a head.

use tc3_embedded::http::{Event, Fields, Limits, ResponseParser};

use crate::replay::{HEAD, replay, replay_with};

const HEADERS: &[u8] = b"HTTP/1.1 200 Date: not this\r\nX-Date: nor this\r\nDate:\t one \r\n\
    date: two\r\nX-Empty: \t \r\nContent-Type: text/plain; charset=\"a:b\"\r\nX-Latin: \xe9\r\n\
    Content-Length: 1\r\n\r\n";

#[test]
fn the_first_field_of_a_name_is_found_ignoring_case() {
    let mut buffer = [0; HEAD];
    let mut parser = ResponseParser::new(&mut buffer, Limits::DEFAULT);
    replay_with(&mut parser, &[HEADERS]);
    assert_eq!(parser.header("DATE"), Some(&b"one"[..]));
    assert_eq!(parser.date(), Some("one"));
    assert_eq!(parser.content_type(), Some("text/plain; charset=\"a:b\""));
    assert_eq!(parser.header("x-empty"), Some(&b""[..]));
    assert_eq!(parser.header("x-latin"), Some(&b"\xe9"[..]));
    assert_eq!(parser.header("x-absent"), None);
    assert_eq!(parser.header(""), None);
    assert_eq!(parser.head_bytes(), HEADERS);
}

#[test]
fn a_value_that_is_not_utf_8_is_available_as_bytes_only() {
    let mut buffer = [0; HEAD];
    let mut parser = ResponseParser::new(&mut buffer, Limits::DEFAULT);
    let head = b"HTTP/1.1 200 OK\r\nDate: \xff\r\nContent-Type: \xff\r\n\r\n";
    replay_with(&mut parser, &[head]);
    assert_eq!((parser.date(), parser.content_type()), (None, None));
    assert_eq!(parser.header("date"), Some(&b"\xff"[..]));
}

#[test]
fn all_fields_are_listed_in_the_order_received() {
    let found = replay(&[HEADERS]);
    let names: Vec<_> = found.headers.iter().map(|(name, _)| name.as_slice()).collect();
    let expected: [&[u8]; 7] =
        [b"X-Date", b"Date", b"date", b"X-Empty", b"Content-Type", b"X-Latin", b"Content-Length"];
    assert_eq!(names, expected);
    assert_eq!(found.headers[0].1, b"nor this");
}

#[test]
fn an_incomplete_head_has_no_fields() {
    let mut buffer = [0; HEAD];
    let mut parser = ResponseParser::new(&mut buffer, Limits::DEFAULT);
    let mut input = &HEADERS[..HEADERS.len() - 1];
    assert_eq!(parser.feed(&mut input), Ok(Event::NeedMore));
    assert_eq!(parser.headers().count(), 0);
    assert_eq!(parser.head_bytes().len(), HEADERS.len() - 1);
}

#[test]
fn fields_can_be_read_after_the_body_and_after_a_truncation() {
    let mut buffer = [0; HEAD];
    let mut parser = ResponseParser::new(&mut buffer, Limits::DEFAULT);
    replay_with(&mut parser, &[HEADERS, b"{"]);
    assert_eq!(parser.date(), Some("one"));
    parser.reset();
    replay_with(&mut parser, &[HEADERS]);
    parser.end_of_stream().unwrap_err();
    assert_eq!(parser.date(), Some("one"));
}

#[test]
fn the_fields_of_an_interim_response_are_dropped() {
    let interim = b"HTTP/1.1 103 Early Hints\r\nDate: early\r\n\r\nHTTP/1.1 200 OK\r\n\r\n";
    assert_eq!(replay(&[interim]).headers, []);
}

#[test]
fn debug_output_shows_the_received_bytes_and_no_older_ones_of_the_buffer() {
    let mut buffer = *b"authorization: of the request before";
    let mut parser = ResponseParser::new(&mut buffer, Limits::DEFAULT);
    replay_with(&mut parser, &[b"HTTP/1.1 2"]);
    let shown = format!("{parser:?}");
    assert!(shown.contains("buffer: \"HTTP/1.1 2\","), "{shown}");
    assert!(!shown.contains("request before"), "{shown}");
}

#[test]
fn fields_are_read_from_the_head_of_a_request_as_well() {
    let head = b"GET /?host:x HTTP/1.1\r\nX-Latin: \xe9\r\nHOST:\t localhost:8443 \r\n\r\nhost: body\r\n";
    assert_eq!(Fields::of(head).value("host"), Some(&b"localhost:8443"[..]));
    let names: Vec<_> = Fields::of(head).map(|field| field.name).collect();
    assert_eq!(names, [&b"X-Latin"[..], b"HOST"]);
    assert_eq!(Fields::of(b"GET / HTTP/1.1").next(), None);
    assert_eq!(Fields::of(b"").next(), None);
}

#[test]
fn debug_output_of_a_field_omits_its_value() {
    let mut fields = Fields::of(b"GET / HTTP/1.1\r\nX-TC-Token: secret\r\n\r\n");
    assert_eq!(format!("{fields:?}"), "Fields { rest: 22, .. }");
    assert_eq!(format!("{:?}", fields.next().unwrap()), "HeaderField(X-TC-Token: 6 bytes)");
}
