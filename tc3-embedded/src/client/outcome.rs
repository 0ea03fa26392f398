//! Whether the service may have done what a call asked for.

use core::fmt;

/// Whether the service may have performed the action of a call that failed.
///
/// `Display` writes a sentence for a report, to follow that of the error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Outcome {
    /// No byte of the request was passed to the stream, or only a first attempt was, and the service
    /// [refused its time](super::Client::correcting_clock). The action was not performed.
    NotSent,
    /// The request, or a part of it, was passed to the stream, but no whole response of the service came. That the
    /// stream failed does not show that nothing arrived. The action may have been performed. Check that before you
    /// repeat the call. A call with a `ClientToken`, where the action has this parameter, can be repeated unchecked:
    /// the service performs it once.
    Unknown,
    /// The service answered, and its response says what happened. It was received whole, or as far as the
    /// caller read it.
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
