//! A v1 request: a call with its method, algorithm and parameters.

use super::{algorithm::Algorithm, params::Params};
use crate::{
    call::Call,
    error::{Fault, Invalid, List},
    header::Header,
};

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
    /// Tencent's document: "application/x-www-form-urlencoded. The HmacSHA1 or HmacSHA256 signature algorithm
    /// must be used."
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
