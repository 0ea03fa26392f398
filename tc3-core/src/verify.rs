//! Verifies the signature of a received request, its age, and the host it was signed for.
//!
//! It takes two steps, so that you can look up the credentials by SecretId in between. First, [`tc3::Claim::read`]
//! or [`v1::Claim::read`] parses what the request says about its signature; none of it is trusted yet. Then a
//! [`Verifier`] checks the claim against the credentials that you found.
//!
//! A valid signature does not cover all of a request: [`in_a_webhook_or_gateway`] says what an attacker can change, and
//! how to prevent it.
//!
//! ```
//! use tc3_core::{Credentials, Signer, Timestamp, api, verify};
//!
//! // the sender
//! let credentials = Credentials::new("AKIDEXAMPLE", "key")?;
//! let now = Timestamp::from_unix(1_551_113_065)?;
//! let request = api!("cvm", "2017-03-12").action("DescribeZones").json("{}")?;
//! let signed = Signer::new(credentials).sign(&request, now);
//! let sent: Vec<_> = signed.headers().map(|(name, value)| (name, value.to_string())).collect();
//!
//! // the receiver
//! let headers: Vec<_> = sent.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
//! let body = verify::Body::Whole(b"{}");
//! let message = verify::Message { method: "POST", target: "/", headers: &headers, body };
//! let claim = verify::tc3::Claim::read(&message)?;
//! assert_eq!(claim.secret_id(), "AKIDEXAMPLE");
//! verify::Verifier::new().tc3(&claim, &credentials, now)?;
//!
//! let tampered = verify::Message { body: verify::Body::Whole(b"{ }"), ..message };
//! let claim = verify::tc3::Claim::read(&tampered)?;
//! let rejection = verify::Verifier::new().tc3(&claim, &credentials, now).unwrap_err();
//! assert_eq!(rejection.code(), "AuthFailure.SignatureFailure");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod demands;
mod header_name;
#[doc = include_str!("verify/webhook.md")]
pub mod in_a_webhook_or_gateway {}
mod message;
mod rejection;
pub mod tc3;
pub mod v1;

pub use demands::{DemandingVerifier, Demands};
pub use header_name::HeaderName;
pub use message::{Body, Message};
pub use rejection::{Item, Rejection};

use crate::{
    credentials::Credentials,
    crypto::{sha256::Sha256Engine, software::Software},
    time::Timestamp,
};
use core::fmt;
use subtle::ConstantTimeEq;

/// By default, a timestamp may differ from `now` by this many seconds.
///
/// Tencent's document: "A greater-than-5-minute difference between your local current time and the API server time
/// can cause your signature to expire."
pub const WINDOW: u32 = 300;

/// Checks claims against credentials.
pub struct Verifier<H: Sha256Engine = Software> {
    hash: H,
    window: u32,
}

impl Verifier {
    /// A verifier that hashes in software and allows timestamps to be off by [`WINDOW`] seconds.
    #[must_use]
    pub const fn new() -> Self {
        Self::with_hash(Software::new())
    }
}

impl<H: Sha256Engine> Verifier<H> {
    /// A verifier that hashes with `hash`.
    #[must_use]
    pub const fn with_hash(hash: H) -> Self {
        Self { hash, window: WINDOW }
    }

    /// Allows timestamps to differ from `now` by up to `seconds`.
    #[must_use]
    pub fn window(self, seconds: u32) -> Self {
        Self { window: seconds, ..self }
    }

    /// Checks that a TC3 request was signed with these credentials.
    ///
    /// # Errors
    /// [`Rejection`]. [`code`](Rejection::code) is the error code that Tencent's service returns in this case.
    pub fn tc3(
        &mut self,
        claim: &tc3::Claim<'_>,
        credentials: &Credentials<'_>,
        now: Timestamp,
    ) -> Result<(), Rejection> {
        let identity = credentials.identity;
        self.check(claim.secret_id() == identity.id, claim.at, now)?;
        check_token(claim.token().map(str::as_bytes), identity.token)?;
        claim.check_signature(&mut self.hash, credentials.key)
    }

    /// Checks that a v1 request was signed with these credentials.
    ///
    /// # Errors
    /// [`Rejection`]. [`code`](Rejection::code) is the error code that Tencent's service returns in this case.
    pub fn v1(
        &mut self,
        claim: &v1::Claim<'_, '_>,
        credentials: &Credentials<'_>,
        now: Timestamp,
    ) -> Result<(), Rejection> {
        let identity = credentials.identity;
        self.check(claim.secret_id().is(identity.id), claim.at, now)?;
        claim.check_token(identity.token)?;
        claim.check_signature(&mut self.hash, credentials.key)
    }

    fn check(&self, is_known: bool, at: Timestamp, now: Timestamp) -> Result<(), Rejection> {
        if !is_known {
            return Err(Rejection::SecretId);
        }
        let seconds = at.abs_diff(now);
        if seconds > u64::from(self.window) {
            return Err(Rejection::Expired { seconds, window: self.window });
        }
        Ok(())
    }
}

fn check_token(claimed: Option<&[u8]>, expected: Option<&str>) -> Result<(), Rejection> {
    match (claimed, expected) {
        (None, None) => Ok(()),
        (Some(claimed), Some(expected)) if claimed.ct_eq(expected.as_bytes()).into() => Ok(()),
        _ => Err(Rejection::Token),
    }
}

impl Default for Verifier {
    fn default() -> Self {
        Self::new()
    }
}

impl<H: Sha256Engine> fmt::Debug for Verifier<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier").field("window", &self.window).finish_non_exhaustive()
    }
}

#[cfg(feature = "defmt")]
impl<H: Sha256Engine> defmt::Format for Verifier<H> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "Verifier({=u32} s)", self.window);
    }
}
