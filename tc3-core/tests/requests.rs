//! The headers of requests, and those that a caller cannot add; and the ids of the regions.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use core::num::NonZeroU64;
use support::now;
use tc3_core::region::{self, *};
use tc3_core::{Call, ContentType, Credentials, Fault, Header, Invalid, Language, List, Signer, api, v1};

const CALL: Call<'_> = api!("cvm", "2017-03-12").action("DescribeZones").region("ap-guangzhou");

/// Add each new setter here: this alone shows that its header is reserved.
#[test]
fn every_header_that_a_signer_writes_or_that_changes_the_framing_is_reserved() {
    let all = CALL.language(Language::English).request_client("tests").trace_id("d2c9");
    let request = all.unsigned(ContentType::Octets, 1).unwrap();
    let form = all.v1(v1::Method::Post, v1::Algorithm::HmacSha256, v1::Params::EMPTY).unwrap();
    let mut signer = Signer::new(Credentials::temporary("AKIDEXAMPLE", "key", "token").unwrap());
    let signed = signer.sign(&request, now());
    let tc3: Vec<_> = signed.headers().map(|(name, _)| name).collect();
    assert_eq!(
        tc3.join(" "),
        "Host Content-Type Content-Length Authorization X-TC-Action X-TC-Version X-TC-Timestamp X-TC-Region \
         X-TC-Token X-TC-Language X-TC-RequestClient X-TC-TraceId X-TC-Content-SHA256"
    );
    let signed = signer.sign_v1(&form, now(), v1::Nonce::new(NonZeroU64::MIN)).unwrap();
    let v1: Vec<_> = signed.headers().map(|(name, _)| name).collect();
    assert_eq!(v1, ["Host", "Content-Type", "Content-Length", "X-TC-TraceId"]);
    let refused = Err(Invalid::Item { list: List::Headers, index: 0, fault: Fault::Reserved });
    for name in tc3.into_iter().chain(["Transfer-Encoding", "Accept-Encoding"]) {
        for name in [name.to_owned(), name.to_ascii_lowercase(), name.to_ascii_uppercase()] {
            for header in [Header::Unsigned(&name, "1"), Header::Signed(&name, "1")] {
                assert_eq!(CALL.headers(&[header]).json("{}").map(drop), refused, "{name}");
            }
        }
    }
}

macro_rules! check {
    ($($name:ident)*) => {
        $(assert_eq!($name, stringify!($name).to_ascii_lowercase().replace('_', "-"));)*
        assert_eq!(region::ALL, [$($name),*]);
    };
}

#[test]
fn each_region_has_the_id_that_its_name_says() {
    check!(
        AP_GUANGZHOU AP_SHANGHAI AP_BEIJING AP_CHENGDU AP_CHONGQING AP_HONGKONG AP_SINGAPORE AP_BANGKOK AP_MUMBAI
        AP_SEOUL AP_TOKYO NA_ASHBURN NA_SILICONVALLEY NA_TORONTO EU_FRANKFURT EU_MOSCOW AP_SHANGHAI_FSI
        AP_SHENZHEN_FSI AP_GUANGZHOU_OPEN AP_NANJING AP_JAKARTA SA_SAOPAULO
    );
}
