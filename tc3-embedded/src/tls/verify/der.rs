//! A reader for the part of DER that keys and certificates use: tags of one byte, and lengths in their
//! shortest form.

use core::error::Error;
use core::fmt;

pub(super) const BOOLEAN: u8 = 0x01;
pub(super) const INTEGER: u8 = 0x02;
pub(super) const BIT_STRING: u8 = 0x03;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(super) const SEQUENCE: u8 = 0x30;

/// The element at this offset is not valid DER, or its tag or value is not allowed here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub(crate) struct Malformed {
    /// Offset of the element in the input, in bytes.
    pub(crate) at: usize,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "malformed DER in the element at byte {}", self.at)
    }
}

impl Error for Malformed {}

/// Reads consecutive elements. The last element ends where `der` ends.
///
/// The contents of an element are returned as another reader. Its offsets count from the same first
/// byte.
#[derive(Clone, Copy, Debug)]
pub(super) struct DerReader<'a> {
    der: &'a [u8],
    /// Offset of the next element.
    at: usize,
}

impl<'a> DerReader<'a> {
    pub(super) const fn new(der: &'a [u8]) -> Self {
        Self { der, at: 0 }
    }

    /// Reads the next element, which must have this tag, and returns its contents.
    pub(super) fn take(&mut self, tag: u8) -> Result<Self, Malformed> {
        self.optional(tag)?.ok_or(self.malformed())
    }

    /// Reads the next element if it has this tag, and returns its contents.
    pub(super) fn optional(&mut self, tag: u8) -> Result<Option<Self>, Malformed> {
        if self.bytes().first() != Some(&tag) {
            return Ok(None);
        }
        let mut after = *self;
        let contents = after.element().ok_or(self.malformed())?;
        *self = after;
        Ok(Some(contents))
    }

    /// Reads the next element, which must have this tag, and returns its header and contents.
    pub(super) fn take_element(&mut self, tag: u8) -> Result<&'a [u8], Malformed> {
        let (malformed, from) = (self.malformed(), self.bytes());
        self.take(tag)?;
        let length = from.len().checked_sub(self.bytes().len());
        length.and_then(|length| from.get(..length)).ok_or(malformed)
    }

    /// Reads the next element, which must be an INTEGER above zero. Returns it big-endian, without leading
    /// zeros.
    pub(super) fn positive_integer(&mut self) -> Result<&'a [u8], Malformed> {
        let malformed = self.malformed();
        match self.take(INTEGER)?.bytes() {
            // A leading zero is allowed only if the number would be negative without it.
            [0, digits @ ..] if matches!(digits, [0x80..=0xff, ..]) => Ok(digits),
            digits @ [0x01..=0x7f, ..] => Ok(digits),
            _ => Err(malformed),
        }
    }

    /// The bytes that are not read yet.
    pub(super) fn bytes(&self) -> &'a [u8] {
        self.der.get(self.at..).unwrap_or_default()
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.bytes().is_empty()
    }

    /// Fails if another element follows.
    pub(super) fn end(&self) -> Result<(), Malformed> {
        if self.is_at_end() { Ok(()) } else { Err(self.malformed()) }
    }

    /// An error at the offset of the next element.
    pub(super) const fn malformed(&self) -> Malformed {
        Malformed { at: self.at }
    }

    fn element(&mut self) -> Option<Self> {
        self.byte()?;
        let len = self.length()?;
        let end = self.at.checked_add(len)?;
        let contents = Self { der: self.der.get(..end)?, at: self.at };
        self.at = end;
        Some(contents)
    }

    /// Reads a length of at most 65,535, which is four times the content of a TLS record.
    fn length(&mut self) -> Option<usize> {
        match self.byte()? {
            len @ 0..=0x7f => Some(usize::from(len)),
            0x81 => self.byte().filter(|len| *len >= 0x80).map(usize::from),
            0x82 => {
                let len = u16::from_be_bytes([self.byte()?, self.byte()?]);
                Some(len).filter(|len| *len >= 0x100).map(usize::from)
            }
            _ => None,
        }
    }

    fn byte(&mut self) -> Option<u8> {
        let byte = self.der.get(self.at)?;
        self.at = self.at.checked_add(1)?;
        Some(*byte)
    }
}

#[cfg(test)]
#[allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests;
