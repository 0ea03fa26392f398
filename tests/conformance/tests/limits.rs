//! Every limit of a size, depth or count: at the limit, and one past it.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use core::num::NonZeroU64;
use tc3_core::{
    Call, ContentType, Credentials, Fault, HashedPayload, Invalid, Limit, List, MAX_DEPTH, Multipart, Param,
    ParamValue, Part, PayloadHasher, Query, Signer, Timestamp, api, v1,
};

const CALL: Call<'_> = api!("cvm", "2017-03-12").action("DescribeInstances");
const GET_HEAD: &str = "https://cvm.tencentcloudapi.com/?";

fn item(list: List, index: usize, fault: Fault) -> Result<(), Invalid> {
    Err(Invalid::Item { list, index, fault })
}

fn signer() -> Signer<'static> {
    Signer::new(Credentials::new("AKIDEXAMPLE", "key").unwrap())
}

#[test]
fn a_get_url_of_32_kib_is_signed_and_one_byte_more_is_refused() {
    let longest = 32 * 1024 - GET_HEAD.len();
    let query = "q".repeat(longest + 1);
    let get = |query| CALL.get(Query::encoded(query).unwrap()).map(drop);
    assert_eq!(get(&query[..longest]), Ok(()));
    assert_eq!(get(&query), Err(Invalid::TooLarge { limit: Limit::GetUrl, bytes: 32 * 1024 + 1 }));
}

#[test]
fn the_limit_of_a_get_url_counts_percent_encoded_bytes() {
    // Each space is encoded as `%20`.
    let longest = 32 * 1024 - GET_HEAD.len() - "a=".len();
    let spaces = " ".repeat(longest / 3 + 1);
    let get = |value| CALL.get(Query::params(&[("a", ParamValue::Text(value))]).unwrap()).map(drop);
    assert_eq!(get(&spaces[1..]), Ok(()));
    let bytes = u64::try_from(32 * 1024 - longest + 3 * spaces.len()).unwrap();
    assert_eq!(get(&spaces), Err(Invalid::TooLarge { limit: Limit::GetUrl, bytes }));
}

const BODY: usize = 10 * 1024 * 1024;
const TOO_LARGE: Invalid = Invalid::TooLarge { limit: Limit::Body, bytes: 10 * 1024 * 1024 + 1 };

#[test]
fn a_whole_body_of_10_mib_is_signed_and_one_byte_more_is_refused() {
    let body = " ".repeat(BODY + 1);
    assert_eq!(CALL.json(&body[1..]).map(drop), Ok(()));
    assert_eq!(CALL.json(&body).map(drop), Err(TOO_LARGE));
    assert_eq!(CALL.octets(&body.as_bytes()[1..]).map(drop), Ok(()));
    assert_eq!(CALL.octets(body.as_bytes()).map(drop), Err(TOO_LARGE));
}

#[test]
fn a_streamed_body_of_10_mib_is_signed_and_one_byte_more_is_refused() {
    let mut hasher = PayloadHasher::new();
    (0..BODY / 4096).for_each(|_| hasher.update(&[0; 4096]));
    assert_eq!(CALL.streamed(ContentType::Octets, &hasher.finish()).map(drop), Ok(()));
    let longer = HashedPayload::of(&vec![0; BODY + 1]);
    assert_eq!(CALL.streamed(ContentType::Octets, &longer).map(drop), Err(TOO_LARGE));
}

#[test]
fn unsigned_and_multipart_bodies_have_the_same_limit() {
    let unsigned = |len| CALL.unsigned(ContentType::Octets, len).map(drop);
    assert_eq!(unsigned(10 * 1024 * 1024), Ok(()));
    assert_eq!(unsigned(10 * 1024 * 1024 + 1), Err(TOO_LARGE));
    assert_eq!(unsigned(u64::MAX), Err(Invalid::TooLarge { limit: Limit::Body, bytes: u64::MAX }));

    let data = vec![0; BODY + 1];
    let form = |len| {
        let parts = [Part { name: "a", filename: None, content_type: None, data: &data[..len] }];
        CALL.multipart(Multipart::new("b", &parts).unwrap()).map(drop)
    };
    let frame = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n--b--\r\n".len();
    assert_eq!(form(BODY - frame), Ok(()));
    assert_eq!(form(BODY - frame + 1), Err(TOO_LARGE));
}

/// The wire form of a request with one value of `len` bytes.
fn v1_wire(method: v1::Method, len: usize, nonce: u64) -> Result<String, Invalid> {
    let value = "v".repeat(len);
    let params = [("A", ParamValue::Text(&value))];
    let request = CALL.v1(method, v1::Algorithm::HmacSha256, v1::Params::unsorted(&params)?)?;
    let (now, nonce) = (Timestamp::from_unix(1_551_113_065)?, NonZeroU64::new(nonce).unwrap());
    signer().sign_v1(&request, now, v1::Nonce::new(nonce)).map(|signed| signed.wire().to_string())
}

/// The limit counts the longest possible encoding of the signature, whatever the signature is.
fn check_v1_limit(method: v1::Method, head: usize, limit: Limit, limit_len: usize) {
    let signature = "%2F".repeat(42).len() + "8%3D".len();
    let shortest = v1_wire(method, 1, 1).unwrap();
    let (before, _) = shortest.split_once("Signature=").unwrap();
    let longest = limit_len - head - (before.len() - 1) - "Signature=".len() - signature;
    let too_large = Invalid::TooLarge { limit, bytes: u64::try_from(limit_len).unwrap() + 1 };
    for nonce in 1..=9 {
        assert!(v1_wire(method, longest, nonce).is_ok());
        assert_eq!(v1_wire(method, longest + 1, nonce), Err(too_large));
    }
}

#[test]
fn a_v1_form_of_1_mib_is_signed_and_one_byte_more_is_refused() {
    check_v1_limit(v1::Method::Post, 0, Limit::FormBody, 1024 * 1024);
}

#[test]
fn a_v1_get_url_of_32_kib_is_signed_and_one_byte_more_is_refused() {
    check_v1_limit(v1::Method::Get, GET_HEAD.len(), Limit::GetUrl, 32 * 1024);
}

#[test]
fn a_timestamp_in_milliseconds_is_refused() {
    let seconds = 1_551_113_065_000;
    assert_eq!(Timestamp::from_unix(seconds), Err(Invalid::Milliseconds { seconds }));
    let last = 253_402_300_799; // the year 9999
    assert_eq!(Timestamp::from_unix(last).map(Timestamp::unix), Ok(last));
    assert_eq!(Timestamp::from_unix(last + 1), Err(Invalid::Milliseconds { seconds: last + 1 }));
}

/// Calls `check` with a value in `depth` nested lists and objects.
fn nested(depth: usize, check: &mut dyn FnMut(ParamValue<'_>)) {
    fn wrap(value: ParamValue<'_>, depth: usize, check: &mut dyn FnMut(ParamValue<'_>)) {
        match depth {
            0 => check(value),
            _ if depth.is_multiple_of(2) => wrap(ParamValue::List(&[value]), depth - 1, check),
            _ => wrap(ParamValue::Object(&[("a", value)]), depth - 1, check),
        }
    }
    wrap(ParamValue::Int(1), depth, check);
}

#[test]
fn parameters_nested_eight_levels_deep_are_signed_and_nine_are_refused() {
    assert_eq!(MAX_DEPTH, 8);
    let refused = item(List::Parameters, 1, Fault::TooDeep { limit: MAX_DEPTH });
    for (depth, expected) in [(MAX_DEPTH, Ok(())), (MAX_DEPTH + 1, refused)] {
        nested(depth, &mut |value| {
            let mut params = [("A", ParamValue::Int(0)), ("B", value)];
            assert_eq!(Query::params(&params).map(drop), expected);
            assert_eq!(v1::Params::unsorted(&params).map(drop), expected);
            assert_eq!(v1::Params::sorted(&mut params).map(drop), expected);
        });
    }
}

#[test]
fn more_parameters_than_max_unsorted_are_refused_unless_sorted() {
    let names: Vec<_> = (0..=v1::MAX_UNSORTED).map(|at| format!("N{at}")).collect();
    let mut params: Vec<Param<'_>> = names.iter().map(|name| (name.as_str(), ParamValue::Int(1))).collect();
    let limit = v1::MAX_UNSORTED;
    assert_eq!(v1::Params::unsorted(&params[..limit]).map(drop), Ok(()));
    assert_eq!(
        v1::Params::unsorted(&params).map(drop),
        item(List::Parameters, limit, Fault::TooMany { limit })
    );
    assert_eq!(v1::Params::sorted(&mut params).map(drop), Ok(()));
}

/// The limit holds for members even in `sorted`, because only the first level is sorted in place.
#[test]
fn a_nested_object_with_more_members_than_max_unsorted_is_refused() {
    let limit = v1::MAX_UNSORTED;
    assert_eq!(limit, 64);
    let names: Vec<_> = (0..=limit).map(|at| format!("N{at}")).collect();
    let members: Vec<Param<'_>> = names.iter().map(|name| (name.as_str(), ParamValue::Int(1))).collect();
    for (count, expected) in
        [(limit, Ok(())), (limit + 1, item(List::Parameters, 1, Fault::TooMany { limit }))]
    {
        let object = ParamValue::Object(&members[..count]);
        let list = [ParamValue::Int(1), object];
        let outer = [("C", object)];
        for value in [object, ParamValue::List(&list), ParamValue::Object(&outer)] {
            let mut params = [("A", ParamValue::Int(0)), ("B", value)];
            assert_eq!(Query::params(&params).map(drop), Ok(()));
            assert_eq!(v1::Params::unsorted(&params).map(drop), expected);
            assert_eq!(v1::Params::sorted(&mut params).map(drop), expected);
        }
    }
}
