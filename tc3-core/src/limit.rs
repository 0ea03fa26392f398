//! The service's size limits.

/// A size limit of the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Limit {
    /// The whole URL of a GET: 32 KiB.
    GetUrl,
    /// The form body of a v1 POST: 1 MiB.
    FormBody,
    /// The body of a TC3 POST: 10 MiB.
    Body,
}

impl Limit {
    /// The limit in bytes. Tencent's document: "The size of a GET request packet is up to 32 KB. The size of a POST
    /// request is up to 1 MB when the HmacSHA1 or HmacSHA256 signature algorithm is used, and up
    /// to 10 MB when TC3-HMAC-SHA256 is used."
    #[must_use]
    pub const fn bytes(self) -> u64 {
        match self {
            Self::GetUrl => 32 * 1024,
            Self::FormBody => 1024 * 1024,
            Self::Body => 10 * 1024 * 1024,
        }
    }
}
