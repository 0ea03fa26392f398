//! Header fields are read from the bytes of a head.

use crate::{HEAD, model};
use tc3_embedded::http::{Fields, Limits, ResponseParser};

const HEADERS: &[u8] = b"HTTP/1.1 200 Date: not this\r\nX-Date: nor this\r\nDate:\t one \r\n\
    date: two\r\nX-Empty: \t \r\nContent-Type: text/plain; charset=\"a:b\"\r\nX-Latin: \xe9\r\n\
    Content-Length: 1\r\n\r\n";

/// Feeds a head to a parser until the end of the stream, and passes the parser on.
fn parsed(head: &[u8], check: impl FnOnce(&mut ResponseParser<'_>)) {
    let mut buffer = "authorization: of the request before. ".repeat(HEAD / 38).into_bytes();
    let mut parser = ResponseParser::new(&mut buffer, Limits::DEFAULT);
    model::replay_with(&mut parser, &[head]);
    check(&mut parser);
}

#[test]
fn the_first_field_of_a_name_is_found_ignoring_case() {
    parsed(HEADERS, |parser| {
        for (name, value) in [
            ("DATE", Some(&b"one"[..])),
            ("x-empty", Some(b"")),
            ("x-latin", Some(b"\xe9")),
            ("x-absent", None),
            ("", None),
        ] {
            assert_eq!(parser.header(name), value, "{name}");
        }
        assert_eq!(parser.date(), Some("one"));
        assert_eq!(parser.content_type(), Some("text/plain; charset=\"a:b\""));
        assert_eq!(parser.head_bytes(), HEADERS);
    });
}

#[test]
fn a_value_that_is_not_utf_8_is_available_as_bytes_only() {
    parsed(b"HTTP/1.1 200 OK\r\nDate: \xff\r\nContent-Type: \xff\r\n\r\n", |parser| {
        assert_eq!((parser.date(), parser.content_type()), (None, None));
        assert_eq!(parser.header("date"), Some(&b"\xff"[..]));
    });
}

#[test]
fn an_incomplete_head_has_no_fields_and_debug_output_no_older_bytes_of_the_buffer() {
    parsed(b"HTTP/1.1 200 OK\r\nDate: now\r\n", |parser| {
        assert_eq!((parser.headers().count(), parser.head_bytes().len()), (0, 28));
    });
    parsed(b"HTTP/1.1 2", |parser| {
        let shown = format!("{parser:?}");
        assert!(shown.contains("buffer: \"HTTP/1.1 2\","), "{shown}");
        assert!(!shown.contains("request before"), "{shown}");
    });
}

#[test]
fn fields_are_read_from_the_head_of_a_request_as_well_and_debug_omits_values() {
    let head = b"GET /?host:x HTTP/1.1\r\nX-Latin: \xe9\r\nHOST:\t localhost:8443 \r\n\r\nhost: body\r\n";
    assert_eq!(Fields::of(head).value("host"), Some(&b"localhost:8443"[..]));
    let names: Vec<_> = Fields::of(head).map(|field| field.name).collect();
    assert_eq!(names, [&b"X-Latin"[..], b"HOST"]);
    assert_eq!(Fields::of(b"GET / HTTP/1.1").next(), None);
    assert_eq!(Fields::of(b"").next(), None);

    let mut fields = Fields::of(b"GET / HTTP/1.1\r\nX-TC-Token: secret\r\n\r\n");
    assert_eq!(format!("{fields:?}"), "Fields { rest: 22, .. }");
    assert_eq!(format!("{:?}", fields.next().unwrap()), "HeaderField(X-TC-Token: 6 bytes)");
}
