//! Malformed bodies, each with its wrong byte.

use tc3_core::response::{Reason, parse};

/// The bytes of a line: `%0a` is the byte 0x0a.
fn unescaped(line: &str) -> Vec<u8> {
    let mut pieces = line.split('%');
    let mut bytes = pieces.next().unwrap().as_bytes().to_vec();
    for piece in pieces {
        bytes.push(u8::from_str_radix(&piece[..2], 16).unwrap());
        bytes.extend(&piece.as_bytes()[2..]);
    }
    bytes
}

#[test]
fn each_malformed_body_is_refused_at_the_wrong_byte() {
    let cases = include_str!("malformed.txt").lines().filter(|line| !line.starts_with('#'));
    let mut checked = 0;
    for line in cases {
        let (reason, marked) = line.split_once(": ").unwrap();
        let mut body = unescaped(marked);
        let at = body.iter().position(|byte| *byte == b'^').unwrap();
        body.remove(at);
        let expected = match reason {
            "Syntax" => format!("{:?}", Reason::Syntax(body[at])),
            reason => reason.to_owned(),
        };
        let refused = parse(&body).map_err(|error| (error.at, format!("{:?}", error.reason)));
        assert_eq!(refused.map(drop), Err((at, expected)), "{line}");
        checked += 1;
    }
    assert_eq!(checked, 88);
}
