//! What was hashed and signed, as text.

use crate::{
    canonical::{CanonicalRequest, StringToSign},
    encode::Encoded,
    key::Scope,
    request::Request,
    time::Timestamp,
};

/// The canonical request and the string to sign, for comparison with another signer's.
///
/// Neither holds a secret: key and token take no part in them.
///
/// ```
/// use tc3_core::{Credentials, Signer, Timestamp, api};
///
/// let request = api!("cvm", "2017-03-12").action("DescribeZones").json("{}")?;
/// let mut signer = Signer::new(Credentials::new("AKIDEXAMPLE", "key")?);
/// let explain = signer.explain(&request, Timestamp::from_unix(1_551_113_065)?);
///
/// let canonical = explain.canonical_request().to_string();
/// assert!(canonical.starts_with("POST\n/\n\ncontent-type:application/json\nhost:cvm."));
/// let to_sign = explain.string_to_sign().to_string();
/// assert!(to_sign.starts_with("TC3-HMAC-SHA256\n1551113065\n2019-02-25/cvm/tc3_request\n"));
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
    /// Method, path, query, headers, names of the signed headers, hash of the payload.
    #[must_use]
    pub const fn canonical_request(&self) -> Encoded<CanonicalRequest<'_>> {
        Encoded(CanonicalRequest { request: self.request, payload: &self.payload })
    }

    /// Algorithm, timestamp, credential scope, hash of the canonical request.
    #[must_use]
    pub const fn string_to_sign(&self) -> Encoded<StringToSign<'_>> {
        Encoded(StringToSign { scope: &self.scope, at: self.at, canonical: &self.canonical })
    }
}
