//! A caller cannot add a header that the signer writes.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use core::num::NonZeroU64;
use tc3_core::{
    Call, ContentType, Credentials, Fault, Header, Invalid, Language, List, Signer, Timestamp, api, v1,
};

const CALL: Call<'_> = api!("cvm", "2017-03-12").action("DescribeInstances");

/// Add each new setter here: this alone shows that its header is reserved.
fn all_options() -> Call<'static> {
    CALL.region("ap-guangzhou").language(Language::English).request_client("tests").trace_id("d2c9")
}

fn signer() -> Signer<'static> {
    Signer::new(Credentials::temporary("AKIDEXAMPLE", "key", "token").unwrap())
}

#[track_caller]
fn assert_reserved(name: &str) {
    let refused = Err(Invalid::Item { list: List::Headers, index: 0, fault: Fault::Reserved });
    for name in [name.to_owned(), name.to_ascii_lowercase(), name.to_ascii_uppercase()] {
        for header in [Header::Unsigned(&name, "1"), Header::Signed(&name, "1")] {
            assert_eq!(CALL.headers(&[header]).json("{}").map(drop), refused, "{name}");
        }
    }
}

#[test]
fn every_header_that_tc3_writes_is_reserved() {
    let request = all_options().unsigned(ContentType::Octets, 1).unwrap();
    let signed = signer().sign(&request, Timestamp::from_unix(1_551_113_065).unwrap());
    let names: Vec<_> = signed.headers().map(|(name, _)| name).collect();
    names.iter().for_each(|name| assert_reserved(name));
    assert_eq!(
        names,
        [
            "Host",
            "Content-Type",
            "Content-Length",
            "Authorization",
            "X-TC-Action",
            "X-TC-Version",
            "X-TC-Timestamp",
            "X-TC-Region",
            "X-TC-Token",
            "X-TC-Language",
            "X-TC-RequestClient",
            "X-TC-TraceId",
            "X-TC-Content-SHA256",
        ]
    );
}

#[test]
fn every_header_that_v1_writes_is_reserved() {
    let request = all_options().v1(v1::Method::Post, v1::Algorithm::HmacSha256, v1::Params::EMPTY).unwrap();
    let now = Timestamp::from_unix(1_551_113_065).unwrap();
    let signed = signer().sign_v1(&request, now, v1::Nonce::new(NonZeroU64::MIN)).unwrap();
    let names: Vec<_> = signed.headers().map(|(name, _)| name).collect();
    names.iter().for_each(|name| assert_reserved(name));
    assert_eq!(names, ["Host", "Content-Type", "Content-Length", "X-TC-TraceId"]);
}

#[test]
fn headers_that_change_the_framing_of_the_answer_are_reserved() {
    for name in ["Transfer-Encoding", "Accept-Encoding"] {
        assert_reserved(name);
    }
}
