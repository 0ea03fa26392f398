//! Texts that are never stored: each is spelled by one function, into whatever wants it.

use crate::error::BufferTooSmall;
use core::{fmt, str};

/// Where a text is spelled: a hash, a buffer, a counter, a formatter.
pub trait Sink {
    /// Takes the next bytes of the text.
    fn put(&mut self, bytes: &[u8]);
}

/// A text that can be spelled any number of times, always the same.
pub trait Encode {
    /// Puts the whole text into `out`. That it is known which sink that is lets the compiler see from the
    /// call to the last byte: what a firmware's requests never have is then not linked.
    fn encode_to<S: Sink>(&self, out: &mut S);

    /// Whether the text holds a credential's token.
    fn is_sensitive(&self) -> bool {
        false
    }
}

/// A text that is stored nowhere: it is spelled afresh, byte for byte the same, wherever it is
/// wanted.
///
/// ```
/// # use tc3_core::{api, Credentials, Signer, Timestamp};
/// # let credentials = Credentials::new("AKIDEXAMPLE", "key")?;
/// # let request = api!("cvm", "2017-03-12").action("DescribeZones").json("{}")?;
/// # let now = Timestamp::from_unix(1_551_113_065)?;
/// let signed = Signer::new(credentials).sign(&request, now);
/// let authorization = signed.authorization();
///
/// let mut buffer = [0; 256];
/// let bytes = authorization.encode(&mut buffer)?;
/// assert_eq!(bytes.len(), authorization.len());
/// assert_eq!(bytes, authorization.to_string().as_bytes());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy)]
pub struct Encoded<T>(pub(crate) T);

impl<T: Encode> Encoded<T> {
    /// The length in bytes.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "no text of this crate is empty by nature")]
    pub fn len(&self) -> usize {
        count(&self.0)
    }

    /// Whether the text gives away a token, and so has no place in a log.
    #[must_use]
    pub fn is_sensitive(&self) -> bool {
        self.0.is_sensitive()
    }

    /// Writes the text to the start of `out`, and returns what was written.
    ///
    /// # Errors
    /// [`BufferTooSmall`] with the exact length needed; `out` is then all zeros.
    pub fn encode<'b>(&self, out: &'b mut [u8]) -> Result<&'b [u8], BufferTooSmall> {
        encode(&self.0, out)
    }

    /// As [`encode`](Self::encode), as text.
    ///
    /// # Errors
    /// As [`encode`](Self::encode).
    pub fn encode_str<'b>(&self, out: &'b mut [u8]) -> Result<&'b str, BufferTooSmall> {
        // Every text of this crate is UTF-8, so the default is never taken.
        self.encode(out).map(|bytes| str::from_utf8(bytes).unwrap_or_default())
    }
}

impl<T: Encode> fmt::Display for Encoded<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        display(&self.0, f)
    }
}

impl<T: fmt::Debug> fmt::Debug for Encoded<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(feature = "defmt")]
impl<T: defmt::Format> defmt::Format for Encoded<T> {
    fn format(&self, f: defmt::Formatter<'_>) {
        self.0.format(f);
    }
}

/// `Debug` and `defmt::Format` of what a [`Encoded`] spells: the text itself, or a mask.
macro_rules! masked {
    ($($text:ty),*) => {$(
        impl core::fmt::Debug for $text {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                if $crate::encode::Encode::is_sensitive(self) { f.write_str("***") } else { $crate::encode::display(self, f) }
            }
        }

        #[cfg(feature = "defmt")]
        impl defmt::Format for $text {
            fn format(&self, f: defmt::Formatter<'_>) {
                defmt::write!(f, "{}", defmt::Debug2Format(self));
            }
        }
    )*};
}
pub(crate) use masked;

/// The length of a text, in bytes.
pub(crate) fn count(text: &impl Encode) -> usize {
    let mut counter = Writer { out: &mut [], at: 0 };
    text.encode_to(&mut counter);
    counter.at
}

pub(crate) fn encode<'b>(text: &impl Encode, out: &'b mut [u8]) -> Result<&'b [u8], BufferTooSmall> {
    let mut writer = Writer { out, at: 0 };
    text.encode_to(&mut writer);
    let Writer { out, at: needed } = writer;
    let given = out.len();
    if needed > given {
        out.fill(0);
    }
    out.get(..needed).ok_or(BufferTooSmall { needed, given })
}

/// Writes as long as there is room, and counts in any case.
struct Writer<'b> {
    out: &'b mut [u8],
    at: usize,
}

impl Sink for Writer<'_> {
    /// Not inlined: a text has many pieces.
    #[inline(never)]
    fn put(&mut self, bytes: &[u8]) {
        let room = self.out.get_mut(self.at..).unwrap_or_default();
        self.at = self.at.saturating_add(bytes.len());
        // Last, so that nothing has to be kept over it.
        copy(room, bytes);
    }
}

/// Copies as much as there is of one and room in the other.
pub(crate) fn copy(to: &mut [u8], from: &[u8]) {
    let len = to.len().min(from.len());
    if let (Some(to), Some(from)) = (to.get_mut(..len), from.get(..len)) {
        to.copy_from_slice(from);
    }
}

pub(crate) fn display(text: &impl Encode, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut sink = Formatting { f, result: Ok(()) };
    text.encode_to(&mut sink);
    sink.result
}

struct Formatting<'a, 'f> {
    f: &'a mut fmt::Formatter<'f>,
    result: fmt::Result,
}

impl Sink for Formatting<'_, '_> {
    fn put(&mut self, bytes: &[u8]) {
        let text = str::from_utf8(bytes).map_err(|_| fmt::Error);
        self.result = self.result.and_then(|()| self.f.write_str(text?));
    }
}

/// Spells a digest as lower-case hex.
pub(crate) fn hex(digest: &[u8; 32], out: &mut impl Sink) {
    let mut text = [0; 64];
    hex_digits(digest, &mut text);
    out.put(&text);
}

/// Two at a time, without a branch or a table; the same code for all sinks.
fn hex_digits(digest: &[u8; 32], text: &mut [u8; 64]) {
    for (pair, byte) in text.as_chunks_mut().0.iter_mut().zip(digest) {
        let both = u16::from(byte >> 4) | u16::from(byte & 15) << 8;
        let letters = both.wrapping_add(0x0606) >> 4 & 0x0101;
        *pair = both.wrapping_add(0x3030).wrapping_add(letters.wrapping_mul(0x27)).to_le_bytes();
    }
}

/// Spells a name in lower case: names are short, and byte by byte takes the least code; where it is called,
/// because most firmware has one such name.
#[inline(always)]
pub(crate) fn lower_name(name: &[u8], out: &mut impl Sink) {
    for byte in name {
        out.put(&[byte.to_ascii_lowercase()]);
    }
}

/// Spells a text of any length in lower case.
pub(crate) fn lower(text: &[u8], out: &mut (impl Sink + ?Sized)) {
    for piece in text.chunks(32) {
        let mut lower = [0; 32];
        for (to, from) in lower.iter_mut().zip(piece) {
            *to = from.to_ascii_lowercase();
        }
        out.put(lower.get(..piece.len()).unwrap_or_default());
    }
}

/// A sink that was lent as one of which nothing else is known, to be lent on to a text.
pub(crate) struct Lent<'o>(pub(crate) &'o mut dyn Sink);

impl Sink for Lent<'_> {
    fn put(&mut self, bytes: &[u8]) {
        self.0.put(bytes);
    }
}
