//! Whoever makes a signature, so that all are run, compared and counted in the same way.

use std::hint::black_box;

/// Makes one signature after the other, and keeps the last.
pub(crate) trait Sign {
    fn sign(&mut self);

    /// The Authorization value that was made last.
    fn authorization(&self) -> String;
}

/// One row of the table.
pub(crate) struct Contender {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) signer: Box<dyn Sign>,
    /// tc3-core at the very same work, where there is such a thing: its bytes have to be the same.
    pub(crate) twin: Option<Box<dyn Sign>>,
}

/// Whose it is, and what its signature has to be equal to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Ours,
    /// What it costs at least, by code that can do nothing else.
    Floor,
    /// Another crate that signs for Tencent Cloud.
    #[cfg(feature = "peers")]
    Tencent,
    /// A crate of the same shape. Its key takes one HMAC more, so it is shown and not raced.
    #[cfg(feature = "peers")]
    Aws,
}

/// A signer that writes into a buffer of its caller's.
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

/// A signer that gives away a value of its own making, in which the Authorization is.
#[cfg(feature = "peers")]
pub(crate) struct Giving<F, T> {
    sign: F,
    last: Option<T>,
    authorization: fn(&T) -> String,
}

#[cfg(feature = "peers")]
impl<F: FnMut() -> T, T> Giving<F, T> {
    pub(crate) const fn new(sign: F, authorization: fn(&T) -> String) -> Self {
        Self { sign, last: None, authorization }
    }
}

#[cfg(feature = "peers")]
impl<F: FnMut() -> T, T> Sign for Giving<F, T> {
    fn sign(&mut self) {
        self.last = Some(black_box((self.sign)()));
    }

    fn authorization(&self) -> String {
        self.last.as_ref().map(self.authorization).unwrap_or_default()
    }
}
