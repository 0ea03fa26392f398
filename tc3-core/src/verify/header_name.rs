//! The name of a header in a rejection.

use core::fmt;

/// Longer names are cut, so that a `Rejection` takes no more than the 24 bytes that it needs for two sizes anyway.
const MAX: usize = 22;

/// The name of a header in a [`Rejection`](super::Rejection). `Display` writes it in lower case.
///
/// It borrows nothing, so that a rejection can outlive the request. Of a name that is longer than 22 bytes, only the
/// first 22 are shown. `?` stands for each byte that is not visible ASCII.
///
/// ```
/// use tc3_core::verify::HeaderName;
///
/// assert_eq!(HeaderName::new("X-TC-Action").to_string(), "x-tc-action");
/// let long = HeaderName::new("X-Forwarded-For-The-Third-Proxy");
/// assert_eq!(long.to_string(), "x-forwarded-for-the-th...");
/// ```
#[derive(Clone, Copy)]
pub struct HeaderName {
    /// The name, padded with zeros. The byte after the first 22 shows whether the name is longer.
    bytes: [u8; MAX + 1],
}

impl HeaderName {
    /// Copies a name, given in any case.
    #[must_use]
    pub fn new(name: &str) -> Self {
        let mut name = name.bytes();
        Self { bytes: [(); MAX + 1].map(|()| name.next().unwrap_or(0)) }
    }

    /// The bytes to show: up to 22.
    fn shown(&self) -> impl Iterator<Item = char> {
        let kept = self.bytes.iter().take(MAX).take_while(|byte| **byte != 0);
        kept.map(|byte| if byte.is_ascii_graphic() { char::from(byte.to_ascii_lowercase()) } else { '?' })
    }

    const fn is_cut(&self) -> bool {
        !matches!(self.bytes, [.., 0])
    }
}

/// Upper and lower case are equal. So are two long names that have the first 23 bytes in common.
impl PartialEq for HeaderName {
    fn eq(&self, other: &Self) -> bool {
        self.bytes.eq_ignore_ascii_case(&other.bytes)
    }
}

impl Eq for HeaderName {}

impl fmt::Display for HeaderName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use fmt::Write;

        self.shown().try_for_each(|character| f.write_char(character))?;
        f.write_str(if self.is_cut() { "..." } else { "" })
    }
}

impl fmt::Debug for HeaderName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for HeaderName {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "{}", defmt::Display2Format(self));
    }
}
