//! What to do about an error code.

use super::JsonText;

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
    /// Too many requests. The action was not executed. Wait, longer each time (1 s, 2 s, 4 s …), and retry.
    BackOff,
    /// The service failed, and may have executed the action. Wait and retry, but only if executing the action twice is
    /// harmless or the request contains a `ClientToken`.
    RetryIdempotent,
    /// The request is wrong: a parameter, the action, version, region or size, or an `Authorization` for another
    /// service or day. The same request would fail again.
    FixRequest,
    /// The SecretId is unknown or disabled, or the signature does not match, usually because the SecretKey is wrong.
    /// The service also returns such a code for a v1 request of more than 1 MB.
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

/// The error codes common to all products. A code matches exactly, or with a product's suffix after a dot.
// One string for each advice, because one slice for each code would double the table's size.
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
    /// The advice for an error code.
    pub(super) fn on(code: JsonText<'_>) -> Self {
        let known = TABLE
            .iter()
            .find(|(_, codes)| codes.split(|byte| *byte == b' ').any(|known| matches(code, known)));
        known.map_or(Self::Report, |(advice, _)| *advice)
    }
}

/// Whether a code is `known`, or `known` with a suffix after a dot.
fn matches(code: JsonText<'_>, known: &[u8]) -> bool {
    code.strip_prefix(known).is_some_and(|suffix| matches!(suffix.chars().next(), None | Some('.')))
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
