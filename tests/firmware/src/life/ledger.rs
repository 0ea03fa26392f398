//! Every request that the device sent, what became of it, and whether the device was allowed to send it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use measure::Result;

/// A request that the device sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sent {
    /// The number of the message, counted from 1. The message is due at the start of the minute with this number.
    pub(crate) number: u64,
    /// The minute of the device's time, counted from 1.
    pub(crate) minute: u64,
    pub(crate) connection: usize,
    /// Whether the connection carried an earlier request.
    pub(crate) used: bool,
    pub(crate) end: End,
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum End {
    /// Accepted and answered.
    Answered,
    /// Not read by the service, which had closed the connection before the request came.
    Unread,
    /// Accepted. The connection was closed without an answer.
    Lost,
    /// Accepted. The connection was closed within the answer.
    Cut,
    /// Refused, with this error code.
    Refused(String),
}

impl Sent {
    const fn arrived(&self) -> bool {
        matches!(self.end, End::Answered | End::Lost | End::Cut)
    }

    /// Whether the device may send the message again, as `next`: if the service refused it, or on a new connection if a
    /// used one was closed without a byte of an answer.
    fn allows(&self, next: &Self) -> bool {
        match self.end {
            End::Refused(_) => true,
            End::Unread | End::Lost => self.used && next.connection != self.connection,
            End::Answered | End::Cut => false,
        }
    }
}

/// The rows of the report: what happened, and how often.
pub(crate) fn counts(messages: u64, dropped: usize, ledger: &[Sent]) -> Vec<(String, usize)> {
    let by_number = by_number(ledger);
    let arrivals = |of: &[&Sent]| of.iter().filter(|sent| sent.arrived()).count();
    let with = |is: &dyn Fn(usize) -> bool| by_number.values().filter(|of| is(arrivals(of))).count();
    let late = by_number.iter().filter(|(number, of)| {
        of.iter().find(|sent| sent.arrived()).is_some_and(|sent| sent.minute > **number)
    });
    let connections: BTreeSet<usize> = ledger.iter().map(|sent| sent.connection).collect();
    let mut rows = vec![
        ("messages, one a minute".to_owned(), usize::try_from(messages).unwrap_or_default()),
        ("messages that arrived".to_owned(), with(&|times| times > 0)),
        ("… in a later minute".to_owned(), late.count()),
        ("… twice".to_owned(), with(&|times| times > 1)),
        ("connections with requests".to_owned(), connections.len()),
        ("connections dropped before the handshake".to_owned(), dropped),
        ("requests".to_owned(), ledger.len()),
    ];
    let mut ends = BTreeMap::new();
    for Sent { used, end, .. } in ledger {
        let times: &mut usize = ends.entry((end, used)).or_default();
        *times = times.saturating_add(1);
    }
    rows.extend(ends.into_iter().map(|((end, used), times)| {
        (format!("… {end}, on a {} connection", if *used { "used" } else { "new" }), times)
    }));
    rows
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answered => f.write_str("answered"),
            Self::Unread => f.write_str("unread"),
            Self::Lost => f.write_str("accepted and not answered"),
            Self::Cut => f.write_str("accepted, with a part of an answer"),
            Self::Refused(code) => write!(f, "refused by {code}"),
        }
    }
}

/// Fails if a message did not arrive, or was sent again although [`Sent::allows`] does not allow it.
pub(crate) fn check(messages: u64, ledger: &[Sent]) -> Result<()> {
    let by_number = by_number(ledger);
    for number in 1..=messages {
        let sent = by_number.get(&number).map_or(&[][..], Vec::as_slice);
        if !sent.iter().any(|sent| sent.arrived()) {
            return Err(format!("message {number} did not arrive: {sent:?}").into());
        }
        for (first, again) in sent.iter().zip(sent.iter().skip(1)) {
            if !first.allows(again) {
                return Err(format!("message {number} was sent again: {again:?} after {first:?}").into());
            }
        }
    }
    Ok(())
}

fn by_number(ledger: &[Sent]) -> BTreeMap<u64, Vec<&Sent>> {
    let mut numbers = BTreeMap::<_, Vec<_>>::new();
    for sent in ledger {
        numbers.entry(sent.number).or_default().push(sent);
    }
    numbers
}
