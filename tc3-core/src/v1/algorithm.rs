//! SignatureMethod: the algorithm of signature v1.

/// The algorithm of the signature, sent as the parameter `SignatureMethod`. The service's default is HMAC-SHA1:
/// "You only use HmacSHA256 when specified".
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
