//! Every value that is refused before signing, and the error that names it.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test fails by panicking")]

use core::fmt::Display;
use tc3_core::{
    Api, BufferTooSmall, Call, ContentType, Credentials, DaySigner, Fault, Field, Header, Host, Invalid,
    Limit, List, Multipart, NotADate, Param, ParamValue, Part, Query, Signer, SigningKey, Timestamp,
    WrongKey, api, region, v1,
};

const CVM: Api<'_> = api!("cvm", "2017-03-12");
const CALL: Call<'_> = CVM.action("DescribeInstances");

fn json(call: Call<'_>) -> Result<(), Invalid> {
    call.json("{}").map(drop)
}

fn item(list: List, index: usize, fault: Fault) -> Result<(), Invalid> {
    Err(Invalid::Item { list, index, fault })
}

type Check = fn(&str) -> Result<(), Invalid>;

/// Every string that goes into a header, the request line or the credential.
const FIELDS: [(Field, Check); 14] = [
    (Field::Service, |value| Api::new(value, "2017-03-12").map(drop)),
    (Field::Version, |value| Api::new("cvm", value).map(drop)),
    (Field::Host, |value| json(CVM.at(Host::Unchecked(value)).action("A"))),
    (Field::Action, |value| json(CVM.action(value))),
    (Field::Region, |value| json(CALL.region(value))),
    (Field::Region, |value| json(CVM.at(Host::Regional(value)).action("A"))),
    (Field::RequestClient, |value| json(CALL.request_client(value))),
    (Field::TraceId, |value| json(CALL.trace_id(value))),
    (Field::SecretId, |value| Credentials::new(value, "key").map(drop)),
    (Field::SecretKey, |value| Credentials::new("id", value).map(drop)),
    (Field::Token, |value| Credentials::temporary("id", "key", value).map(drop)),
    (Field::Boundary, |value| Multipart::new(value, &[]).map(drop)),
    (Field::Boundary, |value| CALL.post(ContentType::Multipart { boundary: value }, b"").map(drop)),
    (Field::Host, |value| json(CVM.at(Host::Endpoint(value)).action("A"))),
];

#[test]
fn an_empty_value_is_refused_in_every_field() {
    for (field, check) in FIELDS {
        assert_eq!(check("abc"), Ok(()), "{field:?}");
        assert_eq!(check(""), Err(Invalid::Empty { field }));
    }
    assert_eq!(json(CVM.path("").action("A")), Err(Invalid::Empty { field: Field::Path }));
}

#[test]
fn line_ends_control_characters_and_non_ascii_are_refused_in_every_field() {
    for (field, check) in FIELDS {
        for (value, byte) in [
            ("ab\rc", b'\r'),
            ("ab\nc", b'\n'),
            ("ab\0c", 0),
            ("ab\x7fc", 0x7f),
            ("ab\tc", b'\t'),
            ("abéc", 0xc3),
        ] {
            assert_eq!(check(value), Err(Invalid::Byte { field, at: 2, byte }), "{value:?}");
        }
        assert_eq!(check("ab\n"), Err(Invalid::Byte { field, at: 2, byte: b'\n' }));
    }
}

#[test]
fn leading_and_trailing_whitespace_is_refused_in_every_field() {
    for (field, check) in FIELDS {
        for (value, at) in [(" abc", 0), ("abc ", 3), ("\tabc", 0), ("abc\t", 3), (" ", 0)] {
            let byte = value.as_bytes()[at];
            assert_eq!(check(value), Err(Invalid::Byte { field, at, byte }), "{value:?}");
        }
    }
}

#[test]
fn a_value_that_is_too_long_is_refused_with_its_length() {
    let value = "a".repeat(200);
    for (field, limit) in [(Field::Service, 31), (Field::RequestClient, 128), (Field::Boundary, 70)] {
        let (_, check) = FIELDS.into_iter().find(|(other, _)| *other == field).unwrap();
        assert_eq!(check(&value[..limit]), Ok(()));
        let len = limit + 1;
        assert_eq!(check(&value[..len]), Err(Invalid::TooLong { field, len, limit }));
    }
}

#[test]
fn a_path_starts_with_a_slash_and_has_no_query() {
    let path = |path| json(CVM.path(path).action("A"));
    let byte = |at, byte| Err(Invalid::Byte { field: Field::Path, at, byte });
    assert_eq!(path("/v2/index.php"), Ok(()));
    assert_eq!(path("v2"), byte(0, b'v'));
    assert_eq!(path("/a?b"), byte(2, b'?'));
    assert_eq!(path("/a#b"), byte(2, b'#'));
    assert_eq!(path("/a b"), byte(2, b' '));
    assert_eq!(path("/a\r\nb"), byte(2, b'\r'));
}

#[test]
fn bytes_that_a_url_library_would_encode_are_refused_in_a_ready_made_query() {
    for illegal in ["\"", "<", ">", "#", " ", "\\", "^", "`", "{", "|", "}", "\r", "\n", "\0", "\x7f", "é"] {
        let query = format!("a={illegal}b");
        let byte = illegal.as_bytes()[0];
        assert_eq!(Query::encoded(&query).map(drop), Err(Invalid::Byte { field: Field::Query, at: 2, byte }));
    }
    for legal in ["", "a=b&a=b&c", "%7E%e5", "a+b", "~-._!$&'()*+,;=:@/?"] {
        assert_eq!(Query::encoded(legal).unwrap().to_string(), legal);
    }
}

#[test]
fn a_percent_sign_that_begins_no_escape_is_refused_in_a_ready_made_query() {
    for (query, at) in [
        ("%", 0),
        ("%4", 0),
        ("%g4", 0),
        ("%4g", 0),
        ("%%41", 0),
        ("%41%4", 3),
        ("a=%", 2),
        ("a=%4g", 2),
        ("a=%20%g4", 5),
    ] {
        let refused = Err(Invalid::Byte { field: Field::Query, at, byte: b'%' });
        assert_eq!(Query::encoded(query).map(drop), refused, "{query}");
    }
}

#[test]
fn json_that_is_not_utf_8_is_refused_at_its_first_invalid_byte() {
    for kind in [ContentType::Json, ContentType::JsonUtf8] {
        let wrong = CALL.post(kind, b"{\"a\xff\"}").map(drop);
        assert_eq!(wrong, Err(Invalid::Byte { field: Field::Body, at: 3, byte: 0xff }));
    }
}

#[test]
fn capitals_and_separators_are_refused_in_a_boundary() {
    for (boundary, at, byte) in [("abC", 2, b'C'), ("a b", 1, b' '), ("a;b", 1, b';'), ("\"a\"", 0, b'"')] {
        let refused = Multipart::new(boundary, &[]).map(drop);
        assert_eq!(refused, Err(Invalid::Byte { field: Field::Boundary, at, byte }));
    }
}

#[test]
fn tc3_needs_a_version() {
    let call = Api::unversioned("cvm").unwrap().action("A");
    assert_eq!(json(call), Err(Invalid::Empty { field: Field::Version }));
}

#[test]
fn a_finance_region_is_refused_at_every_host_but_its_own() {
    let finance = region::AP_SHANGHAI_FSI;
    let at = |host, region| json(CVM.at(host).action("A").region(region));
    for host in [Host::Nearest, Host::Internal, Host::Ai, Host::Intl, Host::Regional(region::AP_SHENZHEN_FSI)]
    {
        assert_eq!(at(host, finance), Err(Invalid::Isolated), "{host:?}");
    }
    assert_eq!(at(Host::Regional(finance), region::AP_SHANGHAI), Err(Invalid::Isolated));
    assert_eq!(at(Host::Regional(finance), finance), Ok(()));
}

#[test]
fn an_endpoint_of_another_service_is_refused() {
    let at = |host| json(CVM.at(Host::Endpoint(host)).action("A"));
    assert_eq!(at("cbs.tencentcloudapi.com"), Err(Invalid::OtherService));
    assert_eq!(at("cbs.ap-guangzhou.tencentcloudapi.com"), Err(Invalid::OtherService));
    assert_eq!(at("CVM.ap-guangzhou.TencentCloudAPI.com"), Ok(()));
    assert_eq!(at("127.0.0.1:8443"), Ok(()));
}

#[test]
fn a_query_parameter_without_a_name_is_refused_at_any_depth() {
    let inner = [("", ParamValue::Int(1))];
    let list = [ParamValue::Object(&inner)];
    for value in [ParamValue::Object(&inner), ParamValue::List(&list)] {
        let params = [("A", ParamValue::Int(0)), ("B", value)];
        let refused = item(List::Parameters, 1, Fault::EmptyName);
        assert_eq!(Query::params(&params).map(drop), refused);
        assert_eq!(v1::Params::unsorted(&params).map(drop), refused);
    }
    assert_eq!(Query::params(&inner).map(drop), item(List::Parameters, 0, Fault::EmptyName));
}

#[test]
fn v1_refuses_names_and_values_that_the_sdks_and_the_service_treat_differently() {
    let empty = [ParamValue::Text("")];
    let inner = [("b_c", ParamValue::Int(1))];
    let cases: [(Param<'_>, Fault); 9] = [
        (("", ParamValue::Int(1)), Fault::EmptyName),
        (("a_b", ParamValue::Int(1)), Fault::Underscore { at: 1 }),
        (("a-b", ParamValue::Int(1)), Fault::Name { at: 1, byte: b'-' }),
        (("a b", ParamValue::Int(1)), Fault::Name { at: 1, byte: b' ' }),
        (("a=", ParamValue::Int(1)), Fault::Name { at: 1, byte: b'=' }),
        (("é", ParamValue::Int(1)), Fault::Name { at: 0, byte: 0xc3 }),
        (("a", ParamValue::Text("")), Fault::EmptyValue),
        (("a", ParamValue::List(&empty)), Fault::EmptyValue),
        (("a", ParamValue::Object(&inner)), Fault::Underscore { at: 1 }),
    ];
    for (pair, fault) in cases {
        let refused = item(List::Parameters, 0, fault);
        assert_eq!(v1::Params::unsorted(&[pair]).map(drop), refused, "{pair:?}");
        assert_eq!(v1::Params::sorted(&mut [pair]).map(drop), refused, "{pair:?}");
    }
}

#[test]
fn the_first_of_several_faults_is_reported() {
    let field = Field::RequestClient;
    for (value, fault) in [
        (" a!b", Invalid::Byte { field, at: 0, byte: b' ' }),
        (" \t", Invalid::Byte { field, at: 0, byte: b' ' }),
        ("a b!", Invalid::Byte { field, at: 3, byte: b'!' }),
        ("a\tb ", Invalid::Byte { field, at: 1, byte: b'\t' }),
        ("a b ", Invalid::Byte { field, at: 3, byte: b' ' }),
        ("a b\t", Invalid::Byte { field, at: 3, byte: b'\t' }),
    ] {
        assert_eq!(CALL.request_client(value).json("{}").map(drop), Err(fault), "{value:?}");
    }
    assert!(CALL.request_client("a b").json("{}").is_ok());
    let field = Field::Service;
    assert_eq!(Api::new("a.b", "").map(drop), Err(Invalid::Byte { field, at: 1, byte: b'.' }));
}

#[test]
fn v1_refuses_duplicate_and_overlapping_names() {
    let list = [ParamValue::Int(1)];
    for (second, fault) in
        [(("a", ParamValue::Int(2)), Fault::Duplicate), (("a.0", ParamValue::Int(2)), Fault::Overlap)]
    {
        let mut params = [("a", ParamValue::List(&list)), ("b", ParamValue::Int(0)), second];
        assert_eq!(v1::Params::unsorted(&params).map(drop), item(List::Parameters, 2, fault));
        // Sorting moves the second parameter to index 1.
        assert_eq!(v1::Params::sorted(&mut params).map(drop), item(List::Parameters, 1, fault));
    }
    let object = [("x", ParamValue::Int(1))];
    let unsorted = |outer| v1::Params::unsorted(&[("a", outer), ("a.x", ParamValue::Int(2))]).map(drop);
    assert_eq!(unsorted(ParamValue::Object(&object)), item(List::Parameters, 1, Fault::Overlap));
    for without_members in [ParamValue::Object(&[]), ParamValue::List(&[]), ParamValue::Int(1)] {
        assert_eq!(unsorted(without_members), Ok(()), "{without_members:?}");
    }
}

#[test]
fn v1_refuses_names_that_the_signer_adds() {
    for name in [
        "Action",
        "Language",
        "Nonce",
        "Region",
        "RequestClient",
        "SecretId",
        "Signature",
        "SignatureMethod",
        "Timestamp",
        "Token",
        "Version",
    ] {
        let refused = item(List::Parameters, 0, Fault::Reserved);
        assert_eq!(v1::Params::unsorted(&[(name, ParamValue::Int(1))]).map(drop), refused);
    }
}

#[test]
fn v1_refuses_headers_to_sign() {
    for header in [Header::SignAction, Header::Signed("X-Own", "1")] {
        let headers = [Header::Unsigned("X-More", "1"), header];
        let refused = CALL
            .headers(&headers)
            .v1(v1::Method::Get, v1::Algorithm::HmacSha256, v1::Params::EMPTY)
            .map(drop);
        assert_eq!(refused, item(List::Headers, 1, Fault::Unsignable));
    }
}

#[test]
fn invalid_reserved_and_duplicate_headers_are_refused() {
    let cases = [
        (Header::Signed("", "1"), Fault::EmptyName),
        (Header::Signed("X Own", "1"), Fault::Name { at: 1, byte: b' ' }),
        (Header::Unsigned("X:", "1"), Fault::Name { at: 1, byte: b':' }),
        (Header::Unsigned("X\r\n", "1"), Fault::Name { at: 1, byte: b'\r' }),
        (Header::Unsigned("X", "1\r\nY: 2"), Fault::Value { at: 1, byte: b'\r' }),
        (Header::Signed("X", "1\n"), Fault::Value { at: 1, byte: b'\n' }),
        (Header::Signed("X", "é"), Fault::Value { at: 0, byte: 0xc3 }),
        (Header::Signed("X", " 1"), Fault::Padded),
        (Header::Signed("X", "1\t"), Fault::Padded),
        (Header::Signed("Host", "a"), Fault::Reserved),
        (Header::Unsigned("authorization", "a"), Fault::Reserved),
        (Header::Unsigned("X-TC-Token", "a"), Fault::Reserved),
        (Header::Unsigned("Content-Length", "1"), Fault::Reserved),
        (Header::Unsigned("Transfer-Encoding", "chunked"), Fault::Reserved),
        (Header::Unsigned("x-first", "1"), Fault::Duplicate),
        (Header::SignAction, Fault::Duplicate),
    ];
    for (header, fault) in cases {
        let headers = [Header::SignAction, Header::Signed("X-First", "1"), header];
        assert_eq!(json(CALL.headers(&headers)), item(List::Headers, 2, fault), "{header:?}");
    }
}

#[test]
fn a_multipart_part_that_would_end_early_is_refused() {
    let part = Part::text("a", "1");
    let cases = [
        (Part { name: "", ..part }, Fault::EmptyName),
        (Part { name: "a\"", ..part }, Fault::Name { at: 1, byte: b'"' }),
        (Part { name: "a\r\n", ..part }, Fault::Name { at: 1, byte: b'\r' }),
        (Part { filename: Some("a\""), ..part }, Fault::Value { at: 1, byte: b'"' }),
        (Part { content_type: Some("a\n"), ..part }, Fault::Value { at: 1, byte: b'\n' }),
        (Part { data: b"..--bound..", ..part }, Fault::Boundary),
        (Part { data: b"--bound", ..part }, Fault::Boundary),
    ];
    for (wrong, fault) in cases {
        let parts = [part, wrong];
        assert_eq!(Multipart::new("bound", &parts).map(drop), item(List::Parts, 1, fault), "{wrong:?}");
    }
}

#[test]
fn a_key_of_another_day_or_service_signs_nothing() {
    let at = |unix| Timestamp::from_unix(unix).unwrap();
    let credentials = Credentials::new("AKIDEXAMPLE", "key").unwrap();
    let key = Signer::new(credentials).signing_key(&CVM, at(86_400));
    let mut device = DaySigner::new(credentials.identity(), &key);
    let request = CALL.json("{}").unwrap();
    assert!(device.sign(&request, at(86_400)).is_ok() && device.sign(&request, at(2 * 86_400 - 1)).is_ok());
    for (unix, request_day) in [(86_399, 0), (2 * 86_400, 2)] {
        let refused = device.sign(&request, at(unix)).map(drop);
        assert_eq!(refused, Err(WrongKey::Day { key: 1, request: request_day }));
    }
    let other = api!("cbs", "2017-03-12").action("A").json("{}").unwrap();
    assert_eq!(device.sign(&other, at(86_400)).map(drop), Err(WrongKey::Service));
    let unnamed = SigningKey::import(key.expose(), "", at(0)).map(drop);
    assert_eq!(unnamed, Err(Invalid::Empty { field: Field::Service }));
}

#[test]
fn errors_are_formatted_as_these_sentences() {
    let item = |list, index, fault| Invalid::Item { list, index, fault };
    let sentences: [(&dyn Display, &str); 26] = [
        (
            &Invalid::TooLarge { limit: Limit::FormBody, bytes: 1_048_577 },
            "the form body has 1048577 bytes; the service's limit is 1048576",
        ),
        (
            &Invalid::TooLong { field: Field::Service, len: 32, limit: 31 },
            "service has 32 bytes; the limit is 31",
        ),
        (&Invalid::Empty { field: Field::Host }, "host is empty"),
        (
            &Invalid::Byte { field: Field::SecretKey, at: 32, byte: b' ' },
            "secret key: a space is not allowed at byte 32 (visible ASCII characters are)",
        ),
        (
            &Invalid::Byte { field: Field::Action, at: 3, byte: b'\n' },
            "action: a line feed is not allowed at byte 3 (visible ASCII characters are)",
        ),
        (
            &Invalid::Byte { field: Field::Service, at: 3, byte: b'.' },
            "service: '.' is not allowed at byte 3 (letters, digits and '-' are)",
        ),
        (
            &Invalid::Byte { field: Field::Region, at: 0, byte: 0xe5 },
            "region: 0xe5 is not allowed at byte 0 (lower-case letters, digits and '-' are)",
        ),
        (
            &Invalid::Byte { field: Field::TraceId, at: 1, byte: 0x1b },
            "trace id: 0x1b is not allowed at byte 1 (visible ASCII characters are)",
        ),
        (
            &Invalid::Byte { field: Field::Path, at: 0, byte: b'a' },
            "path: 'a' is not allowed at byte 0 (characters of a URL path after '/' are)",
        ),
        (
            &Invalid::Byte { field: Field::Query, at: 2, byte: b'%' },
            "query: '%' at byte 2 must be followed by two hex digits",
        ),
        (
            &Invalid::Milliseconds { seconds: 1_551_113_065_000 },
            "1551113065000 s is after the year 9999: pass seconds, not milliseconds",
        ),
        (
            &item(List::Parameters, 2, Fault::Underscore { at: 1 }),
            "parameter at index 2: '_' is not allowed at byte 1 of the name (letters, digits and '.' are)",
        ),
        (
            &item(List::Parameters, 0, Fault::Name { at: 1, byte: b'-' }),
            "parameter at index 0: '-' is not allowed at byte 1 of the name (letters, digits and '.' are)",
        ),
        (
            &item(List::Headers, 1, Fault::Name { at: 0, byte: b':' }),
            "header at index 1: ':' is not allowed at byte 0 of the name (letters, digits and !#$%&'*+-.^_`|~ are)",
        ),
        (
            &item(List::Headers, 1, Fault::Value { at: 4, byte: b'\r' }),
            "header at index 1: a carriage return is not allowed at byte 4 of the value (printable ASCII characters \
             and tabs are)",
        ),
        (
            &item(List::Parts, 0, Fault::Name { at: 2, byte: b'"' }),
            "part at index 0: '\"' is not allowed at byte 2 of the name (all but '\"', '\\' and control \
             characters are)",
        ),
        (&item(List::Parameters, 64, Fault::TooMany { limit: 64 }), "too many parameters: the limit is 64"),
        (
            &item(List::Parameters, 3, Fault::TooMany { limit: 64 }),
            "parameter at index 3: too many members: the limit is 64",
        ),
        (
            &item(List::Parameters, 3, Fault::TooDeep { limit: 8 }),
            "parameter at index 3: nested deeper than 8",
        ),
        (
            &item(List::Headers, 0, Fault::Absent),
            "header at index 0: SignRegion needs a region, and the call has none",
        ),
        (&item(List::Headers, 0, Fault::Reserved), "header at index 0: the signer writes this name itself"),
        (&BufferTooSmall { needed: 12, given: 11 }, "the buffer has 11 bytes, and 12 are needed"),
        (&NotADate { at: 5 }, "not a date like `Sun, 06 Nov 1994 08:49:37 GMT`: wrong at byte 5"),
        (
            &WrongKey::Day { key: 17_952, request: 17_953 },
            "the signing key is for 2019-02-25, and the request is of 2019-02-26 (UTC dates)",
        ),
        (
            // No timestamp has this day.
            &WrongKey::Day { key: u32::MAX, request: 2_932_896 },
            "the signing key is for 9999-12-31, and the request is of 9999-12-31 (UTC dates)",
        ),
        (&WrongKey::Service, "the signing key is for another service"),
    ];
    for (refusal, sentence) in sentences {
        assert_eq!(refusal.to_string(), sentence);
    }
}
