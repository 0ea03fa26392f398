//! Whether the service may have done what a call asked for.

use core::fmt;

/// Whether the service may have performed the action of a call that failed.
///
/// `Display` says what to do: an error together with its outcome is a complete report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Outcome {
    /// No byte of the request was sent. The action was not performed.
    NotSent,
    /// At least one byte of the request may have arrived, and no whole answer of the service did. The action
    /// may have been performed. Check before you repeat the call, or repeat only calls with a `ClientToken`,
    /// which the service performs once.
    Unknown,
    /// The answer of the service was received whole, and says what happened.
    Answered,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotSent => "nothing was sent",
            Self::Unknown => "the call may have been done: check before you repeat it, or use a ClientToken",
            Self::Answered => "the service answered",
        })
    }
}
