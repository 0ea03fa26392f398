//! Every value that is refused before signing, by a sentence that names the item and the position. Nothing here
//! allocates.
#![allow(clippy::restriction, reason = "a test fails by panicking")]

use reference::{refused, without_allocating};
use tc3_core::{
    Api, Call, ContentType, Credentials, DaySigner, Fault, Field, HashedPayload, Header, Host, Invalid, List,
    Multipart, Param, ParamValue, Part, Query, Signer, SigningKey, Timestamp, WrongKey, api, region, v1,
};

const CVM: Api<'_> = api!("cvm", "2017-03-12");
const CALL: Call<'_> = CVM.action("DescribeInstances");
const ONE: ParamValue<'_> = ParamValue::Int(1);

/// Makes a request of every kind, which all have the same result.
fn made(call: Call<'_>) -> Result<(), Invalid> {
    let (json, payload) = (call.json("{}").map(drop), HashedPayload::of(b"{}"));
    let others = [
        call.get(Query::EMPTY).map(drop),
        call.text(ContentType::JsonUtf8, "{}").map(drop),
        call.octets(b"{}").map(drop),
        call.post(ContentType::OctetsUtf8, b"{}").map(drop),
        call.multipart(Multipart::new("b", &[])?).map(drop),
        call.streamed(ContentType::Json, &payload).map(drop),
        call.unsigned(ContentType::Json, 2).map(drop),
        call.v1(v1::Method::Get, v1::Algorithm::HmacSha256, v1::Params::EMPTY).map(drop),
    ];
    assert_eq!(others, [json; 8], "{call:?}");
    json
}

fn unsorted(params: &[Param<'_>]) -> Result<(), Invalid> {
    v1::Params::unsorted(params).map(drop)
}

fn at(unix: u64) -> Timestamp {
    Timestamp::from_unix(unix).unwrap()
}

type Check = fn(&str) -> Result<(), Invalid>;

/// Every string that goes into a header, the request line or the credential, and which characters it can have besides
/// lower-case letters and digits. `A` stands for all upper-case letters.
const FIELDS: [(Field, &str, Check); 20] = [
    (Field::Service, "A-", |value| Api::new(value, "2017-03-12").map(drop)),
    (Field::Service, "A-", |value| Api::unversioned(value).map(drop)),
    (Field::Service, "A-", |value| SigningKey::import(&[0; 32], value, at(0)).map(drop)),
    (Field::Host, "A-._:[]", |value| made(CVM.at(Host::Unchecked(value)).action("A"))),
    (Field::Host, "A-._:[]", |value| match made(CVM.at(Host::Endpoint(value)).action("A")) {
        // `tc3-core` has a list of what can be in brackets.
        Err(Invalid::NotIpv6) if value.starts_with('[') => Ok(()),
        outcome => outcome,
    }),
    (Field::Path, "A!$%&'()*+,-./:;=@_~", |value| made(CVM.path(value).action("A"))),
    (Field::Action, SECRET_ID, |value| made(CVM.action(value))),
    (Field::Region, "-", |value| made(CALL.region(value))),
    (Field::Region, "-", |value| made(CVM.at(Host::Regional(value)).action("A"))),
    (Field::Region, "-", |value| made(CVM.at(Host::InternalRegional(value)).action("A"))),
    (Field::Region, "-", |value| made(CVM.at(Host::AiRegional(value)).action("A"))),
    (Field::RequestClient, "A-_,;. ", |value| made(CALL.request_client(value))),
    (Field::TraceId, VISIBLE, |value| made(CALL.trace_id(value))),
    (Field::SecretId, SECRET_ID, |value| Credentials::new(value, "key").map(drop)),
    (Field::SecretId, SECRET_ID, |value| Credentials::temporary(value, "key", "token").map(drop)),
    (Field::SecretKey, VISIBLE, |value| Credentials::new("id", value).map(drop)),
    (Field::SecretKey, VISIBLE, |value| Credentials::temporary("id", value, "token").map(drop)),
    (Field::Token, VISIBLE, |value| Credentials::temporary("id", "key", value).map(drop)),
    (Field::Boundary, BOUNDARY, |value| Multipart::new(value, &[]).map(drop)),
    (Field::Boundary, BOUNDARY, |boundary| CALL.post(ContentType::Multipart { boundary }, b"").map(drop)),
];

const BOUNDARY: &str = "!#$%&'*+-.^_`{|}~";
const VISIBLE: &str = "A!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
const SECRET_ID: &str = "A!\"#$%&'()*+-.:;<=>?@[\\]^_`{|}~";

/// Calls `check` with each ASCII character, and some others, at the beginning, in the middle and at the end of a value:
/// with the value, the character, and its position.
fn each_character(base: &str, mut check: impl FnMut(&str, char, usize)) {
    for character in ('\0'..='\x7f').chain("\u{80}éİ广\u{2028}😀".chars()) {
        for at in [0, 2, 3] {
            let (before, after) = base.split_at(at);
            check(&format!("{before}{character}{after}"), character, at);
        }
    }
}

/// Whether a character is a lower-case letter, a digit, or one of these; `A` stands for all upper-case letters.
fn is_one_of(character: char, others: &str) -> bool {
    let character = if character.is_ascii_uppercase() { 'A' } else { character };
    character.is_ascii_lowercase() || character.is_ascii_digit() || others.contains(character)
}

#[test]
fn line_ends_control_characters_spaces_and_non_ascii_are_refused_in_every_field() {
    for (field, others, check) in FIELDS {
        assert_eq!(check(""), Err(Invalid::Empty { field }));
        let base = if field == Field::Path { "/bc" } else { "abc" };
        each_character(base, |value, character, at| {
            let is_allowed = is_one_of(character, others)
                && match field {
                    Field::Path => at != 0 || character == '/',
                    Field::RequestClient => at == 2 || character != ' ',
                    _ => true,
                };
            let wrong = Invalid::Byte { field, at, byte: value.as_bytes()[at] };
            let expected = if is_allowed { Ok(()) } else { Err(wrong) };
            assert_eq!(without_allocating("a field", || check(value)), expected, "{field:?} {value:?}");
        });
    }
    let long = "a".repeat(200);
    for (field, limit) in [(Field::Service, 31), (Field::RequestClient, 128), (Field::Boundary, 70)] {
        for (_, _, check) in FIELDS.into_iter().filter(|(other, ..)| *other == field) {
            assert_eq!(check(&long[..limit]), Ok(()));
            let len = limit + 1;
            assert_eq!(check(&long[..len]), Err(Invalid::TooLong { field, len, limit }));
        }
    }
}

/// Every string in a list: whether it is a name, and the characters as in `FIELDS`.
const ITEMS: [(List, bool, &str, Check); 8] = [
    (List::Headers, true, "A!#$%&'*+-.^_`|~", |name| made(CALL.headers(&[Header::Unsigned(name, "1")]))),
    (List::Headers, true, "A!#$%&'*+-.^_`|~", |name| {
        CALL.headers(&[Header::Signed(name, "1")]).json("{}").map(drop)
    }),
    (List::Headers, false, PRINTABLE, |value| made(CALL.headers(&[Header::Unsigned("X", value)]))),
    (List::Headers, false, PRINTABLE, |value| {
        CALL.headers(&[Header::Signed("X", value)]).json("{}").map(drop)
    }),
    (List::Parts, true, ESCAPED, |name| part(Part::text(name, ""))),
    (List::Parts, false, ESCAPED, |name| part(Part::file("a", name, b""))),
    (List::Parts, false, SHOWN, |kind| part(Part { content_type: Some(kind), ..Part::text("a", "") })),
    (List::Parameters, true, "A.", |name| unsorted(&[(name, ONE)])),
];

const PRINTABLE: &str = "A\t !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
const SHOWN: &str = "A !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~\u{80}éİ广\u{2028}😀";
/// Line ends are escaped.
const ESCAPED: &str = "A\r\n !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~\u{80}éİ广\u{2028}😀";

fn part(part: Part<'_>) -> Result<(), Invalid> {
    Multipart::new("bound", &[part]).map(drop)
}

#[test]
fn headers_parts_and_parameters_have_only_the_bytes_that_their_sentences_name() {
    for (list, is_name, others, check) in ITEMS {
        each_character("abc", |value, character, at| {
            let byte = value.as_bytes()[at];
            let fault = match (list, is_name, character) {
                (List::Headers, false, ' ' | '\t') if at != 2 => Some(Fault::Padded),
                _ if is_one_of(character, others) => None,
                (List::Parameters, _, '_') => Some(Fault::Underscore { at }),
                (_, true, _) => Some(Fault::Name { at, byte }),
                (_, false, _) => Some(Fault::Value { at, byte }),
            };
            let expected = fault.map_or(Ok(()), |fault| Err(Invalid::Item { list, index: 0, fault }));
            assert_eq!(without_allocating("an item", || check(value)), expected, "{list:?} {value:?}");
        });
    }
}

#[test]
fn a_field_has_only_the_bytes_that_its_sentence_names() {
    let path = |path| made(CVM.path(path).action("A"));
    refused("path: 'v' is not allowed at byte 0 (characters of a URL path after '/' are)", || path("v2"));
    refused("service: '.' is not allowed at byte 1 (letters, digits and '-' are)", || Api::new("a.b", ""));
    refused("service has 32 bytes; the limit is 31", || Api::new("abcdefghijklmnopqrstuvwxyz012345", "1"));
    let version = |version| Api::new("cvm", version);
    let wrong = "is not allowed at byte";
    for (given, sentence) in [
        ("", "version is empty".to_owned()),
        ("2017-03", "version has 7 bytes; 10 are needed".to_owned()),
        ("2017-03-123", "version has 11 bytes; the limit is 10".to_owned()),
        ("12-03-2017", format!("version: '3' {wrong} 4 (dates such as 2017-03-12 are)")),
        ("2017-03-1\n", format!("version: a line feed {wrong} 9 (dates such as 2017-03-12 are)")),
        (
            "DescribeZones",
            format!(
                "version: 'D' {wrong} 0 (dates such as 2017-03-12 are); action and version may be swapped"
            ),
        ),
        (
            "cvm",
            format!(
                "version: 'c' {wrong} 0 (dates such as 2017-03-12 are); service and version may be swapped"
            ),
        ),
    ] {
        refused(&sentence, || version(given));
    }
    for (byte, shown, swapped) in [
        ('!', "'!'", ""),
        ('@', "'@'", ""),
        ('A', "'A'", "; action and version may be swapped"),
        ('Z', "'Z'", "; action and version may be swapped"),
        ('[', "'['", ""),
        ('`', "'`'", ""),
        ('a', "'a'", "; service and version may be swapped"),
        ('z', "'z'", "; service and version may be swapped"),
        ('{', "'{'", ""),
        ('~', "'~'", ""),
        ('\x7f', "0x7f", ""),
    ] {
        let sentence = format!("version: {shown} {wrong} 0 (dates such as 2017-03-12 are){swapped}");
        let given = format!("{byte}017-03-12");
        refused(&sentence, || Api::new("cvm", &given));
    }
    let has_date = |date| Api::new("cvm", date).unwrap().has_date();
    assert_eq!(["2017-03-12", "2017-13-12"].map(has_date), [true, false], "a date of the calendar");
    refused("host: not an IPv6 address such as [::1] or [2001:db8::1]:8443", || {
        CVM.at(Host::Endpoint("[cvm]:443")).action("A").json("{}")
    });
    refused("version is empty", || Api::unversioned("cvm").unwrap().action("A").json("{}"));
    refused("secret key: a space is not allowed at byte 3 (visible ASCII characters are)", || {
        Credentials::new("id", "key ")
    });
    refused(
        "action: a line feed is not allowed at byte 1 (visible ASCII characters but '/' and ',' are)",
        || CVM.action("A\n").json("{}"),
    );
    refused("region: 0xe5 is not allowed at byte 0 (lower-case letters, digits and '-' are)", || {
        CALL.region("广州").json("{}")
    });
    for kind in [ContentType::Json, ContentType::JsonUtf8] {
        refused("body: 0xff is not allowed at byte 3 (bytes of UTF-8 are)", || {
            CALL.post(kind, b"{\"a\xff\"}")
        });
    }
}

#[test]
fn a_ready_made_query_is_sent_unchanged_or_refused() {
    let query = |query: &str| Query::encoded(query).map(|query| query.to_string());
    for legal in ["", "a=b&a=b&c", "%7E%e5", "a+b", "~-._!$&'()*+,;=:@/?"] {
        assert_eq!(query(legal), Ok(legal.to_owned()));
    }
    let escapes = ["^%", "^%4", "^%g4", "^%4g", "^%%41", "%41^%4", "a=^%", "a=^%4g", "a=%20^%g4"];
    // `^` marks the wrong byte, which follows it.
    let bytes = "\"<># \\`{|}[]^\t\r\n\0\x7fé".chars().map(|byte| format!("a=^{byte}b"));
    for marked in escapes.map(str::to_owned).into_iter().chain(bytes) {
        let (before, after) = marked.split_once('^').unwrap();
        let wrong = Invalid::Byte { field: Field::Query, at: before.len(), byte: after.as_bytes()[0] };
        assert_eq!(query(&format!("{before}{after}")), Err(wrong), "{marked}");
    }
    refused("query: '%' at byte 2 must be followed by two hex digits", || Query::encoded("a=%"));
}

/// `tc3-core` has a list of hosts.
#[test]
fn a_finance_region_and_an_endpoint_are_reached_only_by_their_own_host() {
    let isolated = CALL.region(region::AP_SHANGHAI_FSI);
    assert_eq!(made(isolated), Err(Invalid::Isolated));
    refused("a finance region is reached only by its own regional host", || isolated.json("{}"));
    let other = CVM.at(Host::Endpoint("cvms.tencentcloudapi.com")).action("A");
    assert_eq!(made(other), Err(Invalid::OtherService));
    assert_eq!(
        made(CVM.at(Host::Endpoint("cvms.tencentcloudapi:443")).action("A")),
        Err(Invalid::OtherService)
    );
    refused("the host belongs to another service", || other.json("{}"));
}

#[test]
fn v1_refuses_names_and_values_that_the_sdks_and_the_service_treat_differently() {
    let underscore = "'_' is not allowed at byte 1 of the name (letters, digits and '.' are)";
    for (param, fault) in [
        (("", ONE), "the name is empty"),
        (("a_b", ONE), underscore),
        (("a", ParamValue::Text("")), "the value is empty"),
        (("a", ParamValue::Object(&[("b_c", ONE)])), underscore),
    ] {
        let sentence = format!("parameter at index 0: {fault}");
        refused(&sentence, || unsorted(&[param]));
        refused(&sentence, || v1::Params::sorted(&mut [param]).map(drop));
    }
    for name in "Action Language Nonce Region RequestClient SecretId Signature SignatureMethod Timestamp Token Version"
        .split(' ')
    {
        refused("parameter at index 1: the signer writes this name itself", || unsorted(&[("A", ONE), (name, ONE)]));
    }
    let unnamed = [ParamValue::Object(&[("", ONE)])];
    refused("parameter at index 1: the name is empty", || {
        Query::params(&[("A", ONE), ("B", ParamValue::List(&unnamed))]).map(drop)
    });
}

#[test]
fn v1_refuses_duplicate_and_overlapping_names_and_headers_to_sign() {
    let (list, object) = ([ONE], [("x", ONE)]);
    for (name, fault) in [("a", "the name occurs twice"), ("a.0", "the name lies inside a list or object")] {
        let mut params = [("a", ParamValue::List(&list)), ("b", ONE), (name, ONE)];
        refused(&format!("parameter at index 2: {fault}"), || v1::Params::unsorted(&params));
        // Sorting moves the second parameter to index 1.
        refused(&format!("parameter at index 1: {fault}"), || v1::Params::sorted(&mut params));
    }
    refused("parameter at index 1: the name lies inside a list or object", || {
        unsorted(&[("a", ParamValue::Object(&object)), ("a.x", ONE)])
    });
    for header in [Header::SignAction, Header::Signed("X-Own", "1")] {
        let headers = [Header::Unsigned("X-More", "1"), header];
        let call = CALL.headers(&headers);
        refused("header at index 1: signature v1 cannot sign headers", || {
            call.v1(v1::Method::Get, v1::Algorithm::HmacSha256, v1::Params::EMPTY)
        });
    }
}

#[test]
fn invalid_reserved_and_duplicate_headers_are_refused() {
    let names = "of the name (letters, digits and !#$%&'*+-.^_`|~ are)";
    let values = "of the value (printable ASCII characters and tabs are)";
    let sentences = [
        (Header::Signed("", "1"), "the name is empty"),
        (Header::Unsigned("X:", "1"), &format!("':' is not allowed at byte 1 {names}")),
        (Header::Unsigned("X", "1\r\nY: 2"), &format!("a carriage return is not allowed at byte 1 {values}")),
        (Header::Signed("X", " 1"), "the value begins or ends with a space or tab"),
        (Header::Signed("Host", "a"), "the signer writes this name itself"),
        (Header::Unsigned("x-first", "1"), "the name occurs twice"),
        (Header::SignAction, "the name occurs twice"),
        (Header::SignRegion, "SignRegion needs a region, and the call has none"),
    ];
    for (header, fault) in sentences {
        let headers = [Header::SignAction, Header::Signed("X-First", "1"), header];
        refused(&format!("header at index 2: {fault}"), || made(CALL.headers(&headers)));
    }
}

#[test]
fn a_multipart_part_that_would_end_early_is_refused() {
    let part = Part::text("a", "1");
    let allowed = "(all but control characters are)";
    let null = format!("0x00 is not allowed at byte 1 of the name {allowed}");
    let delete = format!("0x7f is not allowed at byte 1 of the value {allowed}");
    let line_feed = format!("a line feed is not allowed at byte 1 of the value {allowed}");
    for (wrong, fault) in [
        (Part { name: "", ..part }, "the name is empty"),
        (Part { name: "a\0", ..part }, &null),
        (Part { filename: Some("a\x7f"), ..part }, &delete),
        (Part { content_type: Some("a\n"), ..part }, &line_feed),
        (Part { data: b"..--bound..", ..part }, "the data contains the boundary"),
        (Part { data: b"--bound", ..part }, "the data contains the boundary"),
        (Part { data: b"---bound", ..part }, "the data contains the boundary"),
        (Part { data: b"--bo--bound", ..part }, "the data contains the boundary"),
    ] {
        refused(&format!("part at index 1: {fault}"), || Multipart::new("bound", &[part, wrong]).map(drop));
    }
    for data in [&b"bound"[..], b"-bound", b"--boun", b"--Bound", b"--\r\nbound"] {
        assert_eq!(self::part(Part { data, ..part }), Ok(()), "{}", data.escape_ascii());
    }
}

#[test]
fn a_key_of_another_day_or_service_signs_nothing() {
    let credentials = Credentials::new("AKIDEXAMPLE", "key").unwrap();
    let key = Signer::new(credentials).signing_key(&CVM, at(86_400));
    let mut device = DaySigner::new(credentials.identity(), &key);
    refused("the signing key is for 1970-01-02, and the request is of 1970-01-03 (UTC dates)", || {
        device.sign(&CALL.json("{}").unwrap(), at(2 * 86_400)).map(drop)
    });
    let other = api!("cbs", "2017-03-12").action("A").json("{}").unwrap();
    refused("the signing key is for another service", || device.sign(&other, at(86_400)).map(drop));
    refused("service is empty", || SigningKey::import(key.expose(), "", at(0)));
    // No timestamp has this day.
    let after_the_last = WrongKey::Day { key: u32::MAX, request: 2_932_896 };
    refused("the signing key is for 9999-12-31, and the request is of 9999-12-31 (UTC dates)", || {
        Err::<(), _>(after_the_last)
    });
}

#[test]
fn a_short_buffer_and_a_wrong_date_or_time_are_refused() {
    refused("the buffer has 0 bytes, and 1 are needed", || {
        CALL.json("{}").unwrap().target().encode(&mut []).map(drop)
    });
    refused("not a date like `Sun, 06 Nov 1994 08:49:37 GMT`: wrong at byte 6", || {
        Timestamp::from_http_date("Sun, 6 Nov 1994 08:49:37 GMT")
    });
    let last = 253_402_300_799; // the year 9999
    assert_eq!(Timestamp::from_unix(last).map(Timestamp::unix), Ok(last));
    for seconds in [last + 1, 1 << 39, 1_551_113_065_000, u64::MAX] {
        let sentence = format!("{seconds} s is after the year 9999: pass seconds, not milliseconds");
        refused(&sentence, || Timestamp::from_unix(seconds));
    }
}
