//! The credential scope, and the protocol's constants.

use crate::{api::MAX_SERVICE, encode::copy, host::eq_ignore_case, time::Timestamp};
use core::{error::Error, fmt, str};

/// The name of the algorithm. A macro, for `concat!`: a repeated signature takes 1.1 % fewer instructions on a
/// Cortex-M0.
macro_rules! algorithm {
    () => {
        "TC3-HMAC-SHA256"
    };
}

/// The end of every credential scope.
pub(crate) const TERMINATOR: &str = "tc3_request";

pub(crate) use algorithm;

/// The credential scope as written in the signature, from the slash to the line feed:
/// `/2019-02-25/cvm/tc3_request`. The scope owns the service's name, because it outlives the request.
#[derive(Clone, Copy)]
pub(crate) struct Scope {
    /// The day after the key's day, in days since 1970; 0 without a key. So a new signer is all zeros, and
    /// the compiler sees that no day matches. Saves up to 200 B on a Cortex-M0.
    until: u32,
    /// Length of the service's name.
    len: u8,
    text: [u8; NAME + MAX_SERVICE + END.len()],
}

/// Offset of the service's name: after a slash, a date and a slash.
const NAME: usize = 12;
/// What follows the service's name.
const END: &[u8] = b"/tc3_request\n";

impl Scope {
    /// A scope without a day or service.
    pub(crate) const NONE: Self = Self { until: 0, len: 0, text: [0; NAME + MAX_SERVICE + END.len()] };

    /// Sets the scope to a service, whose name must be valid, and the UTC day of `at`.
    pub(crate) fn set(&mut self, service: &str, at: Timestamp) {
        self.until = at.day().wrapping_add(1);
        [self.len, ..] = service.len().to_le_bytes();
        let end = self.end();
        if let [slash, rest @ ..] = &mut self.text
            && let Some((date, [second_slash, name @ ..])) = rest.split_first_chunk_mut()
        {
            (*slash, *second_slash) = (b'/', b'/');
            at.put_date(date);
            copy(name, service.as_bytes());
            name.make_ascii_lowercase();
        }
        copy(self.text.get_mut(end..).unwrap_or_default(), END);
    }

    pub(crate) fn new(service: &str, at: Timestamp) -> Self {
        let mut scope = Self::NONE;
        scope.set(service, at);
        scope
    }

    /// Offset of the end of the name. The remainder proves to the compiler that no slice is out of bounds,
    /// which saves up to 224 B on a Cortex-M0.
    fn end(&self) -> usize {
        (usize::from(self.len) % (MAX_SERVICE + 1)).wrapping_add(NAME)
    }

    /// The scope with the slash before it.
    pub(crate) fn path(&self) -> &[u8] {
        self.text.get(..self.end().wrapping_add(END.len()).wrapping_sub(1)).unwrap_or_default()
    }

    /// The scope with the line feed after it.
    pub(crate) fn line(&self) -> &[u8] {
        self.text.get(1..self.end().wrapping_add(END.len())).unwrap_or_default()
    }

    pub(crate) const fn day(&self) -> u32 {
        self.until.wrapping_sub(1)
    }

    pub(crate) fn date(&self) -> &[u8] {
        self.text.get(1..NAME - 1).unwrap_or_default()
    }

    pub(crate) fn service(&self) -> &[u8] {
        self.text.get(NAME..self.end()).unwrap_or_default()
    }

    pub(crate) fn check(&self, service: &str, at: Timestamp) -> Result<(), WrongKey> {
        if self.day() != at.day() {
            return Err(WrongKey::Day { key: self.day(), request: at.day() });
        }
        if !eq_ignore_case(service.as_bytes(), self.service()) {
            return Err(WrongKey::Service);
        }
        Ok(())
    }
}

impl fmt::Debug for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(str::from_utf8(self.line().trim_ascii_end()).unwrap_or_default())
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Scope {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "{=[u8]:a}", self.line().trim_ascii_end());
    }
}

/// Why a [`SigningKey`](crate::SigningKey) cannot sign a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum WrongKey {
    /// The key is for another UTC day. Both days are counted from 1970-01-01.
    Day {
        /// The day of the key.
        key: u32,
        /// The day of the request's timestamp.
        request: u32,
    },
    /// The key is for another service than the request. [`SigningKey::service`](crate::SigningKey::service)
    /// returns the service of the key.
    Service,
}

impl fmt::Display for WrongKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day { key, request } => {
                let dates = [key, request].map(|day| Timestamp::of_day(*day).date());
                let [key, request] = dates.each_ref().map(|date| str::from_utf8(date).unwrap_or_default());
                write!(f, "the signing key is for {key}, and the request is of {request} (UTC dates)")
            }
            Self::Service => f.write_str("the signing key is for another service"),
        }
    }
}

impl Error for WrongKey {}
