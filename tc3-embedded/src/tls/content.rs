//! What is inside a protected record, once it is decrypted and before embedded-tls reads it.
//!
//! embedded-tls takes what it does not expect for impossible. So nothing unexpected reaches it: in
//! the handshake only whole messages of the server's own flight, within one record in their order;
//! afterwards nothing but data and the end of it. (Over several records the verifier keeps count of
//! what matters: one Certificate, then one CertificateVerify.) What is refused is overwritten with
//! something that embedded-tls answers with an error of its own for each [`Refusal`]; it knows no
//! other way to tell.

use super::wire::Wire;

pub(super) const ALERT: u8 = 21;
pub(super) const HANDSHAKE: u8 = 22;
pub(super) const APPLICATION_DATA: u8 = 23;

const NEW_SESSION_TICKET: u8 = 4;
const ENCRYPTED_EXTENSIONS: u8 = 8;
const CERTIFICATE: u8 = 11;
const CERTIFICATE_VERIFY: u8 = 15;
const FINISHED: u8 = 20;
const CLOSE_NOTIFY: u8 = 0;

/// The length of SHA-256, and of a Finished.
const HASH: usize = 32;

/// How far the connection has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// The ServerHello is awaited.
    Hello,
    /// The rest of the server's flight is.
    Handshake,
    /// The handshake is over.
    Application,
}

impl Phase {
    /// The phase as a byte of a record's header.
    pub(super) const fn mark(self) -> u8 {
        match self {
            Self::Hello => 0,
            Self::Handshake => 1,
            Self::Application => 2,
        }
    }

    pub(super) const fn marked(mark: u8) -> Option<Self> {
        match mark {
            1 => Some(Self::Handshake),
            2 => Some(Self::Application),
            _ => None,
        }
    }
}

/// Why what is inside a record is not let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// A message or a kind of content that has no place here.
    Unexpected,
    /// A handshake message goes on in the next record.
    Split,
    /// An alert other than the orderly end.
    Alert,
}

/// Looks at the content of a record and overwrites what must not be read.
pub(super) fn admit(phase: Phase, record: &mut [u8]) {
    match judge(phase, record) {
        Ok(Content::Read) => {}
        // "Servers may send tickets at any time": a record of nothing takes their place.
        Ok(Content::Tickets) => replace(record, &[APPLICATION_DATA]),
        Err(Refusal::Unexpected) => replace(record, &[]),
        Err(Refusal::Split) => replace(record, &[0, HANDSHAKE]),
        Err(Refusal::Alert) => replace(record, &[0xFF]),
    }
}

fn replace(record: &mut [u8], with: &[u8]) {
    record.fill(0);
    for (to, from) in record.iter_mut().zip(with) {
        *to = *from;
    }
}

enum Content {
    Read,
    Tickets,
}

fn judge(phase: Phase, record: &[u8]) -> Result<Content, Refusal> {
    // "the type of the record is the last non-zero octet" (RFC 8446 section 5.4).
    let end = record.iter().rposition(|byte| *byte != 0).ok_or(Refusal::Unexpected)?;
    let (content, rest) = record.split_at_checked(end).ok_or(Refusal::Unexpected)?;
    match (rest.first(), phase) {
        (Some(&HANDSHAKE), Phase::Handshake) => check_flight(content),
        (Some(&HANDSHAKE), Phase::Application) => check_tickets(content),
        (Some(&APPLICATION_DATA), Phase::Application) => Ok(Content::Read),
        (Some(&ALERT), Phase::Application) if matches!(content, [_, CLOSE_NOTIFY]) => Ok(Content::Read),
        (Some(&ALERT), Phase::Handshake | Phase::Application) => Err(Refusal::Alert),
        _ => Err(Refusal::Unexpected),
    }
}

/// "Implementations MUST NOT send zero-length fragments of Handshake types"; messages come in the
/// order of their numbers, and Finished ends the flight.
fn check_flight(content: &[u8]) -> Result<Content, Refusal> {
    let mut before = 0;
    check_messages(content, |message| {
        let known = matches!(message, ENCRYPTED_EXTENSIONS | CERTIFICATE | CERTIFICATE_VERIFY | FINISHED);
        let later = message > before;
        before = message;
        known && later
    })?;
    Ok(Content::Read)
}

fn check_tickets(content: &[u8]) -> Result<Content, Refusal> {
    check_messages(content, |message| message == NEW_SESSION_TICKET)?;
    Ok(Content::Tickets)
}

/// Whole messages, one at least, whose types are all expected.
fn check_messages(content: &[u8], mut is_expected: impl FnMut(u8) -> bool) -> Result<(), Refusal> {
    let mut wire = Wire(content);
    loop {
        let message = wire.u8().filter(|message| is_expected(*message)).ok_or(Refusal::Unexpected)?;
        let length = wire.u24().ok_or(Refusal::Split)?;
        let body = wire.take(length).ok_or(Refusal::Split)?;
        check_body(message, body).ok_or(Refusal::Unexpected)?;
        if wire.is_empty() {
            return Ok(());
        }
    }
}

/// That what is inside ends where the message does: embedded-tls goes by the inner lengths alone, and
/// would take what is left for the next message.
fn check_body(message: u8, body: &[u8]) -> Option<()> {
    let mut wire = Wire(body);
    let last = match message {
        ENCRYPTED_EXTENSIONS => usize::from(wire.u16()?),
        CERTIFICATE => {
            let context = wire.u8()?;
            wire.take(usize::from(context))?;
            wire.u24()?
        }
        CERTIFICATE_VERIFY => {
            wire.u16()?;
            usize::from(wire.u16()?)
        }
        FINISHED => HASH,
        // It is not read at all.
        _ => return Some(()),
    };
    (wire.0.len() == last).then_some(())
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use std::{vec, vec::Vec};

    /// A message of this type whose body is this long, and says so inside as well.
    fn message(kind: u8, length: usize) -> Vec<u8> {
        let [_, low @ ..] = u32::try_from(length).unwrap().to_be_bytes();
        let inner = |count: usize| u16::try_from(length - count).unwrap().to_be_bytes();
        let mut body = vec![5; length];
        match kind {
            ENCRYPTED_EXTENSIONS => body[..2].copy_from_slice(&inner(2)),
            CERTIFICATE => {
                body[..2].fill(0);
                body[2..4].copy_from_slice(&inner(4));
            }
            CERTIFICATE_VERIFY => body[2..4].copy_from_slice(&inner(4)),
            _ => {}
        }
        [&[kind][..], &low, &body].concat()
    }

    /// What is let through of a record with this inside, and how much padding after it.
    fn admitted(phase: Phase, content: &[u8], kind: u8, padding: usize) -> Vec<u8> {
        let mut record = [content, &[kind], &vec![0; padding]].concat();
        admit(phase, &mut record);
        let end = record.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        record.truncate(end);
        record
    }

    #[track_caller]
    fn passes(phase: Phase, content: &[u8], kind: u8) {
        for padding in [0, 1, 200] {
            assert_eq!(admitted(phase, content, kind, padding), [content, &[kind]].concat());
        }
    }

    #[track_caller]
    fn becomes(with: &[u8], phase: Phase, content: &[u8], kind: u8) {
        for padding in [0, 1, 200] {
            assert_eq!(admitted(phase, content, kind, padding), with);
        }
    }

    const UNEXPECTED: &[u8] = &[];
    const SPLIT: &[u8] = &[0, HANDSHAKE];
    const ALERTED: &[u8] = &[0xFF];
    const NOTHING: &[u8] = &[APPLICATION_DATA];

    #[test]
    fn the_flight_passes_in_one_record_or_in_many() {
        let flight = [message(8, 2), message(11, 900), message(15, 70), message(20, 32)];
        passes(Phase::Handshake, &flight.concat(), HANDSHAKE);
        for part in &flight {
            passes(Phase::Handshake, part, HANDSHAKE);
        }
    }

    #[test]
    fn nothing_passes_out_of_order_twice_or_after_the_end() {
        for pair in [[11, 8], [8, 8], [11, 11], [15, 15], [15, 11], [20, 15], [20, 20], [20, 8]] {
            let content = pair.map(|kind| message(kind, 32)).concat();
            becomes(UNEXPECTED, Phase::Handshake, &content, HANDSHAKE);
        }
    }

    #[test]
    fn no_other_message_passes_in_either_phase() {
        for kind in 0..=255 {
            let flight = [8, 11, 15, 20].contains(&kind);
            if !flight {
                becomes(UNEXPECTED, Phase::Handshake, &message(kind, 40), HANDSHAKE);
            }
            let afterwards = if kind == 4 { NOTHING } else { UNEXPECTED };
            becomes(afterwards, Phase::Application, &message(kind, 40), HANDSHAKE);
        }
    }

    #[test]
    fn tickets_become_a_record_of_nothing_and_only_whole_ones() {
        let two = [message(4, 90), message(4, 0)].concat();
        becomes(NOTHING, Phase::Application, &two, HANDSHAKE);
        becomes(SPLIT, Phase::Application, &two[..two.len() - 1], HANDSHAKE);
        becomes(UNEXPECTED, Phase::Application, &[message(4, 9), message(20, 32)].concat(), HANDSHAKE);
        becomes(UNEXPECTED, Phase::Application, &[], HANDSHAKE);
    }

    #[test]
    fn nothing_hides_behind_what_a_message_says_is_inside_it() {
        for kind in [ENCRYPTED_EXTENSIONS, CERTIFICATE, CERTIFICATE_VERIFY, FINISHED] {
            for by in [1, 36] {
                let mut longer = [message(kind, 32), vec![13; by]].concat();
                longer[3] += u8::try_from(by).unwrap();
                becomes(UNEXPECTED, Phase::Handshake, &longer, HANDSHAKE);
            }
            let mut shorter = message(kind, 32);
            shorter[3] -= 1;
            shorter.truncate(35);
            becomes(UNEXPECTED, Phase::Handshake, &shorter, HANDSHAKE);
        }
    }

    #[test]
    fn a_message_that_goes_on_in_the_next_record_is_split() {
        let whole = message(11, 300);
        for end in 1..whole.len() {
            becomes(SPLIT, Phase::Handshake, &whole[..end], HANDSHAKE);
        }
        becomes(UNEXPECTED, Phase::Handshake, &[], HANDSHAKE);
    }

    #[test]
    fn data_passes_afterwards_and_only_then() {
        passes(Phase::Application, b"HTTP/1.1", APPLICATION_DATA);
        passes(Phase::Application, b"", APPLICATION_DATA);
        becomes(UNEXPECTED, Phase::Handshake, b"HTTP/1.1", APPLICATION_DATA);
    }

    #[test]
    fn the_orderly_end_passes_and_every_other_alert_is_one() {
        passes(Phase::Application, &[1, 0], ALERT);
        becomes(ALERTED, Phase::Handshake, &[1, 0], ALERT);
        for content in [&[2, 40][..], &[1, 90], &[1], &[], &[1, 0, 0]] {
            becomes(ALERTED, Phase::Application, content, ALERT);
        }
    }

    #[test]
    fn no_other_kind_of_content_passes() {
        for kind in (1..=255).filter(|kind| ![ALERT, HANDSHAKE, APPLICATION_DATA].contains(kind)) {
            for phase in [Phase::Handshake, Phase::Application] {
                becomes(UNEXPECTED, phase, &[1], kind);
            }
        }
        becomes(UNEXPECTED, Phase::Application, &[0; 40], 0);
    }
}
