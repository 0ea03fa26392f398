//! Signers: the interface that a [client](crate::client) calls, and a signer that owns its credentials.
//!
//! | signer | credentials | expired temporary credentials | for |
//! |---|---|---|---|
//! | [`Signer`] | borrowed for as long as the signer lives | sign, unless the caller checks | credentials that do not change |
//! | [`OwnedSigner`] | owned, replaced in place | are refused: [`SignError::Expired`] | credentials that change while the device runs |
//! | [`DaySigner`] | the key of one day and service; TC3 only | sign, unless the caller checks | a device that never holds the SecretKey |
//!
//! Each caches the key of the last day and service until its credentials change.

mod error;
mod owned;

pub use error::SignError;
pub use owned::OwnedSigner;

use tc3_core::{DaySigner, Request, Sha256Engine, Signed, Signer, Timestamp, v1};

/// Signs with TC3-HMAC-SHA256. `&mut` of a signer is a signer.
pub trait Sign {
    /// Signs a request with this time.
    ///
    /// # Errors
    /// [`SignError`] if the credentials cannot sign the request at this time.
    fn sign<'s>(&'s mut self, request: &'s Request<'s>, now: Timestamp) -> Result<Signed<'s>, SignError>;
}

/// Signs with signature v1. `&mut` of a signer is a signer.
pub trait SignV1 {
    /// Signs a request with this time and nonce.
    ///
    /// # Errors
    /// [`SignError`] if the credentials cannot sign at this time, or if the request exceeds a limit of the
    /// service.
    fn sign_v1<'s>(
        &'s mut self,
        request: &'s v1::Request<'s>,
        now: Timestamp,
        nonce: v1::Nonce,
    ) -> Result<v1::Signed<'s>, SignError>;
}

impl<T: Sign + ?Sized> Sign for &mut T {
    fn sign<'s>(&'s mut self, request: &'s Request<'s>, now: Timestamp) -> Result<Signed<'s>, SignError> {
        T::sign(self, request, now)
    }
}

impl<T: SignV1 + ?Sized> SignV1 for &mut T {
    fn sign_v1<'s>(
        &'s mut self,
        request: &'s v1::Request<'s>,
        now: Timestamp,
        nonce: v1::Nonce,
    ) -> Result<v1::Signed<'s>, SignError> {
        T::sign_v1(self, request, now, nonce)
    }
}

impl<H: Sha256Engine> Sign for Signer<'_, H> {
    fn sign<'s>(&'s mut self, request: &'s Request<'s>, now: Timestamp) -> Result<Signed<'s>, SignError> {
        Ok(Signer::sign(self, request, now))
    }
}

impl<H: Sha256Engine> SignV1 for Signer<'_, H> {
    fn sign_v1<'s>(
        &'s mut self,
        request: &'s v1::Request<'s>,
        now: Timestamp,
        nonce: v1::Nonce,
    ) -> Result<v1::Signed<'s>, SignError> {
        Ok(Signer::sign_v1(self, request, now, nonce)?)
    }
}

impl<H: Sha256Engine> Sign for DaySigner<'_, H> {
    fn sign<'s>(&'s mut self, request: &'s Request<'s>, now: Timestamp) -> Result<Signed<'s>, SignError> {
        Ok(DaySigner::sign(self, request, now)?)
    }
}
