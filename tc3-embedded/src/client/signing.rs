//! Signs the request of a call with either signature, again for each attempt.

use super::{error::CallError, message::Message};
use crate::{
    entropy::{self, Entropy, EntropyError},
    signer::{Sign, SignError, SignV1},
};
use core::convert::Infallible;
use tc3_core::{Request, Signed, Timestamp, v1};

/// A request and its signer.
pub(super) trait Signing {
    type Message<'s>: Message
    where
        Self: 's;
    /// The error of the entropy source.
    type EntropyError;

    fn sign(&mut self, now: Timestamp) -> Result<Self::Message<'_>, NotSigned<Self::EntropyError>>;
}

/// Why a request was not signed.
pub(super) enum NotSigned<N> {
    Signer(SignError),
    Entropy(EntropyError<N>),
}

impl<E, C, N> From<NotSigned<N>> for CallError<'_, E, C, N> {
    fn from(error: NotSigned<N>) -> Self {
        match error {
            NotSigned::Signer(error) => Self::Signer(error),
            NotSigned::Entropy(error) => Self::Entropy(error),
        }
    }
}

pub(super) struct Tc3<'a, G: ?Sized> {
    pub(super) signer: &'a mut G,
    pub(super) request: &'a Request<'a>,
}

impl<G: Sign + ?Sized> Signing for Tc3<'_, G> {
    type Message<'s>
        = Signed<'s>
    where
        Self: 's;
    type EntropyError = Infallible;

    fn sign(&mut self, now: Timestamp) -> Result<Signed<'_>, NotSigned<Infallible>> {
        self.signer.sign(self.request, now).map_err(NotSigned::Signer)
    }
}

pub(super) struct V1<'a, G: ?Sized, N> {
    pub(super) signer: &'a mut G,
    pub(super) request: &'a v1::Request<'a>,
    pub(super) entropy: &'a mut N,
}

impl<G: SignV1 + ?Sized, N: Entropy> Signing for V1<'_, G, N> {
    type Message<'s>
        = v1::Signed<'s>
    where
        Self: 's;
    type EntropyError = N::Error;

    /// Each signature needs its own nonce.
    fn sign(&mut self, now: Timestamp) -> Result<v1::Signed<'_>, NotSigned<N::Error>> {
        let nonce = entropy::nonce(self.entropy).map_err(NotSigned::Entropy)?;
        self.signer.sign_v1(self.request, now, nonce).map_err(NotSigned::Signer)
    }
}
