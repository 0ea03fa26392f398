//! Encoding: each value has one function that writes it into any sink, to be hashed or sent.

pub(crate) mod decimal;
pub(crate) mod hex;
pub(crate) mod percent;

use core::{error::Error, fmt, str};

/// A destination of encoded bytes: a hash, a buffer, a counter or a formatter.
pub trait Sink {
    /// Appends bytes.
    fn put(&mut self, bytes: &[u8]);
}

/// A value with exactly one encoding, which can be written any number of times.
pub trait Encode {
    /// Writes the whole encoding into `out`.
    // Generic over the sink, so that the compiler sees every call from here to the last byte and drops the code for
    // parts of a request that a firmware never uses. Saves up to 444 B on a Cortex-M0.
    fn encode_to<S: Sink>(&self, out: &mut S);

    /// Whether the encoding contains a token.
    fn is_sensitive(&self) -> bool {
        false
    }
}

/// A value that is encoded on demand: it stores no bytes.
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
    /// The length of the encoding in bytes.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "an encoding of this crate is rarely empty")]
    pub fn len(&self) -> usize {
        count(&self.0)
    }

    /// Whether the encoding contains a token. If so, keep it out of logs.
    #[must_use]
    pub fn is_sensitive(&self) -> bool {
        self.0.is_sensitive()
    }

    /// Writes the encoding to the start of `out` and returns the bytes written.
    ///
    /// # Errors
    /// [`BufferTooSmall`] with the exact length needed; `out` is then all zeros.
    pub fn encode<'b>(&self, out: &'b mut [u8]) -> Result<&'b [u8], BufferTooSmall> {
        encode(&self.0, out)
    }

    /// Like [`encode`](Self::encode), but returns a string.
    ///
    /// # Errors
    /// As [`encode`](Self::encode).
    pub fn encode_str<'b>(&self, out: &'b mut [u8]) -> Result<&'b str, BufferTooSmall> {
        // Every encoding of this crate is UTF-8, so the default is never returned.
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

/// The buffer is shorter than the encoding. The buffer is all zeros.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct BufferTooSmall {
    /// Length of the encoding in bytes.
    pub needed: usize,
    /// Length of the buffer in bytes.
    pub given: usize,
}

impl fmt::Display for BufferTooSmall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the buffer has {} bytes, and {} are needed", self.given, self.needed)
    }
}

impl Error for BufferTooSmall {}

/// Implements `Debug` and `defmt::Format`. Both show the encoding, or `***` if the encoding contains a token.
macro_rules! debug_masked {
    ($($value:ty),*) => {$(
        impl core::fmt::Debug for $value {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                if $crate::encode::Encode::is_sensitive(self) {
                    f.write_str("***")
                } else {
                    $crate::encode::display(self, f)
                }
            }
        }

        #[cfg(feature = "defmt")]
        impl defmt::Format for $value {
            fn format(&self, f: defmt::Formatter<'_>) {
                defmt::write!(f, "{}", defmt::Debug2Format(self));
            }
        }
    )*};
}
pub(crate) use debug_masked;

/// The length of an encoding in bytes.
pub(crate) fn count(value: &impl Encode) -> usize {
    let mut counter = Writer { out: &mut [], at: 0 };
    value.encode_to(&mut counter);
    counter.at
}

pub(crate) fn encode<'b>(value: &impl Encode, out: &'b mut [u8]) -> Result<&'b [u8], BufferTooSmall> {
    let mut writer = Writer { out, at: 0 };
    value.encode_to(&mut writer);
    let Writer { out, at: needed } = writer;
    let given = out.len();
    if needed > given {
        out.fill(0);
    }
    out.get(..needed).ok_or(BufferTooSmall { needed, given })
}

/// Writes until the buffer is full, and counts all bytes.
struct Writer<'b> {
    out: &'b mut [u8],
    at: usize,
}

impl Sink for Writer<'_> {
    /// Not inlined, because an encoding calls it many times. Saves up to 728 B on a Cortex-M0.
    #[inline(never)]
    fn put(&mut self, bytes: &[u8]) {
        let free = self.out.get_mut(self.at..).unwrap_or_default();
        self.at = self.at.saturating_add(bytes.len());
        // Last, so that no register is saved over the call: v1 takes 3 % fewer instructions on RV32IMC.
        copy(free, bytes);
    }
}

/// Copies as many bytes as the shorter slice has.
pub(crate) fn copy(to: &mut [u8], from: &[u8]) {
    let len = to.len().min(from.len());
    if let (Some(to), Some(from)) = (to.get_mut(..len), from.get(..len)) {
        to.copy_from_slice(from);
    }
}

pub(crate) fn display(value: &impl Encode, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut sink = Formatting { f, result: Ok(()) };
    value.encode_to(&mut sink);
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

/// Writes a short name in lower case, byte by byte.
// Byte by byte saves up to 152 B on a Cortex-M0. Inlined, because most firmware has one such name, saves 80 B more.
#[inline(always)]
pub(crate) fn lower_name(name: &[u8], out: &mut impl Sink) {
    for byte in name {
        out.put(&[byte.to_ascii_lowercase()]);
    }
}

/// Writes bytes in lower case, 32 at a time: verifying takes 1.5 % fewer instructions on a Cortex-M4.
pub(crate) fn lower(bytes: &[u8], out: &mut (impl Sink + ?Sized)) {
    for piece in bytes.chunks(32) {
        let mut lower = [0; 32];
        for (to, from) in lower.iter_mut().zip(piece) {
            *to = from.to_ascii_lowercase();
        }
        out.put(lower.get(..piece.len()).unwrap_or_default());
    }
}

/// Wraps a `dyn Sink` in a sized type, which [`Encode::encode_to`] needs.
pub(crate) struct DynSink<'o>(pub(crate) &'o mut dyn Sink);

impl Sink for DynSink<'_> {
    fn put(&mut self, bytes: &[u8]) {
        self.0.put(bytes);
    }
}

/// `len` as a `u64`.
pub(crate) fn len_u64(len: usize) -> u64 {
    u64::try_from(len).unwrap_or(u64::MAX)
}
