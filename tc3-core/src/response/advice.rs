//! What to do about an error code.

use super::{JsonText, cursor::Cursor};

/// What a program should do after a failure. This crate never does it by itself.
///
/// Also show the code and the message to a person: they say more than the advice. Sign the request again before each retry,
/// because its timestamp expires.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Advice {
    /// The timestamp is more than five minutes off. Set the clock, sign again and send once more. If that fails too,
    /// the clock is not the cause. Over verified TLS, the `Date` header of the response is the service's time.
    FixClock,
    /// The token is wrong or has expired. Get new temporary credentials, sign again and send once more.
    RenewCredential,
    /// Too many requests within a time, or too many at once. The action was not executed. Wait, longer each time (1 s,
    /// 2 s, 4 s …), and retry.
    BackOff,
    /// The service failed or is busy, and may have executed the action. Wait and retry, but only if executing the action
    /// twice is harmless or the request contains a `ClientToken`.
    RetryIdempotent,
    /// The request is wrong: a parameter, the action, version, region or size, or an `Authorization` for another
    /// service or day. The same request would fail again.
    FixRequest,
    /// The SecretId is unknown or disabled, or the signature does not match, usually because the SecretKey is wrong.
    /// The service also returns such a code for a v1 request of more than 1 MB. A bare `AuthFailure` gets this advice too.
    FixCredential,
    /// The credentials are valid, but a policy, a missing second factor or an address list forbids the call. Ask the
    /// administrator of the account for permission.
    NotPermitted,
    /// A dry run would have succeeded. This is not a failure.
    Success,
    /// An error of the product, such as an exceeded quota or a resource in use, or an unknown code. Report it to a
    /// person, with the request id.
    Report,
}

/// The words that are searched in a code, in rows. Words are separated by a space, and a row ends in the number of its
/// advice. The first row of which the code contains a word has its advice. Without such a row, the advice is
/// [`Advice::Report`].
///
/// The part of a code before the dot is not enough, because products report rate limits under any of them.
/// `tests/codes.txt` has codes of Tencent's SDK with their advice. Each word is as short as those codes allow.
///
/// `ParameterValue` and `LowFreq` stand before the rates: `InvalidParameterValue.…RateLimit` is a wrong value of a rate,
/// and `LowFrequency` is no limit. `AuthFailure` with a suffix of no row above is often about the account. Without a
/// suffix, it means that the signature or the SecretId is wrong.
// One string: a slice and an advice for each row would cost up to 144 B.
const WORDS: &[u8] = b"\
    SignatureExpire\x00\
    .TokenFailure zedOperation.InvalidToken\x01\
    NoPermission PermissionDen CamNoAuth AccessDenied\x06\
    ParameterValue LowFreq\x04\
    RequestLimitE Exceeded.Request .Concurren TooOften TooQuick ManyRequests Frequen FreqC FreqL FreqO \
    SlowDown RateLimit Qps ReqLimit AccessLimit ActionLimited\x02\
    Unauthorized MFAFail IpInBlack IpNotInWhite\x06\
    InternalError ServerError SystemError Busy ServiceUnavail\x03\
    InvalidParam MissingParam UnknownParam InvalidFilter InvalidAction InvalidReq .InvalidAuthorization \
    Malformed RegionError Unsupported NotSupport NoSuch ActionOff SizeLimitE\x04\
    SignatureFail .SecretId .InvalidSecretId KeyIllegal\x05\
    AuthFailure. FailedOperation\x08\
    AuthFailure\x05\
    DryRun\x07";

impl Advice {
    /// The advice for an error code.
    pub(super) fn on(code: JsonText<'_>) -> Self {
        let mut words = WORDS;
        // After the last word, the empty rest is contained in any code.
        while !contains(code, words) {
            let len = words.iter().take_while(|byte| is_of_word(**byte)).count();
            words = words.get(len.wrapping_add(1)..).unwrap_or_default();
        }
        match words.iter().find(|byte| **byte < b' ') {
            Some(0) => Self::FixClock,
            Some(1) => Self::RenewCredential,
            Some(2) => Self::BackOff,
            Some(3) => Self::RetryIdempotent,
            Some(4) => Self::FixRequest,
            Some(5) => Self::FixCredential,
            Some(6) => Self::NotPermitted,
            Some(7) => Self::Success,
            _ => Self::Report,
        }
    }
}

/// Whether this byte belongs to a word. A space or the byte after a row does not.
const fn is_of_word(byte: u8) -> bool {
    byte > b' '
}

/// Whether a code contains the first of these words.
fn contains(code: JsonText<'_>, words: &[u8]) -> bool {
    let mut code = Cursor::new(code.raw());
    loop {
        let start = code.at;
        let mut word = words.iter().take_while(|byte| is_of_word(**byte));
        if word.all(|byte| code.character() == Some(char::from(*byte))) {
            return true;
        }
        code.at = start;
        if code.character().is_none() {
            return false;
        }
    }
}
