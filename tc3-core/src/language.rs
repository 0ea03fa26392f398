//! `X-TC-Language`: the language of error messages.

/// The language of error messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Language {
    /// `zh-CN`
    Chinese,
    /// `en-US`
    English,
}

impl Language {
    /// The value of `X-TC-Language`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Chinese => "zh-CN",
            Self::English => "en-US",
        }
    }
}
