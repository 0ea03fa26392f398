//! A line with credentials: `ID KEY TOKEN EXPIRES`, with the time of expiry in seconds since 1970.

use core::hint::black_box;

use heapless::String;
use tc3_core::{Credentials, Timestamp};

/// The maximum length of a line, in bytes.
const LINE: usize = 1536;

/// Temporary credentials. They are wiped when dropped.
pub struct Keys {
    /// The SecretId.
    pub id: String<128>,
    /// The SecretKey.
    pub key: String<128>,
    /// The token.
    pub token: String<1024>,
    /// When they expire.
    pub expires: Timestamp,
}

impl Keys {
    /// Takes exactly the four fields, each separated by one space.
    ///
    /// The line has no checksum, so a byte that changed into another allowed byte is not recognised: the service then
    /// refuses the credentials.
    fn parse(line: &str) -> Option<Self> {
        let mut fields = line.split(' ');
        let [Some(id), Some(key), Some(token), Some(expires), None] = [(); 5].map(|()| fields.next()) else {
            return None;
        };
        Credentials::temporary(id, key, token).ok()?;
        let is_time = expires.len() == 10 && expires.bytes().all(|byte| byte.is_ascii_digit());
        // Tencent's ids begin so, and its shortest keys are as long as that.
        if !id.starts_with("AKID") || key.len() < 32 || !is_time {
            return None;
        }
        Some(Self {
            id: id.try_into().ok()?,
            key: key.try_into().ok()?,
            token: token.try_into().ok()?,
            expires: Timestamp::from_unix(expires.parse().ok()?).ok()?,
        })
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        wipe(&mut self.id);
        wipe(&mut self.key);
        wipe(&mut self.token);
    }
}

/// Overwrites the whole buffer.
fn wipe<const N: usize>(text: &mut String<N>) {
    text.clear();
    while text.push('\0').is_ok() {}
    // Without this, the compiler could leave the writes out.
    black_box(text).clear();
}

/// A line that is being received.
pub(crate) struct Line {
    text: String<LINE>,
    /// Whether a byte is missing or is not ASCII.
    is_damaged: bool,
}

impl Line {
    pub(crate) const fn new() -> Self {
        Self { text: String::new(), is_damaged: false }
    }

    pub(crate) fn push(&mut self, byte: u8) {
        self.is_damaged |= !byte.is_ascii() || self.text.push(byte.into()).is_err();
    }

    /// Notes that a byte was lost.
    pub(crate) fn lose(&mut self) {
        self.is_damaged = true;
    }

    /// Parses the line, and wipes it. `None` if it is malformed or damaged.
    pub(crate) fn take(&mut self) -> Option<Keys> {
        let keys = if self.is_damaged { None } else { Keys::parse(&self.text) };
        wipe(&mut self.text);
        self.is_damaged = false;
        keys
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use core::{mem::ManuallyDrop, slice};

    use super::{Keys, LINE, Line};

    const GOOD: &str = "AKIDEXAMPLE1 Gu5t9xGARNpq86cd98joQYCN3EXAMPL1 token-1 1795286382";

    /// The line after `from` in it was replaced by `to`.
    fn received(from: &str, to: &str) -> Option<Keys> {
        let (before, after) = GOOD.split_once(from).unwrap();
        let mut line = Line::new();
        [before, to, after].iter().flat_map(|part| part.bytes()).for_each(|byte| line.push(byte));
        line.take()
    }

    #[test]
    fn a_line_has_exactly_four_fields_of_their_form() {
        let keys = received(" ", " ").unwrap();
        assert_eq!(GOOD.split(' ').next(), Some(&*keys.id));
        assert_eq!((&*keys.key, &*keys.token), ("Gu5t9xGARNpq86cd98joQYCN3EXAMPL1", "token-1"));
        assert_eq!(keys.expires.unix(), 1_795_286_382);
        let long = str::from_utf8(&[b't'; 1025]).unwrap();
        let longer = str::from_utf8(&[b' '; LINE]).unwrap();
        for (from, to) in [
            // A field too many, one too few, an empty one.
            ("1795286382", "1795286382 1"),
            ("1795286382", "1795286382 "),
            (" 1795286382", ""),
            ("token-1 ", ""),
            ("token-1", ""),
            ("AKIDEXAMPLE1 ", ""),
            (GOOD, ""),
            // Stray bytes.
            ("AKID", " AKID"),
            ("AKID", "\nAKID"),
            ("AKID", "\u{feff}AKID"),
            ("1795286382", "1795286382\r"),
            ("token-1", "token\t1"),
            ("token-1", "token\0"),
            ("token-1", "t\u{f6}ken"),
            // The wrong length.
            ("AKID", "KID"),
            ("Gu5", "u5"),
            ("token-1", long),
            ("1795286382", "179528638"),
            ("1795286382", "17952863820"),
            ("1795286382", longer),
            // Not a time.
            ("1795286382", "+795286382"),
            ("1795286382", "179528638x"),
        ] {
            assert!(received(from, to).is_none(), "{from:?} became {to:?}");
        }
    }

    #[test]
    fn a_line_with_a_lost_byte_is_refused_and_the_next_one_is_not() {
        let mut line = Line::new();
        for is_lost in [true, false] {
            GOOD.bytes().for_each(|byte| line.push(byte));
            if is_lost {
                line.lose();
            }
            assert_eq!(line.take().is_none(), is_lost);
        }
    }

    #[test]
    fn the_line_and_the_keys_are_wiped() {
        let mut line = Line::new();
        (0..LINE).for_each(|_| line.push(b'x'));
        line.take();
        // SAFETY: each byte of the buffer was written.
        let buffer = unsafe { slice::from_raw_parts(line.text.as_ptr(), LINE) };
        assert!(buffer.iter().all(|byte| *byte == 0), "the line");

        let mut keys = ManuallyDrop::new(received(" ", " ").unwrap());
        let fields = [&keys.id[..], &keys.key, &keys.token].map(|field| (field.as_ptr(), field.len()));
        // SAFETY: the keys are not used afterwards, except for their memory.
        unsafe { ManuallyDrop::drop(&mut keys) };
        for (field, len) in fields {
            // SAFETY: the memory is still there.
            let field = unsafe { slice::from_raw_parts(field, len) };
            assert!(field.iter().all(|byte| *byte == 0), "{field:?}");
        }
    }
}
