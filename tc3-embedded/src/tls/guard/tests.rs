//! Reads records through the gate, with reads of different sizes.

use super::content::{ALERT, HANDSHAKE};
use super::gate::Gate;
use super::records::{CHANGE_CIPHER_SPEC, MIN_PROTECTED, PROTECTED};
use super::server_hello;
use crate::tls::error::{ServerHelloFault, TlsError};
use core::cell::Cell;
use embedded_io::{ErrorType, Read, Write};
use std::{vec, vec::Vec};

/// A transport that returns these bytes, at most `.1` for each read, and accepts every write.
struct Pieces<'a>(&'a [u8], usize);

impl ErrorType for Pieces<'_> {
    type Error = core::convert::Infallible;
}

impl Read for Pieces<'_> {
    fn read(&mut self, out: &mut [u8]) -> Result<usize, Self::Error> {
        let count = self.1.min(out.len());
        self.0.read(&mut out[..count])
    }
}

impl Write for Pieces<'_> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Self::Error> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), Self::Error> {
        Ok(())
    }
}

fn record(content_type: u8, fragment: &[u8]) -> Vec<u8> {
    let [high, low] = u16::try_from(fragment.len()).unwrap().to_be_bytes();
    [&[content_type, 3, 3, high, low][..], fragment].concat()
}

fn server_hello() -> Vec<u8> {
    let mut message = vec![0; server_hello::LEN];
    message[..4].copy_from_slice(&[2, 0, 0, 119]);
    message[4..6].copy_from_slice(&[3, 3]);
    message[39..44].copy_from_slice(&[0x13, 1, 0, 0, 79]);
    message[44..50].copy_from_slice(&[0, 43, 0, 2, 3, 4]);
    message[50..59].copy_from_slice(&[0, 51, 0, 69, 0, 23, 0, 65, 4]);
    record(HANDSHAKE, &message)
}

/// Returns the bytes that pass the gate, and the error at which the gate stops. The client writes before
/// the records with the indices in `writes`. Every read returns at most `size` bytes.
fn pass(records: &[Vec<u8>], writes: &[usize], size: usize) -> (Vec<u8>, TlsError) {
    let (received, fault) = (records.concat(), Cell::new(None));
    let mut gate = Gate::new(Pieces(&received, size), 2000, &fault);
    let starts: Vec<usize> = writes.iter().map(|at| records[..*at].concat().len()).collect();
    let (mut out, mut passed) = (vec![0; 700], Vec::new());
    loop {
        if starts.contains(&passed.len()) {
            gate.write(b"Finished").unwrap();
        }
        match gate.read(&mut out[..1.max(size)]) {
            Ok(count) => passed.extend(&out[..count]),
            Err(_) => return (passed, fault.get().unwrap()),
        }
    }
}

#[track_caller]
fn assert_stops(records: &[Vec<u8>], writes: &[usize], passed_records: usize, expected: TlsError) {
    for size in [1, 2, 5, 64, 700] {
        let (passed, fault) = pass(records, writes, size);
        let expected = (records[..passed_records].concat().len(), expected);
        assert_eq!((passed.len(), fault), expected, "{size} bytes a read");
    }
}

#[test]
fn protected_records_pass_with_their_phase_in_the_header() {
    let records = [server_hello(), record(PROTECTED, &[9; 17]), record(PROTECTED, &[8; 900])];
    for size in [1, 3, 700] {
        let (mut passed, fault) = pass(&records, &[2], size);
        assert_eq!(fault, TlsError::Truncated);
        let (first, second) = (records[0].len(), records[0].len() + records[1].len());
        assert_eq!((passed[first + 1], passed[second + 1]), (1, 2));
        (passed[first + 1], passed[second + 1]) = (3, 3);
        assert_eq!(passed, records.concat());
    }
}

#[test]
fn no_unprotected_record_passes_after_the_server_hello() {
    for content_type in (0..=255).filter(|it| ![CHANGE_CIPHER_SPEC, PROTECTED].contains(it)) {
        let unprotected = TlsError::Unprotected { content_type };
        assert_stops(&[server_hello(), record(content_type, &[2, 40])], &[], 1, unprotected);
        let protected = record(PROTECTED, &[9; 30]);
        let records = [server_hello(), protected, record(content_type, &[2, 40])];
        assert_stops(&records, &[1], 2, unprotected);
    }
    let change = record(CHANGE_CIPHER_SPEC, &[1]);
    let unprotected = TlsError::Unprotected { content_type: CHANGE_CIPHER_SPEC };
    assert_stops(&[server_hello(), record(PROTECTED, &[9; 30]), change], &[1], 2, unprotected);
}

#[test]
fn nothing_passes_before_the_server_hello() {
    let alert = TlsError::Alert { level: 2, description: 70 };
    assert_stops(&[record(ALERT, &[2, 70])], &[], 0, alert);
    for content_type in [0, 20, PROTECTED, 24, 255] {
        let unprotected = TlsError::Unprotected { content_type };
        assert_stops(&[record(content_type, &[1; 40])], &[], 0, unprotected);
    }
    let certificate = ServerHelloFault::UnexpectedMessage { handshake_type: 11 };
    assert_stops(&[record(HANDSHAKE, &[11, 0, 0, 1, 0])], &[], 0, TlsError::ServerHello(certificate));
    assert_stops(&[record(ALERT, &[2])], &[], 0, TlsError::Unprotected { content_type: ALERT });
}

#[test]
fn records_that_are_too_short_or_too_long_are_refused() {
    for length in 0..MIN_PROTECTED {
        let empty = TlsError::EmptyRecord { length };
        assert_stops(&[server_hello(), record(PROTECTED, &vec![0; length])], &[], 1, empty);
    }
    let (length, limit) = (2001, 2000);
    let long = TlsError::RecordTooLong { length, limit };
    assert_stops(&[server_hello(), record(PROTECTED, &vec![0; length])], &[], 1, long);
    assert_stops(&[record(HANDSHAKE, &vec![0; length])], &[], 0, long);
    assert_stops(&[record(HANDSHAKE, &[])], &[], 0, TlsError::EmptyRecord { length: 0 });
    let longest = [server_hello(), record(PROTECTED, &vec![0; limit])];
    assert_stops(&longest, &[], 2, TlsError::HandshakeClosed);
}
