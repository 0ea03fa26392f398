//! Every error of the signing side, caused by a real call.

use super::{CALL, PLAIN, assert_none, format_error, now, signer};
use core::num::NonZeroU64;
use tc3_core::{
    Api, BufferTooSmall, Call, ContentType, Credentials, DaySigner, Fault, Field, Header, Host, Invalid,
    Limit, MAX_DEPTH, Multipart, NotADate, Param, ParamValue, Part, Query, Timestamp, WrongKey, api, v1,
};

fn json(call: Call<'_>) -> Result<(), Invalid> {
    call.json("{}").map(drop)
}

fn header(header: Header<'_>) -> Result<(), Invalid> {
    let unregional = api!("cvm", "2017-03-12").action("DescribeRegions");
    json(unregional.headers(&[Header::SignAction, Header::Unsigned("x-first", "1"), header]))
}

fn part(part: Part<'_>) -> Result<(), Invalid> {
    Multipart::new("bound", &[part]).map(drop)
}

fn v1(params: &[Param<'_>]) -> Result<(), Invalid> {
    v1::Params::unsorted(params).map(drop)
}

fn sign_v1(call: Call<'_>, method: v1::Method, params: &[Param<'_>]) -> Result<(), Invalid> {
    let request = call.v1(method, v1::Algorithm::HmacSha256, v1::Params::unsorted(params)?)?;
    signer().sign_v1(&request, now(), v1::Nonce::new(NonZeroU64::MIN)).map(drop)
}

/// Nests `value` in this many lists.
fn too_deep(value: ParamValue<'_>, levels: usize) -> Result<(), Invalid> {
    match levels {
        0 => v1(&[("a", value)]),
        _ => too_deep(ParamValue::List(&[value]), levels - 1),
    }
}

#[test]
fn every_fault_is_detected_and_formatted_without_allocating() {
    let too_many = [("a", ParamValue::Int(1)); v1::MAX_UNSORTED + 1];
    let one = ParamValue::Int(1);
    let list = ParamValue::List(&[one]);
    let valid = Part::text("a", "1");
    let check = |make: &dyn Fn() -> Result<(), Invalid>, expected: Fault| {
        assert_none("a fault", || {
            let refused = make().unwrap_err();
            let Invalid::Item { fault, .. } = refused else { panic!("{refused}") };
            assert_eq!(fault, expected);
            format_error(&refused);
        });
    };
    check(&|| v1(&[("", one)]), Fault::EmptyName);
    check(&|| Query::params(&[("", one)]).map(drop), Fault::EmptyName);
    check(&|| header(Header::Unsigned("", "1")), Fault::EmptyName);
    check(&|| part(Part { name: "", ..valid }), Fault::EmptyName);
    check(&|| v1(&[("a", ParamValue::Text(""))]), Fault::EmptyValue);
    check(&|| v1(&[("é", one)]), Fault::Name { at: 0, byte: 0xc3 });
    check(&|| header(Header::Unsigned("a b", "1")), Fault::Name { at: 1, byte: b' ' });
    check(&|| part(Part { name: "a\"", ..valid }), Fault::Name { at: 1, byte: b'"' });
    check(&|| v1(&[("a_b", one)]), Fault::Underscore { at: 1 });
    check(&|| header(Header::Signed("a", "\n")), Fault::Value { at: 0, byte: b'\n' });
    check(&|| part(Part { filename: Some("\""), ..valid }), Fault::Value { at: 0, byte: b'"' });
    check(&|| header(Header::Signed("a", " b")), Fault::Padded);
    check(&|| v1(&[("a", one), ("a", one)]), Fault::Duplicate);
    check(&|| header(Header::Unsigned("X-First", "1")), Fault::Duplicate);
    check(&|| header(Header::SignAction), Fault::Duplicate);
    check(&|| v1(&[("Action", one)]), Fault::Reserved);
    check(&|| v1::Params::sorted(&mut [("Action", one)]).map(drop), Fault::Reserved);
    check(&|| header(Header::Unsigned("Host", "a")), Fault::Reserved);
    check(&|| v1(&[("a", list), ("a.0", one)]), Fault::Overlap);
    check(&|| too_deep(one, MAX_DEPTH + 1), Fault::TooDeep { limit: MAX_DEPTH });
    let limit = v1::MAX_UNSORTED;
    check(&|| v1(&too_many), Fault::TooMany { limit });
    check(&|| v1(&[("a", ParamValue::Object(&too_many))]), Fault::TooMany { limit });
    check(&|| part(Part { data: b"--bound", ..valid }), Fault::Boundary);
    check(&|| header(Header::SignRegion), Fault::Absent);
    check(&|| sign_v1(CALL, v1::Method::Get, &[]), Fault::Unsignable);
}

#[test]
fn every_invalid_value_is_detected_and_formatted_without_allocating() {
    let long = "x".repeat(10 * 1024 * 1024 + 1);
    let large = [("a", ParamValue::Text(&long))];
    let check = |make: &dyn Fn() -> Result<(), Invalid>, is_expected: fn(Invalid) -> bool| {
        assert_none("a refusal", || {
            let refused = make().unwrap_err();
            assert!(is_expected(refused), "{refused:?}");
            format_error(&refused);
        });
    };
    macro_rules! check {
        ($make:expr, $pattern:pat) => {
            check(&|| $make, |refused| matches!(refused, $pattern))
        };
    }
    check!(Api::new("cvm", "").map(drop), Invalid::Empty { field: Field::Version });
    check!(
        Api::new(&long[..32], "v").map(drop),
        Invalid::TooLong { field: Field::Service, len: 32, limit: 31 }
    );
    check!(Api::new("a.b", "v").map(drop), Invalid::Byte { field: Field::Service, at: 1, byte: b'.' });
    check!(Credentials::new("", "key").map(drop), Invalid::Empty { field: Field::SecretId });
    check!(
        Credentials::new("id", " key").map(drop),
        Invalid::Byte { field: Field::SecretKey, at: 0, byte: b' ' }
    );
    check!(
        Credentials::temporary("id", "key", "a\nb").map(drop),
        Invalid::Byte { field: Field::Token, at: 1, byte: b'\n' }
    );
    check!(Multipart::new("A", &[]).map(drop), Invalid::Byte { field: Field::Boundary, .. });
    check!(Query::encoded("a b").map(drop), Invalid::Byte { field: Field::Query, at: 1, byte: b' ' });
    check!(json(PLAIN.request_client("é")), Invalid::Byte { field: Field::RequestClient, .. });
    check!(json(PLAIN.trace_id("")), Invalid::Empty { field: Field::TraceId });
    check!(json(PLAIN.region("a ")), Invalid::Byte { field: Field::Region, at: 1, byte: b' ' });
    check!(
        PLAIN.post(ContentType::Json, b"\xff").map(drop),
        Invalid::Byte { field: Field::Body, at: 0, byte: 0xff }
    );
    check!(PLAIN.json(&long).map(drop), Invalid::TooLarge { limit: Limit::Body, .. });
    check!(
        PLAIN.get(Query::encoded(&long).unwrap()).map(drop),
        Invalid::TooLarge { limit: Limit::GetUrl, .. }
    );
    check!(sign_v1(PLAIN, v1::Method::Get, &large), Invalid::TooLarge { limit: Limit::GetUrl, .. });
    check!(sign_v1(PLAIN, v1::Method::Post, &large), Invalid::TooLarge { limit: Limit::FormBody, .. });
    check!(json(PLAIN.headers(&[Header::Unsigned("", "")])), Invalid::Item { .. });
    check!(Timestamp::from_unix(u64::MAX).map(drop), Invalid::Milliseconds { seconds: u64::MAX });
    check!(json(PLAIN.region("ap-shanghai-fsi")), Invalid::Isolated);
    check!(
        json(api!("cvm", "1").at(Host::Endpoint("cbs.tencentcloudapi.com")).action("A")),
        Invalid::OtherService
    );
}

#[test]
fn every_buffer_that_is_too_small_is_refused_without_allocating() {
    let request = PLAIN.json("{}").unwrap();
    let form = PLAIN.v1(v1::Method::Get, v1::Algorithm::HmacSha256, v1::Params::EMPTY).unwrap();
    assert_none("a buffer that is too small", || {
        let mut signer = signer();
        let nonce = v1::Nonce::new(NonZeroU64::MIN);
        let (tc3, v1) = (signer.sign(&request, now()), signer.sign_v1(&form, now(), nonce).unwrap());
        let explanation = signer.explain(&request, now());
        let check = |needed: usize, refused: Result<(), BufferTooSmall>| {
            assert_eq!(refused, Err(BufferTooSmall { needed, given: 0 }));
            format_error(&refused.unwrap_err());
        };
        macro_rules! check {
            ($($encoded:expr),*) => {
                $(check($encoded.len(), $encoded.encode(&mut []).map(drop));)*
            };
        }
        check!(tc3.head(), tc3.authorization(), request.target());
        check!(explanation.canonical_request(), explanation.string_to_sign());
        check!(v1.head(), v1.wire(), v1.signature(), v1.string_to_sign());
        tc3.headers().for_each(|(_, value)| {
            check!(value);
        });
        v1.headers().for_each(|(_, value)| {
            check!(value);
        });
    });
}

#[test]
fn a_wrong_key_and_a_wrong_date_are_refused_without_allocating() {
    let request = PLAIN.json("{}").unwrap();
    let tomorrow = Timestamp::from_unix(now().unix() + 86_400).unwrap();
    assert_none("a wrong key", || {
        let identity = Credentials::new("id", "key").unwrap().identity();
        for (service, at, expected) in [
            ("cvm", tomorrow, WrongKey::Day { key: 17_952, request: 17_953 }),
            ("cbs", now(), WrongKey::Service),
        ] {
            let key = signer().signing_key(&Api::new(service, "1").unwrap(), now());
            let refused = DaySigner::new(identity, &key).sign(&request, at).map(drop).unwrap_err();
            assert_eq!(refused, expected);
            format_error(&refused);
        }
    });
    let date = "Sun, 06 Nov 1994 08:49:37 GMT";
    assert!(Timestamp::from_http_date(date).is_ok());
    assert_none("a wrong date", || {
        for at in 0..date.len() {
            let refused: NotADate = Timestamp::from_http_date(&date[..at]).unwrap_err();
            format_error(&refused);
        }
    });
}
