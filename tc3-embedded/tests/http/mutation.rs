//! Recorded responses with random mutations: parsed or refused, without a panic or an endless loop.

use tc3_embedded::http::{Limits, ResponseError};

use crate::random::Random;
use crate::recorded::RECORDED;
use crate::replay::{HEAD, Outcome, replay, replay_within};

/// Bytes with a meaning in HTTP, or at the limits of its character classes.
const BYTES: &[u8] = b"\0\t\n\r ,:;019afFxX-+\"\x7f\x80\xff";
const LINES: &[&[u8]] = &[
    b"\r\n",
    b"\r\n\r\n",
    b"Content-Length: 5\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"Content-Encoding: gzip\r\n",
    b"Connection: close\r\n",
    b"HTTP/1.1 100 Continue\r\n\r\n",
    b"0\r\n\r\n",
    b"ffffffffffffffff\r\n",
];

fn mutate(random: &mut Random, bytes: &mut Vec<u8>) {
    let at = random.below(bytes.len());
    match random.below(6) {
        0 => bytes[at] = random.pick(BYTES),
        1 => bytes[at] = random.byte(),
        2 => bytes.insert(at, random.pick(BYTES)),
        3 => drop(bytes.drain(at..(at + 1 + random.below(8)).min(bytes.len()))),
        4 => drop(bytes.splice(at..at, random.pick(LINES).iter().copied())),
        _ => {
            let line = bytes[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |lf| lf + 1);
            drop(bytes.splice(line..line, random.pick(LINES).iter().copied()));
        }
    }
    if bytes.is_empty() {
        bytes.push(b'H');
    }
}

#[test]
fn mutated_responses_parse_the_same_in_one_piece_and_in_many() {
    let (mut done, mut waiting, mut refused) = (0, 0, 0);
    for seed in 0..30_000 {
        let mut random = Random::from_seed(seed);
        let mut bytes = RECORDED[random.below(RECORDED.len())].bytes.to_vec();
        for _ in 0..=random.below(4) {
            mutate(&mut random, &mut bytes);
        }
        let whole = replay(&[&bytes]);
        match whole.outcome {
            Outcome::Done => done += 1,
            Outcome::Waiting => waiting += 1,
            Outcome::Failed(error) => {
                refused += 1;
                assert_evidence(error, bytes.len(), seed);
            }
        }
        let shown = bytes.escape_ascii();
        assert_eq!(replay(&random.pieces(&bytes)), whole, "seed {seed}: {shown}");
    }
    // If one outcome never occurred, the mutations would be too strong or too weak.
    assert!(done > 2000 && waiting > 2000 && refused > 10_000, "{done} {waiting} {refused}");
}

/// The offset in an error is that of a byte that was sent.
fn assert_evidence(error: ResponseError, sent: usize, seed: u64) {
    let (ResponseError::Malformed { at, .. }
    | ResponseError::TransferEncoding { at }
    | ResponseError::ContentEncoding { at }) = error
    else {
        return;
    };
    assert!(at < u64::try_from(sent).unwrap(), "seed {seed}: {error}");
}

#[test]
fn random_bytes_are_parsed_or_refused_within_the_limits_without_a_panic() {
    let limits = Limits { body: 9, chunk_line: 4, trailers: 5, interim: 1 };
    for seed in 0..30_000 {
        let mut random = Random::from_seed(seed);
        let mut noise = random.pick(&[&b"H"[..], b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 100 A\r\n\r\n"]).to_vec();
        for _ in 0..random.below(12) {
            match random.below(3) {
                0 => noise.push(random.byte()),
                1 => noise.push(random.pick(BYTES)),
                _ => noise.extend_from_slice(random.pick(LINES)),
            }
        }
        let whole = replay_within(&mut [0; HEAD], limits, &[&noise]);
        let pieces = random.pieces(&noise);
        let shown = noise.escape_ascii();
        assert_eq!(replay_within(&mut [0; HEAD], limits, &pieces), whole, "seed {seed}: {shown}");
        assert!(u64::try_from(whole.body.len()).unwrap() <= limits.body, "seed {seed}");
    }
}
