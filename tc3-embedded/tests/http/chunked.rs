//! Generated chunked bodies, against a decoder that is naive on purpose.

use crate::random::Random;
use crate::replay::{Outcome, replay};

const HEAD: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
const EXTENSIONS: [&str; 5] = ["", ";a", ";a=b", " ;a=\"x;y\"", "\t; name = \"\t\""];
const TRAILERS: [&str; 4] = ["", "A: b\r\n", "X-Sum:\r\n", "A: b\r\nC: d, e\t\r\n"];

/// Knows only well-formed bodies, has all of it at hand, and stops at the empty chunk.
fn naive(mut text: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    loop {
        let end = text.windows(2).position(|two| two == b"\r\n").unwrap();
        let line = String::from_utf8(text[..end].to_vec()).unwrap();
        let digits = line.split([';', ' ', '\t']).next().unwrap();
        let size = usize::from_str_radix(digits, 16).unwrap();
        if size == 0 {
            return body;
        }
        body.extend_from_slice(&text[end + 2..end + 2 + size]);
        text = &text[end + 2 + size + 2..];
    }
}

fn chunked(random: &mut Random) -> Vec<u8> {
    let mut text = Vec::new();
    for _ in 0..random.below(6) {
        let size = 1 + random.below(40);
        let zeros = random.below(4);
        let digits = format!("{}{size:x}", "0".repeat(zeros));
        let digits = random.pick(&[digits.as_str(), &digits.to_uppercase()]).to_owned();
        text.extend_from_slice(digits.as_bytes());
        text.extend_from_slice(random.pick(&EXTENSIONS).as_bytes());
        text.extend_from_slice(b"\r\n");
        text.extend((0..size).map(|_| random.byte()));
        text.extend_from_slice(b"\r\n");
    }
    text.extend_from_slice(random.pick(&["0", "000", "0;last"]).as_bytes());
    text.extend_from_slice(b"\r\n");
    text.extend_from_slice(random.pick(&TRAILERS).as_bytes());
    text.extend_from_slice(b"\r\n");
    text
}

#[test]
fn generated_chunks_decode_as_naively_however_they_are_cut() {
    for seed in 0..3000 {
        let mut random = Random::from_seed(seed);
        let text = chunked(&mut random);
        let response = [HEAD.as_bytes(), &text, b"more"].concat();
        let found = replay(&random.pieces(&response));
        assert_eq!((found.outcome, found.left), (Outcome::Done, 4), "seed {seed}");
        assert_eq!(found.body, naive(&text), "seed {seed}");
    }
}
