//! Generated chunked bodies, compared with a naive decoder.

use crate::random::Random;
use crate::replay::{Outcome, replay};

const HEAD: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
const EXTENSIONS: [&str; 5] = ["", ";a", ";a=b", " ;a=\"x;y\"", "\t; name = \"\t\""];
const TRAILERS: [&str; 4] = ["", "A: b\r\n", "X-Sum:\r\n", "A: b\r\nC: d, e\t\r\n"];

/// Decodes a whole, well-formed chunked body up to the last chunk.
fn naive(mut encoded: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    loop {
        let end = encoded.windows(2).position(|two| two == b"\r\n").unwrap();
        let line = String::from_utf8(encoded[..end].to_vec()).unwrap();
        let digits = line.split([';', ' ', '\t']).next().unwrap();
        let size = usize::from_str_radix(digits, 16).unwrap();
        if size == 0 {
            return body;
        }
        body.extend_from_slice(&encoded[end + 2..end + 2 + size]);
        encoded = &encoded[end + 2 + size + 2..];
    }
}

fn chunked(random: &mut Random) -> Vec<u8> {
    let mut encoded = Vec::new();
    for _ in 0..random.below(6) {
        let size = 1 + random.below(40);
        let zeros = random.below(4);
        let digits = format!("{}{size:x}", "0".repeat(zeros));
        let digits = random.pick(&[digits.as_str(), &digits.to_uppercase()]).to_owned();
        encoded.extend_from_slice(digits.as_bytes());
        encoded.extend_from_slice(random.pick(&EXTENSIONS).as_bytes());
        encoded.extend_from_slice(b"\r\n");
        encoded.extend((0..size).map(|_| random.byte()));
        encoded.extend_from_slice(b"\r\n");
    }
    encoded.extend_from_slice(random.pick(&["0", "000", "0;last"]).as_bytes());
    encoded.extend_from_slice(b"\r\n");
    encoded.extend_from_slice(random.pick(&TRAILERS).as_bytes());
    encoded.extend_from_slice(b"\r\n");
    encoded
}

#[test]
fn generated_chunks_decode_like_the_naive_decoder_however_they_are_split() {
    for seed in 0..3000 {
        let mut random = Random::from_seed(seed);
        let encoded = chunked(&mut random);
        let response = [HEAD.as_bytes(), &encoded, b"more"].concat();
        let found = replay(&random.pieces(&response));
        assert_eq!((found.outcome, found.left), (Outcome::Done, 4), "seed {seed}");
        assert_eq!(found.body, naive(&encoded), "seed {seed}");
    }
}
