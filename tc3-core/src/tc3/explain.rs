//! Shows the canonical request and the string to sign.

use super::{
    canonical::{CanonicalRequest, StringToSign},
    credential_scope::Scope,
    request::Request,
};
use crate::{encode::Encoded, time::Timestamp};

/// The canonical request and the string to sign, to compare them with those of another signer.
///
/// Neither contains the key or the token.
///
/// ```
/// use tc3_core::{Credentials, Signer, Timestamp, api};
///
/// let request = api!("cvm", "2017-03-12").action("DescribeZones").json("{}")?;
/// let mut signer = Signer::new(Credentials::new("AKIDEXAMPLE", "key")?);
/// let explanation = signer.explain(&request, Timestamp::from_unix(1_551_113_065)?);
///
/// let canonical = explanation.canonical_request().to_string();
/// assert!(canonical.starts_with("POST\n/\n\ncontent-type:application/json\nhost:cvm."));
/// let to_sign = explanation.string_to_sign().to_string();
/// assert!(to_sign.starts_with("TC3-HMAC-SHA256\n1551113065\n2019-02-25/cvm/tc3_request\n"));
///
/// let hex = |digest: &[u8; 32]| digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
/// assert!(canonical.ends_with(&hex(explanation.hashed_payload())));
/// assert!(to_sign.ends_with(&hex(explanation.hashed_canonical_request())));
/// # Ok::<(), tc3_core::Invalid>(())
/// ```
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Explanation<'r> {
    pub(crate) request: &'r Request<'r>,
    pub(crate) payload: [u8; 32],
    pub(crate) canonical: [u8; 32],
    pub(crate) scope: Scope,
    pub(crate) at: Timestamp,
}

impl Explanation<'_> {
    /// The canonical request.
    #[must_use]
    pub const fn canonical_request(&self) -> Encoded<CanonicalRequest<'_>> {
        Encoded(CanonicalRequest { request: self.request, payload: &self.payload })
    }

    /// HashedRequestPayload, which ends the canonical request: the SHA-256 of the body.
    #[must_use]
    pub const fn hashed_payload(&self) -> &[u8; 32] {
        &self.payload
    }

    /// HashedCanonicalRequest, which ends the string to sign.
    #[must_use]
    pub const fn hashed_canonical_request(&self) -> &[u8; 32] {
        &self.canonical
    }

    /// The string to sign.
    #[must_use]
    pub const fn string_to_sign(&self) -> Encoded<StringToSign<'_>> {
        Encoded(StringToSign { scope: &self.scope, at: self.at, canonical: &self.canonical })
    }
}
