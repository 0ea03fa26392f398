//! What a refused client reads: the code and the sentence of each rejection.

use tc3_core::verify::{Item, Rejection};

#[track_caller]
fn check(rejection: Rejection, code: &str, sentence: &str) {
    assert_eq!(rejection.code(), code, "{rejection:?}");
    assert_eq!(rejection.to_string(), sentence);
}

#[test]
fn each_rejection_has_its_code_and_its_sentence() {
    for (rejection, code, sentence) in [
        (Rejection::Method, "UnsupportedProtocol", "the method is neither GET nor POST"),
        (Rejection::Query, "InvalidRequest", "a POST has a query, which no signature covers"),
        (Rejection::Body, "InvalidRequest", "a GET has a body, which no signature covers"),
        (Rejection::Parameter { index: 3 }, "InvalidParameter", "parameter 3 is malformed or there twice"),
        (Rejection::TooManyParameters { room: 8 }, "InvalidParameter", "there are more than 8 parameters"),
        (Rejection::Unsigned, "AuthFailure.InvalidAuthorization", "the request is not signed"),
        (
            Rejection::Uncovered,
            "AuthFailure.InvalidAuthorization",
            "SignedHeaders lacks content-type or host",
        ),
        (
            Rejection::Date,
            "AuthFailure.InvalidAuthorization",
            "the date in Credential is not the UTC date of the timestamp",
        ),
        (
            Rejection::Service,
            "AuthFailure.InvalidAuthorization",
            "the service in Credential is not that of the host",
        ),
        (Rejection::TooLarge { bytes: 9, limit: 8 }, "RequestSizeLimitExceeded", "9 bytes are more than 8"),
        (
            Rejection::TooLargeForV1 { bytes: 9, limit: 8 },
            "AuthFailure.SignatureFailure",
            "9 bytes are more than 8: please use TC3-HMAC-SHA256",
        ),
        (Rejection::SecretId, "AuthFailure.SecretIdNotFound", "the secret id is not found"),
        (Rejection::Token, "AuthFailure.TokenFailure", "the token is not that of the secret id"),
        (
            Rejection::Expired { seconds: 301, window: 300 },
            "AuthFailure.SignatureExpire",
            "the timestamp is 301 s off, at most 300 s are allowed",
        ),
        (Rejection::Signature, "AuthFailure.SignatureFailure", "the signature is wrong"),
    ] {
        check(rejection, code, sentence);
    }
}

#[test]
fn each_item_that_is_missing_has_its_code_and_its_sentence() {
    for (item, code, sentence) in [
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
        check(Rejection::Missing(item), code, sentence);
    }
}

#[test]
fn each_item_that_is_malformed_has_its_code_and_its_sentence() {
    for (item, code, sentence) in [
        (Item::Authorization, "AuthFailure.InvalidAuthorization", "Authorization is malformed"),
        (Item::Algorithm, "AuthFailure.InvalidAuthorization", "the algorithm of Authorization is malformed"),
        (Item::Credential, "AuthFailure.InvalidAuthorization", "Credential is malformed"),
        (Item::SignedHeaders, "AuthFailure.InvalidAuthorization", "SignedHeaders is malformed"),
        (Item::Signature, "AuthFailure.SignatureFailure", "Signature is malformed"),
        (Item::SignedHeader, "AuthFailure.InvalidAuthorization", "a header of SignedHeaders is malformed"),
        (Item::Host, "InvalidParameterValue", "Host is malformed"),
        (Item::ContentType, "InvalidParameterValue", "Content-Type is malformed"),
        (Item::Action, "InvalidParameterValue", "Action is malformed"),
        (Item::Version, "InvalidParameterValue", "Version is malformed"),
        (Item::Region, "InvalidParameterValue", "Region is malformed"),
        (Item::Timestamp, "InvalidParameterValue", "Timestamp is malformed"),
        (Item::Token, "InvalidParameterValue", "Token is malformed"),
        (Item::ContentSha256, "InvalidParameterValue", "X-TC-Content-SHA256 is malformed"),
        (Item::Nonce, "InvalidParameterValue", "Nonce is malformed"),
        (Item::SecretId, "InvalidParameterValue", "SecretId is malformed"),
        (Item::SignatureMethod, "InvalidParameterValue", "SignatureMethod is malformed"),
        (Item::Target, "InvalidParameterValue", "the request target is malformed"),
    ] {
        check(Rejection::Malformed(item), code, sentence);
    }
}
