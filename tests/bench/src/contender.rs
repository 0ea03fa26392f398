//! Contenders: signers that are run, compared and counted in the same way.

use std::hint::black_box;

/// Signs this many times, and returns the last Authorization value.
pub(crate) type Signer = Box<dyn FnMut(u32) -> String>;

/// One row of the table.
pub(crate) struct Contender {
    pub(crate) name: &'static str,
    /// `ours`; `floor`, the least possible work for this signature; `tencent`, another crate for Tencent Cloud; or
    /// `aws`, a crate for AWS, whose key needs one more HMAC, so that no goal compares with it.
    pub(crate) kind: &'static str,
    pub(crate) signer: Signer,
    /// tc3-core with the same input, for a contender of the same scheme. Both must write the same bytes.
    pub(crate) twin: Option<Signer>,
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
