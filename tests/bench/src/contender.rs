//! Contenders: signers that are run, compared and counted in the same way.

use std::hint::black_box;

use serde::{Deserialize, Serialize};

/// Signs repeatedly and keeps the last signature.
pub(crate) trait Sign {
    fn sign(&mut self);

    /// The last Authorization value.
    fn authorization(&self) -> String;
}

/// One row of the table.
pub(crate) struct Contender {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) signer: Box<dyn Sign>,
    /// tc3-core with the same input, for a contender of the same scheme. Both must write the same bytes.
    pub(crate) twin: Option<Box<dyn Sign>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Ours,
    /// The least possible work for this signature: code that can make no other.
    Floor,
    /// Another crate that signs for Tencent Cloud.
    Tencent,
    /// A crate that signs for AWS. Its key needs one more HMAC, so no goal compares with it.
    Aws,
}

impl Contender {
    /// Signs once and compares, because only the same work may be timed.
    pub(crate) fn check(&mut self) -> Result<(), String> {
        self.signer.sign();
        let theirs = self.signer.authorization();
        let expected = self.twin.as_mut().map(|twin| {
            twin.sign();
            twin.authorization()
        });
        let signature = theirs.split_once("Signature=").map_or("", |(_, signature)| signature);
        let is_signed = signature.len() == 64 && signature.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_signed && expected.as_ref().is_none_or(|expected| *expected == theirs) {
            return Ok(());
        }
        let (name, expected) = (self.name, expected.unwrap_or_else(|| "any signature".to_owned()));
        Err(format!(
            "nothing is timed, because {name} does not do the same work: {theirs:?}, not {expected:?}"
        ))
    }
}

/// A signer that writes the Authorization value to a caller's buffer and returns its length.
pub(crate) fn writing(mut sign: impl FnMut(&mut [u8]) -> usize + 'static) -> Box<dyn Sign> {
    Box::new(Keeping {
        sign: move |(out, len): &mut ([u8; 320], usize)| *len = sign(black_box(out)),
        read: |(out, len)| String::from_utf8_lossy(out.get(..*len).unwrap_or_default()).into_owned(),
        last: ([0; 320], 0),
    })
}

/// A signer that returns a value that contains the Authorization value.
#[cfg(feature = "peers")]
pub(crate) fn returning<T: 'static>(
    mut sign: impl FnMut() -> T + 'static,
    read: fn(&T) -> String,
) -> Box<dyn Sign> {
    Box::new(Keeping {
        sign: move |last: &mut Option<T>| *last = Some(black_box(sign())),
        read: move |last| last.as_ref().map(read).unwrap_or_default(),
        last: None,
    })
}

struct Keeping<T, F: FnMut(&mut T), R: Fn(&T) -> String> {
    sign: F,
    read: R,
    last: T,
}

impl<T, F: FnMut(&mut T), R: Fn(&T) -> String> Sign for Keeping<T, F, R> {
    fn sign(&mut self) {
        (self.sign)(&mut self.last);
    }

    fn authorization(&self) -> String {
        (self.read)(&self.last)
    }
}
