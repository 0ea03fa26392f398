//! Every limit before signing, at it and one past it.
#![allow(clippy::restriction, reason = "a test fails by panicking")]

use core::num::NonZeroU64;
use reference::refused;
use tc3_core::{
    Call, ContentType, Credentials, HashedPayload, Invalid, Limit, MAX_DEPTH, Multipart, Param, ParamValue,
    Part, Query, Signer, Timestamp, api, v1,
};

const CALL: Call<'_> = api!("cvm", "2017-03-12").action("DescribeInstances");
const ONE: ParamValue<'_> = ParamValue::Int(1);

fn unsorted(params: &[Param<'_>]) -> Result<(), Invalid> {
    v1::Params::unsorted(params).map(drop)
}

const GET_HEAD: &str = "https://cvm.tencentcloudapi.com/?";

#[test]
fn a_get_url_of_32_kib_is_signed_and_one_byte_more_is_refused() {
    let too_large = "the URL of the GET has 32769 bytes; the service's limit is 32768";
    let query = "q".repeat(32 * 1024 - GET_HEAD.len() + 1);
    let get = |query| CALL.get(Query::encoded(query).unwrap()).map(drop);
    assert_eq!(get(&query[1..]), Ok(()));
    refused(too_large, || get(&query));
    // Each space is encoded as `%20`.
    let query = format!("{}{}", "s".repeat((query.len() - 2) % 3), " ".repeat((query.len() - 2) / 3));
    let get = |value| CALL.get(Query::params(&[("a", ParamValue::Text(value))]).unwrap()).map(drop);
    assert_eq!(get(&query[1..]), Ok(()));
    refused(too_large, || get(&query));
}

#[test]
fn a_body_of_10_mib_is_signed_and_one_byte_more_is_refused() {
    let body = " ".repeat(10 * 1024 * 1024 + 1);
    let frame = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n--b--\r\n".len();
    let form = |body: &[u8]| {
        let parts = [Part { data: &body[..body.len() - frame], ..Part::text("a", "") }];
        CALL.multipart(Multipart::new("b", &parts).unwrap()).map(drop)
    };
    let ways: [&dyn Fn(&[u8]) -> _; 7] = [
        &|body| CALL.json(str::from_utf8(body).unwrap()).map(drop),
        &|body| CALL.text(ContentType::JsonUtf8, str::from_utf8(body).unwrap()).map(drop),
        &|body| CALL.post(ContentType::OctetsUtf8, body).map(drop),
        &|body| CALL.octets(body).map(drop),
        &|body| CALL.streamed(ContentType::Octets, &HashedPayload::of(body)).map(drop),
        &|body| CALL.unsigned(ContentType::Octets, u64::try_from(body.len()).unwrap()).map(drop),
        &form,
    ];
    for (index, way) in ways.iter().enumerate() {
        assert_eq!(way(&body.as_bytes()[1..]), Ok(()), "way {index}");
        refused("the body has 10485761 bytes; the service's limit is 10485760", || way(body.as_bytes()));
    }
    let (limit, bytes) = (Limit::Body, u64::MAX);
    assert_eq!(CALL.unsigned(ContentType::Octets, bytes).map(drop), Err(Invalid::TooLarge { limit, bytes }));
}

/// The limit counts the longest possible encoding of the signature, whatever the signature is.
#[test]
fn a_v1_url_of_32_kib_and_a_form_of_1_mib_are_signed_and_one_byte_more_is_refused() {
    let wire = |method, value: &str, nonce| {
        let params = [("A", ParamValue::Text(value))];
        let request = CALL.v1(method, v1::Algorithm::HmacSha256, v1::Params::unsorted(&params)?)?;
        let nonce = v1::Nonce::new(NonZeroU64::new(nonce).unwrap());
        let mut signer = Signer::new(Credentials::new("AKIDEXAMPLE", "key")?);
        let signed = signer.sign_v1(&request, Timestamp::from_unix(1_551_113_065)?, nonce)?;
        Ok::<_, Invalid>(signed.wire().to_string())
    };
    let signature = "%2F".repeat(42).len() + "8%3D".len();
    for (method, head, limit, name) in [
        (v1::Method::Get, GET_HEAD.len(), 32 * 1024, Limit::GetUrl),
        (v1::Method::Post, 0, 1024 * 1024, Limit::FormBody),
    ] {
        let shortest = wire(method, "v", 1).unwrap();
        let others = shortest.split_once("Signature=").unwrap().0.len() + "Signature=".len() - "v".len();
        let value = "v".repeat(limit - head - others - signature + 1);
        let too_large = Invalid::TooLarge { limit: name, bytes: u64::try_from(limit).unwrap() + 1 };
        for nonce in 1..=9 {
            assert!(wire(method, &value[1..], nonce).is_ok(), "{method:?} with nonce {nonce}");
            assert_eq!(wire(method, &value, nonce), Err(too_large), "{method:?} with nonce {nonce}");
        }
    }
    let too_large = |limit| Err::<(), _>(Invalid::TooLarge { limit, bytes: 1_048_577 });
    refused("the form body has 1048577 bytes; the service's limit is 1048576", || too_large(Limit::FormBody));
}

/// Calls `check` with a value in `depth` nested lists and objects.
fn nested(value: ParamValue<'_>, depth: usize, check: &mut dyn FnMut(ParamValue<'_>)) {
    match depth {
        0 => check(value),
        _ if depth.is_multiple_of(2) => nested(ParamValue::List(&[value]), depth - 1, check),
        _ => nested(ParamValue::Object(&[("a", value)]), depth - 1, check),
    }
}

#[test]
fn parameters_nested_eight_levels_deep_are_signed_and_nine_are_refused() {
    assert_eq!(MAX_DEPTH, 8);
    nested(ONE, MAX_DEPTH, &mut |value| {
        assert_eq!(Query::params(&[("B", value)]).map(drop), Ok(()));
        assert_eq!(unsorted(&[("B", value)]), Ok(()));
    });
    nested(ONE, MAX_DEPTH + 1, &mut |value| {
        let mut params = [("A", ONE), ("B", value)];
        let too_deep = "parameter at index 1: nested deeper than 8";
        refused(too_deep, || Query::params(&params));
        refused(too_deep, || v1::Params::unsorted(&params));
        refused(too_deep, || v1::Params::sorted(&mut params));
    });
}

/// The limit holds for members even in `sorted`, because only the first level is sorted in place.
#[test]
fn more_than_64_parameters_are_refused_unless_sorted_and_more_than_64_members_always() {
    let names: Vec<_> = (0..=v1::MAX_UNSORTED).map(|at| format!("N{at}")).collect();
    let mut params: Vec<Param<'_>> = names.iter().map(|name| (name.as_str(), ONE)).collect();
    let members = params.clone();
    assert_eq!(unsorted(&params[..64]), Ok(()));
    refused("too many parameters: the limit is 64", || unsorted(&params));
    assert_eq!(v1::Params::sorted(&mut params).map(drop), Ok(()));
    let wrapped = |count| {
        let object = ParamValue::Object(&members[..count]);
        [[("A", ONE), ("B", object)], [("A", object), ("B", ParamValue::List(&[]))]]
    };
    assert_eq!(wrapped(64).map(|params| unsorted(&params)), [Ok(()); 2]);
    for (index, mut params) in wrapped(65).into_iter().enumerate() {
        let sentence = format!("parameter at index {}: too many members: the limit is 64", 1 - index);
        assert_eq!(Query::params(&params).map(drop), Ok(()));
        refused(&sentence, || v1::Params::unsorted(&params));
        refused(&sentence, || v1::Params::sorted(&mut params));
    }
    let object = [ParamValue::Object(&members)];
    for outer in [ParamValue::List(&object), ParamValue::Object(&[("C", object[0])])] {
        refused("parameter at index 0: too many members: the limit is 64", || unsorted(&[("B", outer)]));
    }
}
