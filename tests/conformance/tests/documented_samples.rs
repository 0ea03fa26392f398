//! The genuine samples of Tencent's documents, each named after the page that prints it.
//!
//! The inputs are copied from the documents, independently of the recorded cases.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use core::num::NonZeroU64;
use tc3_core::{
    Api, Call, ContentType, Credentials, Explanation, Header, Host, ParamValue, Query, Request, Signer,
    Timestamp, api, v1,
};

const CVM: Api<'_> = api!("cvm", "2017-03-12");
const DESCRIBE: Call<'_> = CVM.action("DescribeInstances").region("ap-guangzhou");
const EXAMPLE_KEY: &str = "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE";
const MASKED_KEY: &str = "Gu5t9xGARNpq86cd98joQYCN3*******";
const ASTERISKS: &str = "********************************";
const BODY: &str =
    r#"{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}"#;
const FEBRUARY_2019: u64 = 1_551_113_065;

/// The hash of the canonical request, the signing key and the signature, all in hex.
fn tc3(key: &str, request: &Request<'_>, unix: u64) -> [String; 3] {
    let mut signer = Signer::new(Credentials::new("AKIDEXAMPLE", key).unwrap());
    let now = Timestamp::from_unix(unix).unwrap();
    let explain: Explanation<'_> = signer.explain(request, now);
    let to_sign = explain.string_to_sign().to_string();
    let signing_key: String =
        signer.signing_key(&CVM, now).expose().iter().map(|byte| format!("{byte:02x}")).collect();
    let authorization = signer.sign(request, now).authorization().to_string();
    [
        to_sign.rsplit('\n').next().unwrap().to_owned(),
        signing_key,
        authorization.rsplit('=').next().unwrap().to_owned(),
    ]
}

fn post_of_2019<'a>(headers: &'a [Header<'a>]) -> Request<'a> {
    DESCRIBE.headers(headers).post(ContentType::JsonUtf8, BODY.as_bytes()).unwrap()
}

#[test]
fn number_1_signature_v3_page_of_2019_post_with_two_headers() {
    let request = post_of_2019(&[]);
    let [canonical, key, signature] = tc3(EXAMPLE_KEY, &request, FEBRUARY_2019);
    assert_eq!(canonical, "5ffe6a04c0664d6b969fab9a13bdab201d63ee709638e2749d62a09ca18d7031");
    assert_eq!(key, "ac658d5dde49e9bfdd14e04e062f66b05d9f637d44b8a8d845327d4a77f666b1");
    assert_eq!(signature, "72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168");
}

#[test]
fn number_2_signature_v3_page_with_the_action_signed_and_a_masked_key() {
    let request = post_of_2019(&[Header::SignAction]);
    let [canonical, _, signature] = tc3(MASKED_KEY, &request, FEBRUARY_2019);
    assert_eq!(canonical, "7019a55be8395899b900fb5564e4200d984910f34794a27cb3fb7d10ff6a1e84");
    assert_eq!(signature, "be4f67d323c78ab9acb7395e43c0dbcf822a9cfac32fea2449a7bc7726b770a3");
}

#[test]
fn number_3_current_signature_v3_page_with_a_key_of_asterisks() {
    let request = post_of_2019(&[Header::SignAction]);
    let [canonical, key, signature] = tc3(ASTERISKS, &request, FEBRUARY_2019);
    assert_eq!(canonical, "7019a55be8395899b900fb5564e4200d984910f34794a27cb3fb7d10ff6a1e84");
    assert!(key.starts_with("b596b923") && key.ends_with("f5af"), "{key}");
    assert_eq!(signature, "10b1a37a7301a02ca19a647ad722d5e43b4b3cff309d421d85b46093f6ab6c4f");
}

/// Also the GET sample of the common parameters document.
#[test]
fn number_4_get_sample_of_2018_and_of_the_common_parameters_document() {
    let query = [("Limit", ParamValue::Int(10)), ("Offset", ParamValue::Int(0))];
    let request = DESCRIBE.get(Query::params(&query).unwrap()).unwrap();
    let [canonical, _, signature] = tc3(EXAMPLE_KEY, &request, 1_539_084_154);
    assert!(canonical.starts_with("91c9c192") && canonical.ends_with("f3a7"), "{canonical}");
    assert_eq!(signature, "5da7a33f6993f0614b047e5df4582db9e9bf4672ba50567dba16c6ccf174c474");
}

/// One copy of that page prints a canonical request whose host differs from the hashed one.
#[test]
fn the_internal_host_printed_in_a_copy_of_number_4_gives_another_hash() {
    let call = CVM.at(Host::Unchecked("cvm.api.tencentyun.com")).action("DescribeInstances");
    let request = call.get(Query::encoded("Limit=10&Offset=0").unwrap()).unwrap();
    let [canonical, _, _] = tc3(EXAMPLE_KEY, &request, 1_539_084_154);
    assert!(canonical.starts_with("ff7ebf59"), "{canonical}");
}

fn v1_get(
    call: Call<'_>,
    algorithm: v1::Algorithm,
    params: &[(&str, ParamValue<'_>)],
    id: &str,
    key: &str,
) -> String {
    let request = call.v1(v1::Method::Get, algorithm, v1::Params::unsorted(params).unwrap()).unwrap();
    let mut signer = Signer::new(Credentials::new(id, key).unwrap());
    let nonce = v1::Nonce::new(NonZeroU64::new(11886).unwrap());
    let now = Timestamp::from_unix(1_465_185_768).unwrap();
    signer.sign_v1(&request, now, nonce).unwrap().signature().to_string()
}

const INSTANCE: (&str, ParamValue<'_>) =
    ("InstanceIds", ParamValue::List(&[ParamValue::Text("ins-09dx96dg")]));
const V1_PAGE: [(&str, ParamValue<'_>); 3] =
    [INSTANCE, ("Limit", ParamValue::Int(20)), ("Offset", ParamValue::Int(0))];

fn v1_page(id: &str, key: &str) -> String {
    v1_get(DESCRIBE, v1::Algorithm::HmacSha1Unnamed, &V1_PAGE, id, key)
}

#[test]
fn number_8_signature_page_of_2018() {
    let signature = v1_page("AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE", EXAMPLE_KEY);
    assert_eq!(signature, "EliP9YW3pW28FpsEdkXt/+WcGeI=");
}

#[test]
fn number_9_signature_page_with_a_masked_key() {
    let signature = v1_page("AKIDz8krbsJ5yKBZQpn74WFkmLPx3*******", MASKED_KEY);
    assert_eq!(signature, "zmmjn35mikh6pM3V7sUEuX4wyYM=");
}

#[test]
fn number_10_current_signature_page_with_a_key_of_asterisks() {
    let signature = v1_page("AKID********************************", ASTERISKS);
    assert_eq!(signature, "7RAM2xfNMO9EiVTNmPg06MRnCvQ=");
}

#[test]
fn number_12_api_2_0_page_without_a_version_at_another_path() {
    let api =
        Api::unversioned("cvm").unwrap().at(Host::Unchecked("cvm.api.qcloud.com")).path("/v2/index.php");
    let call = api.action("DescribeInstances").region("ap-guangzhou");
    let sign = |algorithm| {
        let id = "AKIDz8krbsJ5yKBZQpn74WFkmLPx3gnPhESA";
        v1_get(call, algorithm, &[INSTANCE], id, "Gu5t9xGARNpq86cd98joQYCN3Cozk1qA")
    };
    assert_eq!(sign(v1::Algorithm::HmacSha256), "0EEm/HtGRr/VJXTAD9tYMth1Bzm3lLHz5RCDv1GdM8s=");
    assert_eq!(sign(v1::Algorithm::HmacSha1), "nPVnY6njQmwQ8ciqbPl5Qe+Oru4=");
}
