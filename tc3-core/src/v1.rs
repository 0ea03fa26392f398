//! Signature v1: HmacSHA1 and HmacSHA256 over sorted parameters.
//!
//! Everything is a parameter here: action, id, time, nonce and, last, the signature itself. The
//! values are signed raw and sent percent-encoded; what comes out is the encoded form alone, the
//! query of a GET or the form body of a POST.
//!
//! ```
//! use core::num::NonZeroU64;
//! use tc3_core::{Credentials, ParamValue, Signer, Timestamp, api, v1};
//!
//! // the sample of the signature document; HmacSHA1 needs the feature `hmacsha1`
//! let key = "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE";
//! let mut signer = Signer::new(Credentials::new("AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE", key)?);
//! # #[cfg(feature = "hmacsha1")] {
//! let mut params = [
//!     ("Limit", ParamValue::Int(20)),
//!     ("Offset", ParamValue::Int(0)),
//!     ("InstanceIds", ParamValue::List(&[ParamValue::Text("ins-09dx96dg")])),
//! ];
//! let call = api!("cvm", "2017-03-12").action("DescribeInstances").region("ap-guangzhou");
//! let params = v1::Params::sorted(&mut params)?;
//! let request = call.v1(v1::Method::Get, v1::Algorithm::HmacSha1Unnamed, params)?;
//!
//! let nonce = v1::Nonce::new(NonZeroU64::new(11886).unwrap());
//! let signed = signer.sign_v1(&request, Timestamp::from_unix(1_465_185_768)?, nonce)?;
//! assert_eq!(signed.signature().to_string(), "EliP9YW3pW28FpsEdkXt/+WcGeI=");
//! assert!(signed.wire().to_string().ends_with("&Signature=EliP9YW3pW28FpsEdkXt%2F%2BWcGeI%3D"));
//! # }
//! # Ok::<(), tc3_core::Invalid>(())
//! ```

mod mac;
mod params;
mod signed;

pub(crate) use mac::Mac;
pub use params::{MAX_UNSORTED, Params};
use signed::Body;
pub use signed::{Head, Signature, Signed, StringToSign, Wire};

use crate::{
    api::Call,
    error::{Fault, Invalid, List},
    further::Header,
    hash::Sha256Engine,
    sign::Signer,
    time::Timestamp,
};
use core::num::NonZeroU64;

/// How a v1 request is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Method {
    /// In the query; at most 32 KiB of URL.
    Get,
    /// As a form body; at most 1 MiB of it.
    Post,
}

impl Method {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}

/// The keyed hash. "You only use HmacSHA256 when specified": the algorithm writes its own name into
/// the parameter `SignatureMethod`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Algorithm {
    /// HMAC-SHA1, named.
    #[cfg(feature = "hmacsha1")]
    HmacSha1,
    /// HMAC-SHA1 without `SignatureMethod`, as the oldest samples have it.
    #[cfg(feature = "hmacsha1")]
    HmacSha1Unnamed,
    /// HMAC-SHA256.
    HmacSha256,
}

impl Algorithm {
    const fn name(self) -> Option<&'static str> {
        match self {
            #[cfg(feature = "hmacsha1")]
            Self::HmacSha1 => Some("HmacSHA1"),
            #[cfg(feature = "hmacsha1")]
            Self::HmacSha1Unnamed => None,
            Self::HmacSha256 => Some("HmacSHA256"),
        }
    }
}

/// "A random positive integer used along with Timestamp to prevent replay attacks."
///
/// It is spent by one signature:
///
/// ```compile_fail,E0382
/// # use core::num::NonZeroU64;
/// # use tc3_core::{Credentials, Signer, Timestamp, v1};
/// # fn sign(signer: &mut Signer, request: &v1::Request, now: Timestamp) {
/// let nonce = v1::Nonce::new(NonZeroU64::MIN);
/// let _ = signer.sign_v1(request, now, nonce);
/// let _ = signer.sign_v1(request, now, nonce); // used already
/// # }
/// ```
#[derive(Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Nonce(NonZeroU64);

impl Nonce {
    /// Takes a number from a source of randomness.
    #[must_use]
    pub const fn new(number: NonZeroU64) -> Self {
        Self(number)
    }
}

/// A v1 call that is complete and checked.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Request<'a> {
    pub(crate) call: Call<'a>,
    pub(crate) method: Method,
    pub(crate) algorithm: Algorithm,
    pub(crate) params: Params<'a>,
}

impl<'a> Call<'a> {
    /// GET or POST of parameters, to be signed with signature v1.
    ///
    /// "application/x-www-form-urlencoded. The HmacSHA1 or HmacSHA256 signature algorithm must be
    /// used."
    ///
    /// # Errors
    /// [`Invalid`], as for every verb; [`Fault::Unsignable`] for a header that should be signed.
    pub fn v1(
        self,
        method: Method,
        algorithm: Algorithm,
        params: Params<'a>,
    ) -> Result<Request<'a>, Invalid> {
        self.check()?;
        if let Some(further) = self.further {
            (further.spelling.check)(self)?;
            let unsignable = further.list.iter().position(|header| !matches!(header, Header::Unsigned(..)));
            if let Some(index) = unsignable {
                return Err(Invalid::Item { list: List::Headers, index, fault: Fault::Unsignable });
            }
        }
        Ok(Request { call: self, method, algorithm, params })
    }
}

impl<'c, H: Sha256Engine> Signer<'c, H> {
    /// Signs with signature v1.
    ///
    /// # Errors
    /// [`Invalid::TooLarge`] where the request, with id, token and the longest signature there is,
    /// is larger than the service takes: over the limit it would answer that the *signature* is
    /// wrong.
    pub fn sign_v1<'r>(
        &mut self,
        request: &'r Request<'r>,
        now: Timestamp,
        nonce: Nonce,
    ) -> Result<Signed<'r>, Invalid>
    where
        'c: 'r,
    {
        Signed::new(
            &mut self.hash,
            self.credentials,
            Body { request, id: self.credentials.identity, at: now, nonce: nonce.0 },
        )
    }
}
