//! Contenders: signers that are run, compared and counted in the same way.

use std::hint::black_box;

/// Signs repeatedly and stores the last signature.
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

/// The kind of a contender.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Ours,
    /// The least possible work for this signature: code that can make no other.
    Floor,
    /// Another crate that signs for Tencent Cloud.
    #[cfg(feature = "peers")]
    Tencent,
    /// A crate that signs for AWS. Its key needs one more HMAC, so no goal compares with it.
    #[cfg(feature = "peers")]
    Aws,
}

/// A signer that writes to a caller's buffer.
pub(crate) struct Writing<F> {
    sign: F,
    out: [u8; 320],
    len: usize,
}

impl<F: FnMut(&mut [u8]) -> usize> Writing<F> {
    pub(crate) const fn new(sign: F) -> Self {
        Self { sign, out: [0; 320], len: 0 }
    }
}

impl<F: FnMut(&mut [u8]) -> usize> Sign for Writing<F> {
    fn sign(&mut self) {
        self.len = (self.sign)(black_box(&mut self.out));
    }

    fn authorization(&self) -> String {
        String::from_utf8_lossy(self.out.get(..self.len).unwrap_or_default()).into_owned()
    }
}

/// A signer that returns a value that contains the Authorization.
#[cfg(feature = "peers")]
pub(crate) struct Returning<F, T> {
    sign: F,
    last: Option<T>,
    authorization: fn(&T) -> String,
}

#[cfg(feature = "peers")]
impl<F: FnMut() -> T, T> Returning<F, T> {
    pub(crate) const fn new(sign: F, authorization: fn(&T) -> String) -> Self {
        Self { sign, last: None, authorization }
    }
}

#[cfg(feature = "peers")]
impl<F: FnMut() -> T, T> Sign for Returning<F, T> {
    fn sign(&mut self) {
        self.last = Some(black_box((self.sign)()));
    }

    fn authorization(&self) -> String {
        self.last.as_ref().map(self.authorization).unwrap_or_default()
    }
}
