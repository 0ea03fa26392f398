//! What to do about an error code.

use super::JsonText;

/// What the caller of a failed request should do next. Nothing here does it by itself, and nothing retries by itself.
///
/// "Should" is for a program; the code and the message say more to a person. Whatever the advice, a repeated request
/// is signed again: its timestamp has aged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Advice {
    /// The timestamp is more than five minutes off. Set the clock (the answer's `Date` header, over verified TLS, says
    /// what the service believes), sign again and send once more; if that fails too, the clock is not the cause.
    FixClock,
    /// The temporary credential's token is wrong or has expired. Fetch a new credential, sign again and send once more.
    RenewCredential,
    /// Too many requests. Wait, longer each time (1 s, 2 s, 4 s …), then send again: nothing was done yet.
    BackOff,
    /// The service failed in the middle. Send again, after a pause, only if doing the action twice is harmless or the
    /// request carries a `ClientToken`: it may have been done already.
    RetryIdempotent,
    /// The request is at fault: a parameter, the action, version, region or size, or an `Authorization` that names
    /// another service or day. The same request fails again.
    FixRequest,
    /// The SecretId is unknown or disabled, or the signature does not match: most often a wrong or blank-padded key.
    /// A version 1 request above 1 MB is answered so too.
    FixCredential,
    /// The credential is good but a policy, a missing second factor or an address list forbids the call. Ask whoever
    /// grants permissions.
    NotPermitted,
    /// A dry run that would have succeeded: not a failure at all.
    Success,
    /// The product's own business (a quota, a resource in use), or a code not known here. Tell a person, with the
    /// request id.
    Report,
}

/// The codes common to all products. Each stands for itself and for itself with a product's suffix behind a dot, never
/// for a longer word: `LimitExceeded`, a product's quota, is not `RequestLimitExceeded`, the rate limit. One text per
/// advice, because a slice per code would double the table.
const TABLE: [(Advice, &[u8]); 8] = [
    (Advice::FixClock, b"AuthFailure.SignatureExpire"),
    (Advice::RenewCredential, b"AuthFailure.TokenFailure"),
    (Advice::BackOff, b"RequestLimitExceeded"),
    (Advice::RetryIdempotent, b"InternalError ServiceUnavailable"),
    (
        Advice::FixRequest,
        b"AuthFailure.InvalidAuthorization RequestSizeLimitExceeded ResponseSizeLimitExceeded \
          MissingParameter UnknownParameter InvalidParameter InvalidParameterValue InvalidRequest \
          InvalidAction ActionOffline NoSuchProduct NoSuchVersion UnsupportedRegion UnsupportedOperation \
          UnsupportedProtocol",
    ),
    (
        Advice::FixCredential,
        b"AuthFailure.SignatureFailure AuthFailure.SecretIdNotFound AuthFailure.InvalidSecretId",
    ),
    (
        Advice::NotPermitted,
        b"AuthFailure.MFAFailure AuthFailure.UnauthorizedOperation UnauthorizedOperation \
          IpInBlacklist IpNotInWhitelist",
    ),
    (Advice::Success, b"DryRunOperation"),
];

impl Advice {
    pub(super) fn on(code: JsonText<'_>) -> Self {
        let known =
            TABLE.iter().find(|(_, codes)| codes.split(|byte| *byte == b' ').any(|known| is_of(code, known)));
        known.map_or(Self::Report, |(advice, _)| *advice)
    }
}

fn is_of(code: JsonText<'_>, known: &[u8]) -> bool {
    code.after(known).is_some_and(|suffix| matches!(suffix.chars().next(), None | Some('.')))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(code: &str) -> Advice {
        Advice::on(JsonText::checked(code.as_bytes()))
    }

    #[test]
    fn every_common_code_has_its_advice() {
        let codes = [
            (Advice::FixClock, "AuthFailure.SignatureExpire"),
            (Advice::RenewCredential, "AuthFailure.TokenFailure"),
            (
                Advice::FixCredential,
                "AuthFailure.SignatureFailure AuthFailure.SecretIdNotFound AuthFailure.InvalidSecretId",
            ),
            (
                Advice::NotPermitted,
                "AuthFailure.MFAFailure AuthFailure.UnauthorizedOperation UnauthorizedOperation \
                 IpInBlacklist IpNotInWhitelist",
            ),
            (
                Advice::BackOff,
                "RequestLimitExceeded RequestLimitExceeded.UinLimitExceeded \
                 RequestLimitExceeded.GlobalRegionUinLimitExceeded RequestLimitExceeded.IPLimitExceeded",
            ),
            (Advice::RetryIdempotent, "InternalError ServiceUnavailable"),
            (
                Advice::FixRequest,
                "AuthFailure.InvalidAuthorization RequestSizeLimitExceeded ResponseSizeLimitExceeded \
                 MissingParameter UnknownParameter InvalidParameter InvalidParameterValue InvalidRequest \
                 InvalidAction ActionOffline NoSuchProduct NoSuchVersion UnsupportedRegion UnsupportedOperation \
                 UnsupportedProtocol",
            ),
            (
                Advice::Report,
                "LimitExceeded ResourceInUse ResourceInsufficient ResourceNotFound ResourceUnavailable FailedOperation",
            ),
            (Advice::Success, "DryRunOperation"),
        ];
        for (advice, names) in codes {
            for name in names.split(' ') {
                assert_eq!(on(name), advice, "{name}");
            }
        }
    }

    #[test]
    fn a_products_suffix_changes_nothing() {
        assert_eq!(on("InvalidParameterValue.InstanceIdMalformed"), Advice::FixRequest);
        assert_eq!(on("UnauthorizedOperation.CamNoAuth.More"), Advice::NotPermitted);
        assert_eq!(on("InternalError.DbError"), Advice::RetryIdempotent);
        assert_eq!(on("AuthFailure.TokenFailure.Expired"), Advice::RenewCredential);
        assert_eq!(on("LimitExceeded.RequestLimitExceeded"), Advice::Report);
    }

    #[test]
    fn a_name_that_only_begins_or_ends_like_a_known_one_is_reported() {
        for code in [
            "",
            ".",
            "AuthFailure",
            "AuthFailure.",
            "AuthFailure.Other",
            "AuthFailure.SignatureExpired",
            "SignatureExpire",
            "InternalErro",
            "InternalErrors",
            "internalerror",
            "RequestLimitExceededX",
            "XRequestLimitExceeded",
        ] {
            assert_eq!(on(code), Advice::Report, "{code}");
        }
    }

    #[test]
    fn an_escaped_code_is_the_same_code() {
        assert_eq!(on(r"AuthFailure\u002eSignatureExpire"), Advice::FixClock);
        assert_eq!(on(r"\u0049nternalError\u002EDb"), Advice::RetryIdempotent);
    }
}
