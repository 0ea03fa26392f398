//! Checks the content of a protected record after it is decrypted and before embedded-tls reads it.
//!
//! embedded-tls panics on content that it does not expect. During the handshake, only whole messages
//! of the server's flight pass, in order within their record. After the handshake, only application
//! data and close_notify pass. The order across records, one Certificate and then one
//! CertificateVerify, is checked by the verifier.
//!
//! A cipher cannot return an error that says why it refuses a record. Refused content is therefore
//! overwritten with bytes for which embedded-tls returns an error, a different one for each [`Refusal`].

use super::reader::Reader;

pub(super) const ALERT: u8 = 21;
pub(super) const HANDSHAKE: u8 = 22;
pub(super) const APPLICATION_DATA: u8 = 23;

const NEW_SESSION_TICKET: u8 = 4;
const ENCRYPTED_EXTENSIONS: u8 = 8;
const CERTIFICATE: u8 = 11;
const CERTIFICATE_VERIFY: u8 = 15;
const FINISHED: u8 = 20;
const CLOSE_NOTIFY: u8 = 0;

/// The length of the MAC in a Finished, which is HMAC-SHA-256.
const MAC_LEN: usize = 32;

/// How far the connection has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::tls) enum Phase {
    /// Before the ServerHello.
    ServerHello,
    /// From the ServerHello to the client's first write after it.
    Handshake,
    /// After the handshake.
    Application,
}

impl Phase {
    /// The phase as a byte of a record's header.
    pub(super) const fn to_byte(self) -> u8 {
        match self {
            Self::ServerHello => 0,
            Self::Handshake => 1,
            Self::Application => 2,
        }
    }

    /// The phase of a protected record. `None` before the ServerHello, when no record is protected.
    pub(in crate::tls) const fn from_byte(byte: u8) -> Option<Self> {
        match byte {
            1 => Some(Self::Handshake),
            2 => Some(Self::Application),
            _ => None,
        }
    }
}

/// Why the content of a record is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::tls) enum Refusal {
    /// A handshake message or content type that is not allowed in this phase.
    Unexpected,
    /// A handshake message continues in the next record.
    Fragmented,
    /// An alert other than close_notify.
    Alert,
}

/// Overwrites the decrypted content of a record unless it is allowed in this phase.
pub(in crate::tls) fn filter(phase: Phase, plaintext: &mut [u8]) {
    match check(phase, plaintext) {
        Ok(Content::Allowed) => {}
        // Tickets are not used. An application record without data replaces them.
        Ok(Content::Tickets) => overwrite(plaintext, &[APPLICATION_DATA]),
        Err(Refusal::Unexpected) => overwrite(plaintext, &[]),
        Err(Refusal::Fragmented) => overwrite(plaintext, &[0, HANDSHAKE]),
        Err(Refusal::Alert) => overwrite(plaintext, &[0xFF]),
    }
}

fn overwrite(plaintext: &mut [u8], with: &[u8]) {
    plaintext.fill(0);
    for (to, from) in plaintext.iter_mut().zip(with) {
        *to = *from;
    }
}

enum Content {
    Allowed,
    Tickets,
}

fn check(phase: Phase, plaintext: &[u8]) -> Result<Content, Refusal> {
    // The content type is the last non-zero byte; the zeros after it are padding (RFC 8446 section 5.4).
    let end = plaintext.iter().rposition(|byte| *byte != 0).ok_or(Refusal::Unexpected)?;
    let (content, rest) = plaintext.split_at_checked(end).ok_or(Refusal::Unexpected)?;
    match (rest.first(), phase) {
        (Some(&HANDSHAKE), Phase::Handshake) => check_flight(content),
        (Some(&HANDSHAKE), Phase::Application) => check_tickets(content),
        (Some(&APPLICATION_DATA), Phase::Application) => Ok(Content::Allowed),
        (Some(&ALERT), Phase::Application) if matches!(content, [_, CLOSE_NOTIFY]) => Ok(Content::Allowed),
        (Some(&ALERT), Phase::Handshake | Phase::Application) => Err(Refusal::Alert),
        _ => Err(Refusal::Unexpected),
    }
}

/// Requires messages of the server's flight, in order: the numbers of their types ascend.
fn check_flight(content: &[u8]) -> Result<Content, Refusal> {
    let mut previous = 0;
    check_messages(content, |handshake_type| {
        let known =
            matches!(handshake_type, ENCRYPTED_EXTENSIONS | CERTIFICATE | CERTIFICATE_VERIFY | FINISHED);
        let ascends = handshake_type > previous;
        previous = handshake_type;
        known && ascends
    })?;
    Ok(Content::Allowed)
}

/// Requires NewSessionTicket messages.
fn check_tickets(content: &[u8]) -> Result<Content, Refusal> {
    check_messages(content, |handshake_type| handshake_type == NEW_SESSION_TICKET)?;
    Ok(Content::Tickets)
}

/// Requires one or more whole messages of expected types. RFC 8446 section 5.1: "Implementations MUST
/// NOT send zero-length fragments of Handshake types".
fn check_messages(content: &[u8], mut is_expected: impl FnMut(u8) -> bool) -> Result<(), Refusal> {
    let mut reader = Reader(content);
    loop {
        let handshake_type = reader.u8().filter(|it| is_expected(*it)).ok_or(Refusal::Unexpected)?;
        let length = reader.u24().ok_or(Refusal::Fragmented)?;
        let body = reader.take(length).ok_or(Refusal::Fragmented)?;
        check_body(handshake_type, body).ok_or(Refusal::Unexpected)?;
        if reader.is_empty() {
            return Ok(());
        }
    }
}

/// Requires that the last vector of a message ends where the message ends. embedded-tls reads only the
/// lengths inside the message, and would parse surplus bytes as the next message.
fn check_body(handshake_type: u8, body: &[u8]) -> Option<()> {
    let mut reader = Reader(body);
    let last_vector = match handshake_type {
        ENCRYPTED_EXTENSIONS => usize::from(reader.u16()?),
        CERTIFICATE => {
            let context = reader.u8()?;
            reader.take(usize::from(context))?;
            reader.u24()?
        }
        CERTIFICATE_VERIFY => {
            reader.u16()?;
            usize::from(reader.u16()?)
        }
        FINISHED => MAC_LEN,
        // embedded-tls does not get tickets.
        _ => return Some(()),
    };
    (reader.0.len() == last_vector).then_some(())
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use std::{vec, vec::Vec};

    /// A message of this type and body length. The lengths inside the body are correct.
    fn message(handshake_type: u8, length: usize) -> Vec<u8> {
        let [_, low @ ..] = u32::try_from(length).unwrap().to_be_bytes();
        let inner = |count: usize| u16::try_from(length - count).unwrap().to_be_bytes();
        let mut body = vec![5; length];
        match handshake_type {
            ENCRYPTED_EXTENSIONS => body[..2].copy_from_slice(&inner(2)),
            CERTIFICATE => {
                body[..2].fill(0);
                body[2..4].copy_from_slice(&inner(4));
            }
            CERTIFICATE_VERIFY => body[2..4].copy_from_slice(&inner(4)),
            _ => {}
        }
        [&[handshake_type][..], &low, &body].concat()
    }

    /// The record's plaintext after the filter, without its padding.
    fn filtered(phase: Phase, content: &[u8], content_type: u8, padding: usize) -> Vec<u8> {
        let mut record = [content, &[content_type], &vec![0; padding]].concat();
        filter(phase, &mut record);
        let end = record.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        record.truncate(end);
        record
    }

    #[track_caller]
    fn assert_passes(phase: Phase, content: &[u8], content_type: u8) {
        for padding in [0, 1, 200] {
            assert_eq!(filtered(phase, content, content_type, padding), [content, &[content_type]].concat());
        }
    }

    #[track_caller]
    fn assert_becomes(with: &[u8], phase: Phase, content: &[u8], content_type: u8) {
        for padding in [0, 1, 200] {
            assert_eq!(filtered(phase, content, content_type, padding), with);
        }
    }

    const UNEXPECTED: &[u8] = &[];
    const FRAGMENTED: &[u8] = &[0, HANDSHAKE];
    const ALERT_REFUSED: &[u8] = &[0xFF];
    const NO_DATA: &[u8] = &[APPLICATION_DATA];

    #[test]
    fn no_other_handshake_type_passes_in_either_phase() {
        for handshake_type in 0..=255 {
            let flight = [8, 11, 15, 20].contains(&handshake_type);
            if !flight {
                assert_becomes(UNEXPECTED, Phase::Handshake, &message(handshake_type, 40), HANDSHAKE);
            }
            let after_handshake = if handshake_type == 4 { NO_DATA } else { UNEXPECTED };
            assert_becomes(after_handshake, Phase::Application, &message(handshake_type, 40), HANDSHAKE);
        }
    }

    #[test]
    fn whole_tickets_become_an_application_record_without_data() {
        let two = [message(4, 90), message(4, 0)].concat();
        assert_becomes(NO_DATA, Phase::Application, &two, HANDSHAKE);
        assert_becomes(FRAGMENTED, Phase::Application, &two[..two.len() - 1], HANDSHAKE);
        assert_becomes(UNEXPECTED, Phase::Application, &[message(4, 9), message(20, 32)].concat(), HANDSHAKE);
        assert_becomes(UNEXPECTED, Phase::Application, &[], HANDSHAKE);
    }

    #[test]
    fn a_message_whose_inner_length_does_not_match_its_length_is_refused() {
        for handshake_type in [ENCRYPTED_EXTENSIONS, CERTIFICATE, CERTIFICATE_VERIFY, FINISHED] {
            for by in [1, 36] {
                let mut longer = [message(handshake_type, 32), vec![13; by]].concat();
                longer[3] += u8::try_from(by).unwrap();
                assert_becomes(UNEXPECTED, Phase::Handshake, &longer, HANDSHAKE);
            }
            let mut shorter = message(handshake_type, 32);
            shorter[3] -= 1;
            shorter.truncate(35);
            assert_becomes(UNEXPECTED, Phase::Handshake, &shorter, HANDSHAKE);
        }
    }

    #[test]
    fn a_message_that_continues_in_the_next_record_is_refused_as_fragmented() {
        let whole = message(11, 300);
        for end in 1..whole.len() {
            assert_becomes(FRAGMENTED, Phase::Handshake, &whole[..end], HANDSHAKE);
        }
        assert_becomes(UNEXPECTED, Phase::Handshake, &[], HANDSHAKE);
    }

    #[test]
    fn application_data_passes_after_the_handshake_only() {
        assert_passes(Phase::Application, b"HTTP/1.1", APPLICATION_DATA);
        assert_passes(Phase::Application, b"", APPLICATION_DATA);
        assert_becomes(UNEXPECTED, Phase::Handshake, b"HTTP/1.1", APPLICATION_DATA);
    }

    #[test]
    fn close_notify_passes_after_the_handshake_and_no_other_alert_does() {
        assert_passes(Phase::Application, &[1, 0], ALERT);
        assert_becomes(ALERT_REFUSED, Phase::Handshake, &[1, 0], ALERT);
        for content in [&[2, 40][..], &[1, 90], &[1], &[], &[1, 0, 0]] {
            assert_becomes(ALERT_REFUSED, Phase::Application, content, ALERT);
        }
    }

    #[test]
    fn no_other_content_type_passes() {
        for content_type in (1..=255).filter(|it| ![ALERT, HANDSHAKE, APPLICATION_DATA].contains(it)) {
            for phase in [Phase::Handshake, Phase::Application] {
                assert_becomes(UNEXPECTED, phase, &[1], content_type);
            }
        }
        assert_becomes(UNEXPECTED, Phase::Application, &[0; 40], 0);
    }
}
