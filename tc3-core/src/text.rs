//! Which bytes a supplied text may have.

use crate::error::{Field, Invalid};

/// The bytes that a text is made of.
#[derive(Clone, Copy)]
pub(crate) enum Alphabet {
    /// Letters, digits and `-`.
    Label,
    /// Lower-case letters, digits and `-`.
    Region,
    /// Everything that prints, without the blank.
    Visible,
    /// As `Visible`, without what separates the parts of a Credential.
    SecretId,
    /// A host name or address, with a port if there is one.
    Host,
    /// A path: legal in a request target, without query and fragment.
    Path,
    /// Legal in a query as it stands on the request line.
    Query,
    /// `[0-9a-zA-Z-_ ,;.]`, as the SDKs check `X-TC-RequestClient`.
    Client,
    /// A multipart boundary, without upper case: a receiver may fold the Content-Type or not.
    Boundary,
}

impl Alphabet {
    const fn has(self, byte: u8) -> bool {
        match self {
            Self::Label => byte.is_ascii_alphanumeric() || byte == b'-',
            Self::Region => matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'),
            Self::Visible => byte.is_ascii_graphic(),
            Self::SecretId => byte.is_ascii_graphic() && !matches!(byte, b'/' | b','),
            Self::Host => {
                byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b':' | b'[' | b']')
            }
            Self::Path => Self::Query.has(byte) && byte != b'?',
            Self::Query => {
                byte.is_ascii_graphic()
                    && !matches!(
                        byte,
                        b'"' | b'#' | b'<' | b'>' | b'[' | b']' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}'
                    )
            }
            Self::Client => {
                byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b' ' | b',' | b';' | b'.')
            }
            Self::Boundary => {
                byte.is_ascii_graphic()
                    && !byte.is_ascii_uppercase()
                    && !matches!(
                        byte,
                        b'"' | b'('
                            | b')'
                            | b','
                            | b'/'
                            | b':'
                            | b';'
                            | b'<'
                            | b'='
                            | b'>'
                            | b'?'
                            | b'@'
                            | b'['
                            | b'\\'
                            | b']'
                    )
            }
        }
    }
}

/// Refuses an empty text, outer blanks and any byte that is not of the alphabet.
pub(crate) const fn check(text: &str, field: Field, alphabet: Alphabet) -> Result<(), Invalid> {
    if text.is_empty() {
        return Err(Invalid::Empty { field });
    }
    check_bytes(text, field, alphabet)
}

/// As [`check`], but a text may be empty.
///
/// Walks by slice patterns: the only way in a `const fn` that has no panic in it.
pub(crate) const fn check_bytes(text: &str, field: Field, alphabet: Alphabet) -> Result<(), Invalid> {
    let mut rest = text.as_bytes();
    let mut at = 0usize;
    while let [byte, tail @ ..] = rest {
        let outer = at == 0 || tail.is_empty();
        if outer && matches!(*byte, b' ' | b'\t') {
            return Err(Invalid::Blank { field, at });
        }
        if !alphabet.has(*byte) {
            return Err(Invalid::Byte { field, at, byte: *byte });
        }
        (rest, at) = (tail, at.saturating_add(1));
    }
    Ok(())
}

/// Refuses a text of more than `limit` bytes.
pub(crate) const fn check_len(text: &str, field: Field, limit: usize) -> Result<(), Invalid> {
    if text.len() > limit {
        return Err(Invalid::TooLong { field, len: text.len(), limit });
    }
    Ok(())
}
