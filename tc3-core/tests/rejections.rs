//! The error code and message of each rejection, compared with a list.

use tc3_core::verify::{Item, Rejection};

const ITEMS: [Item; 18] = [
    Item::Authorization,
    Item::Algorithm,
    Item::Credential,
    Item::SignedHeaders,
    Item::Signature,
    Item::SignedHeader,
    Item::Host,
    Item::ContentType,
    Item::Action,
    Item::Version,
    Item::Region,
    Item::Timestamp,
    Item::Token,
    Item::ContentSha256,
    Item::Nonce,
    Item::SecretId,
    Item::SignatureMethod,
    Item::Target,
];

#[test]
fn each_rejection_has_the_code_and_message_of_the_list() {
    let rejections = [
        Rejection::Method,
        Rejection::Query,
        Rejection::Body,
        Rejection::Parameter { index: 3 },
        Rejection::TooManyParameters { capacity: 8 },
        Rejection::Unsigned,
        Rejection::Uncovered,
        Rejection::Date,
        Rejection::Service,
        Rejection::TooLarge { bytes: 9, limit: 8 },
        Rejection::TooLargeForV1 { bytes: 9, limit: 8 },
        Rejection::SecretId,
        Rejection::Token,
        Rejection::Expired { seconds: 301, window: 300 },
        Rejection::Signature,
    ];
    let rejections = rejections.into_iter();
    let rejections = rejections.chain(ITEMS.map(Rejection::Missing)).chain(ITEMS.map(Rejection::Malformed));
    let mut listed = include_str!("rejections.txt").lines();
    for rejection in rejections {
        let shown = format!("{}: {rejection}", rejection.code());
        assert_eq!(Some(shown.as_str()), listed.next(), "{rejection:?}");
    }
    assert_eq!(listed.next(), None);
}
