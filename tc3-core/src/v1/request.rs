//! A v1 request: a call with its method, algorithm and parameters.

use super::params::Params;
use crate::{
    call::Call,
    error::{Fault, Invalid, List},
    header::Header,
};
use core::num::NonZeroU64;

/// The HTTP method of a v1 request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Method {
    /// The parameters are the query. The URL has at most 32 KiB.
    Get,
    /// The parameters are a form body of at most 1 MiB.
    Post,
}

impl Method {
    /// `GET` or `POST`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}

/// The algorithm of the signature, sent as the parameter `SignatureMethod`. The service's default is HMAC-SHA1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Algorithm {
    /// HMAC-SHA1.
    #[cfg(feature = "hmacsha1")]
    HmacSha1,
    /// HMAC-SHA1 without the parameter `SignatureMethod`, as in the oldest samples.
    #[cfg(feature = "hmacsha1")]
    HmacSha1Unnamed,
    /// HMAC-SHA256.
    HmacSha256,
}

impl Algorithm {
    pub(super) const fn name(self) -> Option<&'static str> {
        match self {
            #[cfg(feature = "hmacsha1")]
            Self::HmacSha1 => Some("HmacSHA1"),
            #[cfg(feature = "hmacsha1")]
            Self::HmacSha1Unnamed => None,
            Self::HmacSha256 => Some("HmacSHA256"),
        }
    }
}

/// A nonce. Tencent's document: "A random positive integer used along with Timestamp to prevent replay attacks."
///
/// A signature consumes it, so that it cannot be used twice:
///
/// ```compile_fail,E0382
/// # use core::num::NonZeroU64;
/// # use tc3_core::{Credentials, Signer, Timestamp, v1};
/// # fn sign(signer: &mut Signer, request: &v1::Request, now: Timestamp) {
/// let nonce = v1::Nonce::new(NonZeroU64::MIN);
/// let _ = signer.sign_v1(request, now, nonce);
/// let _ = signer.sign_v1(request, now, nonce); // already consumed
/// # }
/// ```
#[derive(Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Nonce(pub(super) NonZeroU64);

impl Nonce {
    /// A nonce from a random number.
    #[must_use]
    pub const fn new(number: NonZeroU64) -> Self {
        Self(number)
    }
}

/// A complete and checked v1 request. Signing it fails only if it is too large.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Request<'a> {
    pub(super) call: Call<'a>,
    pub(super) method: Method,
    pub(super) algorithm: Algorithm,
    pub(super) params: Params<'a>,
}

impl Request<'_> {
    /// The HTTP method.
    #[must_use]
    pub const fn method(&self) -> Method {
        self.method
    }
}

impl<'a> Call<'a> {
    /// Makes a request for signature v1.
    ///
    /// Its Content-Type is always `application/x-www-form-urlencoded`.
    ///
    /// # Errors
    /// [`Invalid`], as for every request, and [`Fault::Unsignable`] for a signed header.
    pub fn v1(
        self,
        method: Method,
        algorithm: Algorithm,
        params: Params<'a>,
    ) -> Result<Request<'a>, Invalid> {
        self.check()?;
        if let Some(headers) = self.extra_headers {
            (headers.code.check)(self)?;
            let unsignable = headers.list.iter().position(|header| !matches!(header, Header::Unsigned(..)));
            if let Some(index) = unsignable {
                return Err(Invalid::Item { list: List::Headers, index, fault: Fault::Unsignable });
            }
        }
        Ok(Request { call: self, method, algorithm, params })
    }
}
