//! Decides which records pass the gate, and marks their headers.
//!
//! An unprotected record is checked here completely. The content of a protected record is checked
//! after it is decrypted, by [`content`](super::content), which must know in which phase the record
//! arrived. The phase is therefore written into the header's version field, which "MUST be ignored
//! for all purposes" (RFC 8446 section 5.1).

use super::content::{ALERT, APPLICATION_DATA, HANDSHAKE, Phase};
use super::server_hello;
use crate::{stream::is_closed, tls::error::TlsError};
use embedded_io::Error as _;

pub(super) const CHANGE_CIPHER_SPEC: u8 = 20;
/// RFC 8446 section 5.2: "The outer opaque_type field of a TLSCiphertext record is always set to the
/// value 23".
pub(super) const PROTECTED: u8 = APPLICATION_DATA;

/// The length of a record's header.
pub(super) const HEADER_LEN: usize = 5;
/// The length of the shortest protected record, without its header: a content type and the AEAD's tag.
pub(super) const MIN_PROTECTED: usize = 1 + 16;
/// The length of the longest record, without its header. RFC 8446 section 5.2: "The length MUST NOT
/// exceed 2^14 + 256 bytes".
pub(in crate::tls) const MAX_RECORD: usize = (1 << 14) + 256;

/// The gate's decisions, without the transport.
pub(super) struct RecordFilter {
    /// Maximum length of a record without its header.
    limit: usize,
    phase: Phase,
    changed_cipher_spec: bool,
    stage: Stage,
    /// The record's header and, if the record is unprotected, its fragment.
    buffer: [u8; HEADER_LEN + server_hello::LEN],
    /// Number of bytes received into `buffer`.
    filled: usize,
    /// Number of bytes that `buffer` must contain before the next check.
    wanted: usize,
    /// Number of bytes of `buffer` that were copied to the caller.
    passed: usize,
    /// Number of bytes of a protected record that are not received yet.
    remaining: usize,
    /// Length of the slice that `next` returned last.
    requested: usize,
}

#[derive(Clone, Copy)]
enum Stage {
    /// The header is being received.
    Header,
    /// The fragment of an unprotected record is being received.
    Fragment,
    /// The record is allowed, and is being passed to the caller.
    Passing,
}

/// What [`Gate`](super::gate::Gate) must do next in a read.
pub(super) enum Next<'f> {
    /// Return from the read: this many bytes were written to the caller's buffer.
    Passed(usize),
    /// Receive into this slice and call [`RecordFilter::received`].
    Receive(&'f mut [u8]),
}

impl RecordFilter {
    pub(super) const fn new(limit: usize) -> Self {
        Self {
            limit,
            phase: Phase::ServerHello,
            changed_cipher_spec: false,
            stage: Stage::Header,
            buffer: [0; HEADER_LEN + server_hello::LEN],
            filled: 0,
            wanted: HEADER_LEN,
            passed: 0,
            remaining: 0,
            requested: 0,
        }
    }

    /// Call this before each write. The client sends nothing between the ServerHello and the server's
    /// Finished, so the first write after the ServerHello ends the handshake.
    pub(super) const fn sending(&mut self) {
        if matches!(self.phase, Phase::Handshake) {
            self.phase = Phase::Application;
        }
    }

    /// `out` is the caller's buffer.
    pub(super) fn next<'f>(&'f mut self, out: &'f mut [u8]) -> Next<'f> {
        if !matches!(self.stage, Stage::Passing) {
            let free = self.buffer.get_mut(self.filled..self.wanted).unwrap_or_default();
            self.requested = free.len();
            return Next::Receive(free);
        }
        let buffered = self.buffer.get(self.passed..self.filled).unwrap_or_default();
        if !buffered.is_empty() {
            let count = out.iter_mut().zip(buffered).map(|(to, from)| *to = *from).count();
            self.passed = self.passed.saturating_add(count);
            self.end_record_if_passed();
            return Next::Passed(count);
        }
        self.requested = self.remaining.min(out.len());
        match out.get_mut(..self.requested) {
            Some(free) if !free.is_empty() => Next::Receive(free),
            _ => Next::Passed(0),
        }
    }

    /// Checks `count` bytes that were received into the slice from [`next`](Self::next). Returns `Some`
    /// if that slice is part of the caller's buffer.
    pub(super) fn received(&mut self, count: usize) -> Result<Option<usize>, TlsError> {
        match count {
            0 if matches!(self.phase, Phase::Application) => return Err(TlsError::Truncated),
            0 => return Err(TlsError::HandshakeClosed),
            _ if count > self.requested => {
                return Err(TlsError::Overrun { given: self.requested, count });
            }
            _ => {}
        }
        if matches!(self.stage, Stage::Passing) {
            self.remaining = self.remaining.saturating_sub(count);
            self.end_record_if_passed();
            return Ok(Some(count));
        }
        self.filled = self.filled.saturating_add(count);
        if self.filled >= self.wanted {
            match self.stage {
                Stage::Header => self.check_header()?,
                _ => self.check_fragment()?,
            }
        }
        Ok(None)
    }

    /// Changes the fault of a connection that was closed within a record after the handshake.
    pub(super) fn fault_of_read(&self, fault: TlsError) -> TlsError {
        let is_within = self.filled > 0 && matches!(self.phase, Phase::Application);
        if is_within && is_closed(fault.kind()) { TlsError::TruncatedRecord } else { fault }
    }

    const fn end_record_if_passed(&mut self) {
        if self.passed >= self.filled && self.remaining == 0 {
            self.start_record();
        }
    }

    const fn start_record(&mut self) {
        (self.stage, self.filled, self.wanted, self.passed) = (Stage::Header, 0, HEADER_LEN, 0);
    }

    fn check_header(&mut self) -> Result<(), TlsError> {
        let [content_type, version, _, high, low, ..] = &mut self.buffer;
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        let (content_type, limit) = (*content_type, self.limit);
        let (stage, shortest) = match (content_type, self.phase) {
            (PROTECTED, Phase::Handshake | Phase::Application) => (Stage::Passing, MIN_PROTECTED),
            (HANDSHAKE | ALERT, Phase::ServerHello) | (CHANGE_CIPHER_SPEC, Phase::Handshake) => {
                (Stage::Fragment, 1)
            }
            _ => return Err(TlsError::Unprotected { content_type }),
        };
        if length > limit {
            return Err(TlsError::RecordTooLong { length, limit });
        }
        if length < shortest {
            return Err(TlsError::EmptyRecord { length });
        }
        self.stage = stage;
        if matches!(stage, Stage::Passing) {
            *version = self.phase.to_byte();
            self.remaining = length;
        } else {
            self.wanted = HEADER_LEN.saturating_add(length.min(server_hello::LEN));
        }
        Ok(())
    }

    fn check_fragment(&mut self) -> Result<(), TlsError> {
        let [content_type, _, _, high, low, fragment @ ..] = &self.buffer;
        let declared = usize::from(u16::from_be_bytes([*high, *low]));
        let fragment = fragment.get(..declared.min(server_hello::LEN)).unwrap_or_default();
        match (*content_type, fragment) {
            (ALERT, &[level, description]) => Err(TlsError::Alert { level, description }),
            (CHANGE_CIPHER_SPEC, [1]) if !self.changed_cipher_spec => {
                // ChangeCipherSpec has no meaning in TLS 1.3, so it is dropped.
                self.changed_cipher_spec = true;
                self.start_record();
                Ok(())
            }
            (HANDSHAKE, _) if declared > server_hello::LEN => {
                Err(TlsError::ServerHello(server_hello::fault_of_too_long(fragment)))
            }
            (HANDSHAKE, _) => {
                server_hello::check(fragment).map_err(TlsError::ServerHello)?;
                (self.phase, self.stage) = (Phase::Handshake, Stage::Passing);
                Ok(())
            }
            (content_type, _) => Err(TlsError::Unprotected { content_type }),
        }
    }
}
