//! Generated and mutated responses: decoded, parsed or refused, without a panic or an endless loop.

use crate::random::Random;
use crate::recorded::RECORDED;
use crate::replay::{HEAD, Outcome, Replay, replay, replay_within};
use tc3_embedded::http::{Limits, ResponseError};

/// Bytes with a meaning in HTTP, or at the limits of its character classes.
const BYTES: &[u8] = b"\0\t\n\r ,:;019afFxX-+\"\x7f\x80\xff";
const LINES: [&str; 9] = [
    "\r\n",
    "\r\n\r\n",
    "Content-Length: 5\r\n",
    "Transfer-Encoding: chunked\r\n",
    "Content-Encoding: gzip\r\n",
    "Connection: close\r\n",
    "HTTP/1.1 100 Continue\r\n\r\n",
    "0\r\n\r\n",
    "ffffffffffffffff\r\n",
];

/// Splits the bytes at random places; pieces may be empty.
fn pieces<'b>(random: &mut Random, mut bytes: &'b [u8]) -> Vec<&'b [u8]> {
    let mut pieces = Vec::new();
    while !bytes.is_empty() {
        let longest = random.pick(&[1, 3, 20, 300]);
        let (piece, rest) = bytes.split_at(random.below(longest + 1).min(bytes.len()));
        pieces.push(piece);
        bytes = rest;
    }
    pieces
}

/// Parses in one piece and in many, with the same result.
fn replay_in_both_ways(random: &mut Random, limits: Limits, bytes: &[u8], seed: u64) -> Replay {
    let whole = replay_within(&mut [0; HEAD], limits, &[bytes]);
    let split = replay_within(&mut [0; HEAD], limits, &pieces(random, bytes));
    assert_eq!(split, whole, "seed {seed}: {}", bytes.escape_ascii());
    whole
}

pub(crate) fn mutate(random: &mut Random, bytes: &mut Vec<u8>) {
    let at = random.below(bytes.len());
    match random.below(6) {
        0 => bytes[at] = random.pick(BYTES),
        1 => bytes[at] = random.byte(),
        2 => bytes.insert(at, random.pick(BYTES)),
        3 => drop(bytes.drain(at..(at + 1 + random.below(8)).min(bytes.len()))),
        4 => drop(bytes.splice(at..at, random.pick(&LINES).bytes())),
        _ => {
            let line = bytes[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |lf| lf + 1);
            drop(bytes.splice(line..line, random.pick(&LINES).bytes()));
        }
    }
    if bytes.is_empty() {
        bytes.push(b'H');
    }
}

#[test]
fn random_bytes_are_parsed_or_refused_within_the_limits_without_a_panic() {
    const TIGHT: Limits = Limits { body: 9, chunk_line: 4, trailers: 5, interim: 1 };
    let (mut done, mut waiting, mut refused) = (0, 0, 0);
    for seed in 0..60_000 {
        let mut random = Random::from_seed(seed);
        // Recorded responses with few mutations, or beginnings with many.
        let (limits, start, mutations) = if random.below(2) == 0 {
            (Limits::DEFAULT, random.pick(&RECORDED).0, 1 + random.below(5))
        } else {
            let starts = ["H", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 100 A\r\n\r\n"];
            (TIGHT, random.pick(&starts), random.below(12))
        };
        let mut bytes = start.as_bytes().to_vec();
        (0..mutations).for_each(|_| mutate(&mut random, &mut bytes));
        let found = replay_in_both_ways(&mut random, limits, &bytes, seed);
        let body = u64::try_from(found.body.len()).unwrap();
        assert!(body <= limits.body, "seed {seed}: a body of {body} bytes, the limit is {}", limits.body);
        match found.outcome {
            Outcome::Done => done += 1,
            Outcome::Waiting => waiting += 1,
            Outcome::Failed(error) => {
                refused += 1;
                // The offset in an error is that of a byte that was sent.
                if let ResponseError::Malformed { at, .. }
                | ResponseError::TransferEncoding { at }
                | ResponseError::ContentEncoding { at } = error
                {
                    assert!(at < u64::try_from(bytes.len()).unwrap(), "seed {seed}: {error}");
                }
            }
        }
    }
    // If one outcome never occurred, the mutations would be too strong or too weak.
    assert!(done > 2000 && waiting > 2000 && refused > 10_000, "{done} {waiting} {refused}");
}

/// A chunked body, and what it decodes to.
fn chunked(random: &mut Random) -> (Vec<u8>, Vec<u8>) {
    let (mut encoded, mut body) = (Vec::new(), Vec::new());
    for _ in 0..random.below(6) {
        let data: Vec<u8> = (0..=random.below(40)).map(|_| random.byte()).collect();
        let digits = format!("{}{:x}", "0".repeat(random.below(4)), data.len());
        let digits = if random.below(2) == 0 { digits } else { digits.to_uppercase() };
        let extension = random.pick(&["", ";a", ";a=b", " ;a=\"x;y\"", "\t; name = \"\t\""]);
        encoded.extend([digits.as_bytes(), extension.as_bytes(), b"\r\n", &data, b"\r\n"].concat());
        body.extend(data);
    }
    let last = random.pick(&["0", "000", "0;last"]);
    let trailers = random.pick(&["", "A: b\r\n", "X-Sum:\r\n", "A: b\r\nC: d, e\t\r\n"]);
    encoded.extend(format!("{last}\r\n{trailers}\r\n").bytes());
    (encoded, body)
}

#[test]
fn generated_chunks_are_decoded_however_they_are_split() {
    for seed in 0..3000 {
        let mut random = Random::from_seed(seed);
        let (encoded, body) = chunked(&mut random);
        let head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        let response = [head, &*encoded, b"more"].concat();
        let found = replay(&pieces(&mut random, &response));
        assert_eq!((found.outcome, found.left, found.body), (Outcome::Done, 4, body), "seed {seed}");
    }
}
