//! A signed request, and everything that is sent for it.

mod authorization;
mod headers;
mod list;

pub use authorization::Authorization;
pub use headers::{Head, Headers};
pub use list::HeadersDoNotFit;

use super::{credential_scope::Scope, request::Request};
use crate::{credentials::Identity, encode::Encoded, time::Timestamp};
use core::fmt;

/// A signed request.
///
/// Send it once. Sign again for a retry, because the timestamp expires.
#[derive(Clone, Copy)]
pub struct Signed<'r> {
    pub(crate) request: &'r Request<'r>,
    /// `None` for a request that skips authentication.
    pub(crate) identity: Option<Identity<'r>>,
    pub(crate) at: Timestamp,
    /// The scope of the key.
    pub(crate) scope: Scope,
    pub(crate) mac: [u8; 32],
}

impl<'r> Signed<'r> {
    /// The head of an HTTP/1.1 request: request line, headers and the empty line. Send the body after it.
    #[must_use]
    pub const fn head(&self) -> Encoded<Head<'_>> {
        Encoded(Head(self))
    }

    /// The value of the Authorization header.
    #[must_use]
    pub const fn authorization(&self) -> Encoded<Authorization<'_>> {
        Encoded(Authorization(self))
    }

    /// All headers as names and values, in the order of [`head`](Self::head), for an HTTP client that writes
    /// the request line itself. For a client that also writes `Host` and `Content-Length`, use
    /// [`without_host_and_length`](Headers::without_host_and_length).
    #[must_use]
    pub const fn headers(&self) -> Headers<'_> {
        Headers::new(self)
    }

    /// The request that was signed.
    #[must_use]
    pub const fn request(self) -> &'r Request<'r> {
        self.request
    }

    /// The time in the signature.
    #[must_use]
    pub const fn timestamp(self) -> Timestamp {
        self.at
    }
}

impl<'a> Request<'a> {
    /// The request without a signature (`Authorization: SKIP`), for the few actions that authenticate the
    /// caller in another way, such as `AssumeRoleWithWebIdentity` of `sts`.
    ///
    /// ```
    /// use tc3_core::{Timestamp, api};
    ///
    /// let request = api!("sts", "2018-08-13").action("AssumeRoleWithWebIdentity").json("{}")?;
    /// let skipped = request.skip(Timestamp::from_unix(1_551_113_065)?);
    /// assert_eq!(skipped.authorization().to_string(), "SKIP");
    /// # Ok::<(), tc3_core::Invalid>(())
    /// ```
    #[must_use]
    pub const fn skip(&'a self, now: Timestamp) -> Signed<'a> {
        Signed { request: self, identity: None, at: now, scope: Scope::NONE, mac: [0; 32] }
    }
}

impl fmt::Debug for Signed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signed").field("authorization", &self.authorization()).finish_non_exhaustive()
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Signed<'_> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "Signed({})", self.authorization());
    }
}
