//! Contenders: signers that are run, compared and counted in the same way.

use std::hint::black_box;

use serde::{Deserialize, Serialize};

/// Signs this many times, and returns the last Authorization value.
pub(crate) type Signer = Box<dyn FnMut(u32) -> String>;

/// One row of the table.
pub(crate) struct Contender {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) signer: Signer,
    /// tc3-core with the same input, for a contender of the same scheme. Both must write the same bytes.
    pub(crate) twin: Option<Signer>,
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
        let theirs = (self.signer)(1);
        let expected = self.twin.as_mut().map(|twin| twin(1));
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
pub(crate) fn writing(mut sign: impl FnMut(&mut [u8]) -> usize + 'static) -> Signer {
    Box::new(move |times| {
        let (mut out, mut len) = ([0; 320], 0);
        for _ in 0..times {
            len = sign(black_box(&mut out));
        }
        String::from_utf8_lossy(out.get(..len).unwrap_or_default()).into_owned()
    })
}

/// A signer that returns a value that contains the Authorization value.
#[cfg(feature = "peers")]
pub(crate) fn returning<T: 'static>(
    mut sign: impl FnMut() -> T + 'static,
    read: fn(&T) -> Option<&str>,
) -> Signer {
    Box::new(move |times| {
        for _ in 1..times {
            black_box(sign());
        }
        read(&black_box(sign())).unwrap_or_default().to_owned()
    })
}
