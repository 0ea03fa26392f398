//! The code and the message of each rejection.
#![allow(clippy::restriction, reason = "a test may panic")]

use tc3_core::verify::Rejection::{self, Malformed, Missing};
use tc3_core::verify::{HeaderName, Item};

macro_rules! each {
    ($of:ident: $($name:ident)*) => {
        [$($of::$name),*]
    };
}

#[test]
fn each_rejection_has_the_code_and_message_of_the_list() {
    let items = each!(
        Item: Authorization Algorithm Credential SignedHeaders Signature Service Host ContentType Action Version
        Region Timestamp Token ContentSha256 Nonce SecretId SignatureMethod Target
    );
    let plain = each!(
        Rejection: Method Query Body Unsigned Uncovered Date Service SecretId Token Signature Authority
        UnsignedBody
    );
    let with_a_value = [
        Rejection::Parameter { index: 3 },
        Rejection::TooManyParameters { capacity: 8 },
        Rejection::TooLarge { bytes: 9, limit: 8 },
        Rejection::TooLargeForV1 { bytes: 9, limit: 8 },
        Rejection::Expired { seconds: 301, window: 300 },
        Rejection::MissingHeader(HeaderName::new("x-gone")),
        Rejection::RepeatedHeader(HeaderName::new("Host")),
        // 22 bytes are kept.
        Rejection::MalformedHeader(HeaderName::new("X-Only-22-Bytes-Are-Kept")),
        Rejection::MalformedHeader(HeaderName::new("exactly-22-bytes-a-nam")),
        Rejection::UnsignedHeader(HeaderName::new("x-tc-\x1b[2Jé")),
    ];
    let demanded = each!(Item: Host Service Action Version Region).map(Rejection::NotAllowed);
    let rejections = plain.into_iter().chain(with_a_value).chain(items.map(Missing));
    let rejections = rejections.chain(items.map(Malformed)).chain(demanded);
    let mut listed = include_str!("rejections.txt").lines();
    for rejection in rejections {
        let shown = format!("{}: {rejection}", rejection.code());
        assert_eq!(Some(shown.as_str()), listed.next(), "{rejection:?}");
    }
    assert_eq!(listed.next(), None);
}
