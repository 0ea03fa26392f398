//! Which records may pass, and what becomes of their headers.
//!
//! The outside of a record says all that must be known of an unprotected one; what is inside a
//! protected one, [`content`](super::content) looks at once it is decrypted. The two are joined by
//! the version in the record's header, which "MUST be ignored for all purposes" (RFC 8446 section
//! 5.1): behind the gate it says in which phase the record came.

use super::content::{ALERT, APPLICATION_DATA, HANDSHAKE, Phase};
use super::error::TlsError;
use super::hello;

const CHANGE_CIPHER_SPEC: u8 = 20;
/// "The outer opaque_type field of a TLSCiphertext record is always set to the value 23."
const PROTECTED: u8 = APPLICATION_DATA;

const HEADER: usize = 5;
/// A tag and the type of what is inside.
const EMPTY: usize = 16 + 1;
/// "The length MUST NOT exceed 2^14 + 256 bytes" (RFC 8446 section 5.2).
pub(super) const MAX_RECORD: usize = (1 << 14) + 256;

/// The gate's judgement, without the transport.
pub(super) struct Filter {
    /// Room for a record's content.
    limit: usize,
    phase: Phase,
    changed_cipher_spec: bool,
    stage: Stage,
    /// A record's header, and its content too if that is not protected.
    held: [u8; HEADER + hello::LEN],
    /// Bytes of it received, and how many are to be.
    there: usize,
    wanted: usize,
    /// Bytes of it given on.
    given: usize,
    /// Bytes of a protected record's content still to come, and how many were asked for last.
    left: usize,
    asked: usize,
}

/// What is done with the record at hand.
#[derive(Clone, Copy)]
enum Stage {
    Header,
    /// The content of an unprotected record is received.
    Content,
    /// The record may pass.
    Passing,
}

/// What the reader has to do.
pub(super) enum Next<'f> {
    /// Nothing: so many bytes are in its hands.
    Given(usize),
    /// Receive into this place and tell [`Filter::received`] how much.
    Receive(&'f mut [u8]),
}

impl Filter {
    pub(super) const fn new(limit: usize) -> Self {
        Self {
            limit,
            phase: Phase::Hello,
            changed_cipher_spec: false,
            stage: Stage::Header,
            held: [0; HEADER + hello::LEN],
            there: 0,
            wanted: HEADER,
            given: 0,
            left: 0,
            asked: 0,
        }
    }

    /// After the ServerHello the client is silent until the server's last handshake message.
    pub(super) const fn sending(&mut self) {
        if matches!(self.phase, Phase::Handshake) {
            self.phase = Phase::Application;
        }
    }

    pub(super) fn next<'f>(&'f mut self, out: &'f mut [u8]) -> Next<'f> {
        if !matches!(self.stage, Stage::Passing) {
            let place = self.held.get_mut(self.there..self.wanted).unwrap_or_default();
            self.asked = place.len();
            return Next::Receive(place);
        }
        let held = self.held.get(self.given..self.there).unwrap_or_default();
        if !held.is_empty() {
            let count = out.iter_mut().zip(held).map(|(to, from)| *to = *from).count();
            self.given = self.given.saturating_add(count);
            self.rest();
            return Next::Given(count);
        }
        self.asked = self.left.min(out.len());
        match out.get_mut(..self.asked) {
            Some(place) if !place.is_empty() => Next::Receive(place),
            _ => Next::Given(0),
        }
    }

    /// Judges what was received; `Some` says that this many bytes were received for the reader.
    pub(super) fn received(&mut self, count: usize) -> Result<Option<usize>, TlsError> {
        match count {
            0 if matches!(self.phase, Phase::Application) => return Err(TlsError::Truncated),
            0 => return Err(TlsError::HandshakeClosed),
            _ if count > self.asked => return Err(TlsError::Overrun { given: self.asked, count }),
            _ => {}
        }
        if matches!(self.stage, Stage::Passing) {
            self.left = self.left.saturating_sub(count);
            self.rest();
            return Ok(Some(count));
        }
        self.there = self.there.saturating_add(count);
        if self.there >= self.wanted {
            match self.stage {
                Stage::Header => self.judge_header()?,
                _ => self.judge_content()?,
            }
        }
        Ok(None)
    }

    /// Goes on to the next record when this one is through.
    const fn rest(&mut self) {
        if self.given >= self.there && self.left == 0 {
            self.start_over();
        }
    }

    const fn start_over(&mut self) {
        (self.stage, self.there, self.wanted, self.given) = (Stage::Header, 0, HEADER, 0);
    }

    fn judge_header(&mut self) -> Result<(), TlsError> {
        let [content_type, version, _, high, low, ..] = &mut self.held;
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        let (content_type, limit) = (*content_type, self.limit);
        let (stage, least) = match (content_type, self.phase) {
            (PROTECTED, Phase::Handshake | Phase::Application) => (Stage::Passing, EMPTY),
            (HANDSHAKE | ALERT, Phase::Hello) | (CHANGE_CIPHER_SPEC, Phase::Handshake) => (Stage::Content, 1),
            _ => return Err(TlsError::Unprotected { content_type }),
        };
        if length > limit {
            return Err(TlsError::RecordTooLong { length, limit });
        }
        if length < least {
            return Err(TlsError::RecordEmpty { length });
        }
        self.stage = stage;
        if matches!(stage, Stage::Passing) {
            *version = self.phase.mark();
            self.left = length;
        } else {
            self.wanted = HEADER.saturating_add(length.min(hello::LEN));
        }
        Ok(())
    }

    fn judge_content(&mut self) -> Result<(), TlsError> {
        let [content_type, _, _, high, low, content @ ..] = &self.held;
        let declared = usize::from(u16::from_be_bytes([*high, *low]));
        let content = content.get(..declared.min(hello::LEN)).unwrap_or_default();
        match (*content_type, content) {
            (ALERT, &[level, description]) => Err(TlsError::Alert { level, description }),
            (CHANGE_CIPHER_SPEC, [1]) if !self.changed_cipher_spec => {
                // It means nothing in TLS 1.3, so it goes no further.
                self.changed_cipher_spec = true;
                self.start_over();
                Ok(())
            }
            (HANDSHAKE, _) if declared > hello::LEN => Err(TlsError::Hello(hello::reject(content))),
            (HANDSHAKE, _) => {
                hello::check(content).map_err(TlsError::Hello)?;
                (self.phase, self.stage) = (Phase::Handshake, Stage::Passing);
                Ok(())
            }
            (content_type, _) => Err(TlsError::Unprotected { content_type }),
        }
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::super::{gate::Gate, hello::HelloFault};
    use super::*;
    use core::cell::Cell;
    use embedded_io::{ErrorType, Read, Write};
    use std::{vec, vec::Vec};

    /// Gives what it has in pieces of one size, takes everything.
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

    fn record(content_type: u8, content: &[u8]) -> Vec<u8> {
        let [high, low] = u16::try_from(content.len()).unwrap().to_be_bytes();
        [&[content_type, 3, 3, high, low][..], content].concat()
    }

    fn hello() -> Vec<u8> {
        let mut message = vec![0; hello::LEN];
        message[..4].copy_from_slice(&[2, 0, 0, 119]);
        message[4..6].copy_from_slice(&[3, 3]);
        message[39..44].copy_from_slice(&[0x13, 1, 0, 0, 79]);
        message[44..50].copy_from_slice(&[0, 43, 0, 2, 3, 4]);
        message[50..59].copy_from_slice(&[0, 51, 0, 69, 0, 23, 0, 65, 4]);
        record(HANDSHAKE, &message)
    }

    /// What comes through the gate, and why no more of it does; the client writes before the
    /// records at the places that are given.
    fn through(records: &[Vec<u8>], writes: &[usize], size: usize) -> (Vec<u8>, TlsError) {
        let (received, fault) = (records.concat(), Cell::new(None));
        let mut gate = Gate::new(Pieces(&received, size), 2000, &fault);
        let starts: Vec<usize> = writes.iter().map(|at| records[..*at].concat().len()).collect();
        let (mut out, mut through) = (vec![0; 700], Vec::new());
        loop {
            if starts.contains(&through.len()) {
                gate.write(b"Finished").unwrap();
            }
            match gate.read(&mut out[..1.max(size)]) {
                Ok(count) => through.extend(&out[..count]),
                Err(_) => return (through, fault.get().unwrap()),
            }
        }
    }

    #[track_caller]
    fn stops(records: &[Vec<u8>], writes: &[usize], passed: usize, why: TlsError) {
        for size in [1, 2, 5, 64, 700] {
            let (through, fault) = through(records, writes, size);
            assert_eq!((through.len(), fault), (records[..passed].concat().len(), why), "pieces of {size}");
        }
    }

    #[test]
    fn protected_records_pass_marked_with_their_phase() {
        let records = [hello(), record(PROTECTED, &[9; 17]), record(PROTECTED, &[8; 900])];
        for size in [1, 3, 700] {
            let (mut through, fault) = through(&records, &[2], size);
            assert_eq!(fault, TlsError::Truncated);
            let (first, second) = (records[0].len(), records[0].len() + records[1].len());
            assert_eq!((through[first + 1], through[second + 1]), (1, 2));
            (through[first + 1], through[second + 1]) = (3, 3);
            assert_eq!(through, records.concat());
        }
    }

    #[test]
    fn one_change_of_cipher_spec_is_swallowed() {
        let change = record(CHANGE_CIPHER_SPEC, &[1]);
        let records = [hello(), change.clone(), record(PROTECTED, &[9; 30])];
        let (through, fault) = through(&records, &[], 700);
        assert_eq!((through.len(), fault), (hello().len() + 35, TlsError::HandshakeClosed));
        let unprotected = TlsError::Unprotected { content_type: CHANGE_CIPHER_SPEC };
        stops(&[hello(), change.clone(), change.clone()], &[], 1, unprotected);
        stops(&[hello(), record(CHANGE_CIPHER_SPEC, &[1, 1])], &[], 1, unprotected);
        stops(&[hello(), record(CHANGE_CIPHER_SPEC, &[2])], &[], 1, unprotected);
        stops(std::slice::from_ref(&change), &[], 0, unprotected);
    }

    #[test]
    fn nothing_unprotected_passes_after_the_hello() {
        for content_type in (0..=255).filter(|it| ![CHANGE_CIPHER_SPEC, PROTECTED].contains(it)) {
            let unprotected = TlsError::Unprotected { content_type };
            stops(&[hello(), record(content_type, &[2, 40])], &[], 1, unprotected);
            let protected = record(PROTECTED, &[9; 30]);
            stops(&[hello(), protected, record(content_type, &[2, 40])], &[1], 2, unprotected);
        }
        let change = record(CHANGE_CIPHER_SPEC, &[1]);
        let unprotected = TlsError::Unprotected { content_type: CHANGE_CIPHER_SPEC };
        stops(&[hello(), record(PROTECTED, &[9; 30]), change], &[1], 2, unprotected);
    }

    #[test]
    fn before_the_hello_nothing_passes_but_it() {
        let alert = TlsError::Alert { level: 2, description: 70 };
        stops(&[record(ALERT, &[2, 70])], &[], 0, alert);
        for content_type in [0, 20, PROTECTED, 24, 255] {
            stops(&[record(content_type, &[1; 40])], &[], 0, TlsError::Unprotected { content_type });
        }
        let message = HelloFault::Message { message: 11 };
        stops(&[record(HANDSHAKE, &[11, 0, 0, 1, 0])], &[], 0, TlsError::Hello(message));
        stops(&[record(ALERT, &[2])], &[], 0, TlsError::Unprotected { content_type: ALERT });
    }

    #[test]
    fn a_hello_in_two_records_or_with_more_in_its_record_is_refused() {
        let whole = &hello()[HEADER..];
        let malformed = TlsError::Hello(HelloFault::Malformed);
        stops(&[record(HANDSHAKE, &whole[..60]), record(HANDSHAKE, &whole[60..])], &[], 0, malformed);
        stops(&[record(HANDSHAKE, &[whole, &[8, 0, 0, 2, 0, 0]].concat())], &[], 0, malformed);
    }

    #[test]
    fn the_length_of_a_record_has_its_limits() {
        for length in 0..EMPTY {
            let empty = TlsError::RecordEmpty { length };
            stops(&[hello(), record(PROTECTED, &vec![0; length])], &[], 1, empty);
        }
        let (length, limit) = (2001, 2000);
        let long = TlsError::RecordTooLong { length, limit };
        stops(&[hello(), record(PROTECTED, &vec![0; length])], &[], 1, long);
        stops(&[record(HANDSHAKE, &vec![0; length])], &[], 0, long);
        stops(&[record(HANDSHAKE, &[])], &[], 0, TlsError::RecordEmpty { length: 0 });
        let passing = [hello(), record(PROTECTED, &vec![0; limit])];
        stops(&passing, &[], 2, TlsError::HandshakeClosed);
    }

    #[test]
    fn a_close_is_told_by_when_it_came() {
        stops(&[], &[], 0, TlsError::HandshakeClosed);
        stops(&[hello()], &[], 1, TlsError::HandshakeClosed);
        stops(&[hello(), record(PROTECTED, &[9; 30])], &[1], 2, TlsError::Truncated);
    }
}
