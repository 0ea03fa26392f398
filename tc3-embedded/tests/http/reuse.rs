//! Several responses on one connection.

use tc3_embedded::http::{Limits, ResponseParser};

use crate::recorded::{End, RECORDED, recorded};
use crate::replay::{HEAD, Outcome, replay, replay_with};

#[test]
fn bytes_after_a_response_are_left_in_the_input() {
    for recorded in RECORDED.iter().filter(|recorded| recorded.end != End::UntilClose) {
        let mut both = recorded.bytes.to_vec();
        both.extend_from_slice(b"HTTP/1.1 500 Next\r\n\r\n");
        let found = replay(&[&both]);
        assert_eq!((found.outcome, found.left), (Outcome::Done, 21), "{}", recorded.name);
    }
}

#[test]
fn two_responses_in_one_input_are_parsed_one_after_the_other() {
    for first in RECORDED.iter().filter(|recorded| recorded.end != End::UntilClose) {
        for second in RECORDED {
            let both = [first.bytes, second.bytes].concat();
            let mut buffer = [0; HEAD];
            let mut parser = ResponseParser::new(&mut buffer, Limits::DEFAULT);
            let found = replay_with(&mut parser, &[&both]);
            assert_eq!(found.body, first.body, "{}", first.name);
            let rest = &both[both.len() - found.left..];
            parser.reset();
            let context = format!("{} after {}", second.name, first.name);
            assert_eq!(replay_with(&mut parser, &[rest]), replay(&[second.bytes]), "{context}");
        }
    }
}

#[test]
fn a_reset_clears_the_error_and_the_fields() {
    let mut buffer = [0; HEAD];
    let mut parser = ResponseParser::new(&mut buffer, Limits::DEFAULT);
    replay_with(&mut parser, &[b"HTTP/1.1 200 OK\r\nDate: x\r\nContent-Length: 3\r\n\r\n{}"]);
    parser.end_of_stream().unwrap_err();
    parser.reset();
    assert_eq!((parser.date(), parser.head_bytes()), (None, &b""[..]));
    let again = recorded("an answer with its length");
    assert_eq!(replay_with(&mut parser, &[again.bytes]), replay(&[again.bytes]));
}

#[test]
fn no_connection_is_reusable_before_its_response_is_complete() {
    let whole = recorded("an answer with its length").bytes;
    for at in 0..whole.len() {
        assert!(!replay(&[&whole[..at]]).reusable, "at {at}");
    }
}
