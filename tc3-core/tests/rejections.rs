//! The error code and message of each rejection.

use tc3_core::verify::{Item, Rejection};

#[track_caller]
fn check(rejection: Rejection, code: &str, message: &str) {
    assert_eq!(rejection.code(), code, "{rejection:?}");
    assert_eq!(rejection.to_string(), message);
}

#[test]
fn each_rejection_has_its_code_and_message() {
    for (rejection, code, message) in [
        (Rejection::Method, "UnsupportedProtocol", "the method must be GET or POST"),
        (Rejection::Query, "InvalidRequest", "a POST must not have a query: it would not be signed"),
        (Rejection::Body, "InvalidRequest", "a GET must not have a body: it would not be signed"),
        (
            Rejection::Parameter { index: 3 },
            "InvalidParameter",
            "parameter at index 3: the name is empty or occurs twice, or a '%' is not followed by two hex digits",
        ),
        (
            Rejection::TooManyParameters { capacity: 8 },
            "InvalidParameter",
            "too many parameters: the limit is 8",
        ),
        (
            Rejection::Unsigned,
            "AuthFailure.InvalidAuthorization",
            "the request is not signed (Authorization: SKIP)",
        ),
        (
            Rejection::Uncovered,
            "AuthFailure.InvalidAuthorization",
            "SignedHeaders must contain content-type and host",
        ),
        (
            Rejection::Date,
            "AuthFailure.InvalidAuthorization",
            "the date in Credential is not the UTC date of the timestamp",
        ),
        (
            Rejection::Service,
            "AuthFailure.InvalidAuthorization",
            "the service in Credential is not the service of the host",
        ),
        (
            Rejection::TooLarge { bytes: 9, limit: 8 },
            "RequestSizeLimitExceeded",
            "the body or URL has 9 bytes; the limit is 8",
        ),
        (
            Rejection::TooLargeForV1 { bytes: 9, limit: 8 },
            "AuthFailure.SignatureFailure",
            "the body or URL has 9 bytes; the limit of signature v1 is 8: use TC3-HMAC-SHA256",
        ),
        (Rejection::SecretId, "AuthFailure.SecretIdNotFound", "the SecretId is unknown"),
        (Rejection::Token, "AuthFailure.TokenFailure", "the token does not belong to the SecretId"),
        (
            Rejection::Expired { seconds: 301, window: 300 },
            "AuthFailure.SignatureExpire",
            "the timestamp is 301 s off; the limit is 300 s",
        ),
        (Rejection::Signature, "AuthFailure.SignatureFailure", "the signature is wrong"),
    ] {
        check(rejection, code, message);
    }
}

#[test]
fn each_missing_item_has_its_code_and_message() {
    for (item, code, message) in [
        (Item::Authorization, "AuthFailure.InvalidAuthorization", "Authorization is missing"),
        (Item::Algorithm, "AuthFailure.InvalidAuthorization", "the algorithm of Authorization is missing"),
        (Item::Credential, "AuthFailure.InvalidAuthorization", "Credential is missing"),
        (Item::SignedHeaders, "AuthFailure.InvalidAuthorization", "SignedHeaders is missing"),
        (Item::Signature, "MissingParameter", "Signature is missing"),
        (Item::SignedHeader, "AuthFailure.InvalidAuthorization", "a header of SignedHeaders is missing"),
        (Item::Host, "MissingParameter", "Host is missing"),
        (Item::ContentType, "MissingParameter", "Content-Type is missing"),
        (Item::Action, "MissingParameter", "Action is missing"),
        (Item::Version, "MissingParameter", "Version is missing"),
        (Item::Region, "MissingParameter", "Region is missing"),
        (Item::Timestamp, "MissingParameter", "Timestamp is missing"),
        (Item::Token, "MissingParameter", "Token is missing"),
        (Item::ContentSha256, "MissingParameter", "X-TC-Content-SHA256 is missing"),
        (Item::Nonce, "MissingParameter", "Nonce is missing"),
        (Item::SecretId, "MissingParameter", "SecretId is missing"),
        (Item::SignatureMethod, "MissingParameter", "SignatureMethod is missing"),
        (Item::Target, "MissingParameter", "the request target is missing"),
    ] {
        check(Rejection::Missing(item), code, message);
    }
}

#[test]
fn each_malformed_item_has_its_code_and_message() {
    for (item, code, message) in [
        (
            Item::Authorization,
            "AuthFailure.InvalidAuthorization",
            "Authorization must occur once, as 'TC3-HMAC-SHA256 Credential=..., SignedHeaders=..., Signature=...'",
        ),
        (
            Item::Algorithm,
            "AuthFailure.InvalidAuthorization",
            "the algorithm of Authorization must be TC3-HMAC-SHA256",
        ),
        (
            Item::Credential,
            "AuthFailure.InvalidAuthorization",
            "Credential must be SecretId/YYYY-MM-DD/service/tc3_request, with the service in lower case",
        ),
        (
            Item::SignedHeaders,
            "AuthFailure.InvalidAuthorization",
            "SignedHeaders must be up to 64 names in lower case and ascending order, joined by ';'",
        ),
        (
            Item::Signature,
            "AuthFailure.SignatureFailure",
            "Signature must be 64 lower-case hex digits, or base64 in signature v1",
        ),
        (
            Item::SignedHeader,
            "AuthFailure.InvalidAuthorization",
            "a header of SignedHeaders must occur once, without control characters",
        ),
        (
            Item::Host,
            "InvalidParameterValue",
            "Host must occur once, and consist of letters, digits and . - _ : [ ]",
        ),
        (
            Item::ContentType,
            "InvalidParameterValue",
            "Content-Type must be application/x-www-form-urlencoded in signature v1",
        ),
        (Item::Action, "InvalidParameterValue", "Action must occur once, without control characters"),
        (Item::Version, "InvalidParameterValue", "Version must occur once, without control characters"),
        (Item::Region, "InvalidParameterValue", "Region must occur once, without control characters"),
        (
            Item::Timestamp,
            "InvalidParameterValue",
            "Timestamp must be seconds since 1970 in decimal digits, without a leading zero",
        ),
        (Item::Token, "InvalidParameterValue", "Token must occur once, without control characters"),
        (
            Item::ContentSha256,
            "InvalidParameterValue",
            "X-TC-Content-SHA256 must be UNSIGNED-PAYLOAD if it is sent",
        ),
        (Item::Nonce, "InvalidParameterValue", "Nonce must be a positive number in decimal digits"),
        (Item::SecretId, "InvalidParameterValue", "SecretId must occur once, without control characters"),
        (
            Item::SignatureMethod,
            "InvalidParameterValue",
            "SignatureMethod must be HmacSHA256: this verifier was built without HmacSHA1",
        ),
        (Item::Target, "InvalidParameterValue", "the request target must begin with '/'"),
    ] {
        check(Rejection::Malformed(item), code, message);
    }
}
