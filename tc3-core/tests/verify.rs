//! Signed requests verify, changed requests are refused, and the parts that the protocol does not sign are
//! listed by name.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test may panic"
)]

use tc3_core::{
    Credentials, HashedPayload, Header, Host, Language, Multipart, ParamValue, Part, Query, Request, Signed,
    Signer, Timestamp, api, v1,
    verify::{self, Body, Item, Message, Rejection, Verifier},
};

const ID: &str = "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE";
const KEY: &str = "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE";

fn now() -> Timestamp {
    at(1_551_113_065)
}

fn at(seconds: u64) -> Timestamp {
    Timestamp::from_unix(seconds).unwrap()
}

fn credentials() -> Credentials<'static> {
    Credentials::new(ID, KEY).unwrap()
}

/// Method, target and headers.
type Parsed<'a> = (&'a str, &'a str, Vec<(&'a str, &'a [u8])>);

/// Parses a head like an HTTP server.
fn parse(head: &str) -> Option<Parsed<'_>> {
    let (line, rest) = head.split_once("\r\n")?;
    let (method, line) = line.split_once(' ')?;
    let target = line.strip_suffix(" HTTP/1.1")?;
    let headers = rest.strip_suffix("\r\n\r\n")?.split("\r\n");
    let headers = headers.map(|line| line.split_once(':').map(|(name, value)| (name, value.as_bytes())));
    Some((method, target, headers.collect::<Option<_>>()?))
}

fn check(head: &str, body: &[u8], now: Timestamp) -> Result<(), Rejection> {
    let (method, target, headers) = parse(head).ok_or(Rejection::Method)?;
    let message = Message { method, target, headers: &headers, body: Body::Whole(body) };
    if headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("authorization")) {
        let claim = verify::tc3::Claim::read(&message)?;
        Verifier::new().tc3(&claim, &credentials(), now)
    } else {
        let mut buffer = [verify::v1::Parameter::default(); 32];
        let claim = verify::v1::Claim::read(&message, &mut buffer)?;
        Verifier::new().v1(&claim, &credentials(), now)
    }
}

fn sign<'r>(request: &'r Request<'r>) -> Signed<'r> {
    Signer::new(credentials()).sign(request, now())
}

fn body_of(request: &Request<'_>) -> Vec<u8> {
    request.body().flatten().copied().collect()
}

#[test]
fn every_kind_of_tc3_request_verifies() {
    let call = api!("cvm", "2017-03-12").action("DescribeInstances").region("ap-guangzhou");
    let params = [("Limit", ParamValue::Int(-1)), ("Name", ParamValue::Text("广州 ✓+%"))];
    let parts = [Part::text("Name", "文件"), Part::file("Data", "a.bin", &[0, 1, 255])];
    let headers = [Header::SignAction, Header::Signed("X-Trace", "A b"), Header::Unsigned("X-Free", "c")];
    let regional = api!("cvm", "2017-03-12").at(Host::Regional("eu-frankfurt")).action("DescribeZones");
    let ported = api!("cvm", "2017-03-12").at(Host::Unchecked("localhost:8443")).action("DescribeZones");
    for request in [
        call.json("{}"),
        call.post(tc3_core::ContentType::JsonUtf8, b"{}"),
        call.get(Query::EMPTY),
        call.get(Query::params(&params).unwrap()),
        call.get(Query::encoded("a=%7E&b=%e5&b").unwrap()),
        call.octets(&[0, 255]),
        call.multipart(Multipart::new("58731222010402", &parts).unwrap()),
        call.headers(&headers).json("{}"),
        regional.json(""),
        ported.json("{}"),
    ] {
        let request = request.unwrap();
        let head = sign(&request).head().to_string();
        assert_eq!(check(&head, &body_of(&request), now()), Ok(()), "{head}");
    }
    let piece = HashedPayload::of(b"piece");
    let request = call.streamed(tc3_core::ContentType::Octets, &piece).unwrap();
    assert_eq!(check(&sign(&request).head().to_string(), b"piece", now()), Ok(()));
    let request = call.unsigned(tc3_core::ContentType::Octets, 5).unwrap();
    assert_eq!(check(&sign(&request).head().to_string(), b"other", now()), Ok(()));
    let request = call.json("{}").unwrap();
    let skipped = request.skip(now()).head().to_string();
    assert_eq!(check(&skipped, b"{}", now()), Err(Rejection::Unsigned));
}

/// Flips each bit of a head, and returns where a flip was accepted. Changes of case, which the protocol
/// ignores, are listed separately.
fn uncovered(head: &str, body: &[u8]) -> Vec<String> {
    let mut places = Vec::new();
    for at in 0..head.len() {
        for bit in 0..8 {
            let mut flipped = head.as_bytes().to_vec();
            flipped[at] ^= 1 << bit;
            let Ok(flipped) = String::from_utf8(flipped) else { continue };
            if check(&flipped, body, now()).is_ok() {
                let start = head[..at].rfind("\r\n").map_or(0, |line| line + 2);
                let line = head[start..].split(['\r', ':']).next().unwrap();
                let is_case = head.as_bytes()[at].is_ascii_alphabetic() && bit == 5;
                let place = match (is_case, head[start..at].contains(':')) {
                    (true, false) if line.contains(' ') => "case of the request line".to_string(),
                    (false, false) if line.contains(' ') => format!("request line at {at}"),
                    (true, false) => continue, // header names are case-insensitive
                    (false, false) => format!("name of {line}"),
                    (true, true) => format!("case of {line}"),
                    (false, true) => line.to_string(),
                };
                places.push(place);
            }
        }
    }
    places.sort();
    places.dedup();
    places
}

/// SECURITY.md has the same list.
#[test]
fn a_flipped_bit_is_refused_but_for_what_the_protocol_does_not_cover() {
    let call = api!("cvm", "2017-03-12").action("DescribeInstances").region("ap-guangzhou");
    let all = call.language(Language::English).request_client("client_1.0").trace_id("0a1b");
    let request = all.json("{}").unwrap();
    let head = sign(&request).head().to_string();
    let unsigned = ["Content-Length", "X-TC-Language", "X-TC-Region", "X-TC-RequestClient", "X-TC-TraceId"];
    let mut expected: Vec<String> =
        unsigned.iter().flat_map(|name| [name.to_string(), format!("name of {name}")]).collect();
    // Their names cannot change, because these headers are required.
    expected.extend(["X-TC-Action", "X-TC-Version"].map(String::from));
    let case_ignored = [
        "Content-Type",
        "Host",
        "X-TC-Action",
        "X-TC-Language",
        "X-TC-Region",
        "X-TC-RequestClient",
        "X-TC-TraceId",
    ];
    expected.extend(case_ignored.map(|name| format!("case of {name}")));
    expected.sort();
    assert_eq!(uncovered(&head, b"{}"), expected);

    for at in 0..2 {
        for bit in 0..8 {
            let mut body = *b"{}";
            body[at] ^= 1 << bit;
            assert_eq!(check(&head, &body, now()), Err(Rejection::Signature));
        }
    }

    let action = [Header::SignAction];
    let request = call.headers(&action).json("{}").unwrap();
    let places = uncovered(&sign(&request).head().to_string(), b"{}");
    assert!(!places.contains(&"X-TC-Action".to_string()), "{places:?}");

    let request = call.get(Query::encoded("Limit=1&Name=a%20b").unwrap()).unwrap();
    let places = uncovered(&sign(&request).head().to_string(), b"");
    assert!(!places.iter().any(|place| place.contains("request line")), "{places:?}");

    let request = call.unsigned(tc3_core::ContentType::Octets, 2).unwrap();
    let places = uncovered(&sign(&request).head().to_string(), b"{}");
    assert!(!places.iter().any(|place| place.contains("X-TC-Content-SHA256")), "{places:?}");
}

#[test]
fn a_flipped_bit_of_a_v1_request_is_refused_unless_it_only_changes_the_encoding() {
    let call = api!("cvm", "2017-03-12").action("DescribeInstances");
    let params = [("Name", ParamValue::Text("a b+c"))];
    let params = v1::Params::unsorted(&params).unwrap();
    let request = call.v1(v1::Method::Get, v1::Algorithm::HmacSha256, params).unwrap();
    let head = v1_head(&request).head().to_string();
    assert_eq!(
        uncovered(&head, b""),
        [
            "Content-Type",
            "case of Content-Type",
            "case of Host",
            "case of the request line",
            "name of Content-Type"
        ]
    );
    // Only the case of the hex digits in a percent escape may change.
    for (at, _) in
        head.split("\r\n").next().unwrap().char_indices().filter(|(_, letter)| letter.is_ascii_alphabetic())
    {
        let mut flipped = head.as_bytes().to_vec();
        flipped[at] ^= 1 << 5;
        if check(&String::from_utf8(flipped).unwrap(), b"", now()).is_ok() {
            assert!(head[..at].ends_with('%') || head[..at - 1].ends_with('%'), "{}", &head[at..]);
        }
    }

    let request = call.v1(v1::Method::Post, v1::Algorithm::HmacSha256, params).unwrap();
    let signed = v1_head(&request);
    let (head, form) = (signed.head().to_string(), signed.wire().to_string());
    for at in 0..form.len() {
        for bit in 0..8 {
            let mut body = form.clone().into_bytes();
            body[at] ^= 1 << bit;
            let is_hex_case = bit == 5 && form[..at].len() >= 2 && form[at - 2..at].contains('%');
            assert!(is_hex_case || check(&head, &body, now()).is_err(), "{at} {bit}");
        }
    }
}

#[test]
fn the_clock_may_be_off_by_300_seconds_and_no_more() {
    let request = api!("cvm", "2017-03-12").action("DescribeZones").json("{}").unwrap();
    let head = sign(&request).head().to_string();
    for skew in [0, 1, 299, 300] {
        assert_eq!(check(&head, b"{}", at(1_551_113_065 + skew)), Ok(()));
        assert_eq!(check(&head, b"{}", at(1_551_113_065 - skew)), Ok(()));
    }
    let expired = Err(Rejection::Expired { seconds: 301, window: 300 });
    assert_eq!(check(&head, b"{}", at(1_551_113_065 + 301)), expired);
    assert_eq!(check(&head, b"{}", at(1_551_113_065 - 301)), expired);
}

#[test]
fn a_malformed_authorization_is_refused_with_its_reason() {
    let request = api!("cvm", "2017-03-12").action("DescribeZones").json("{}").unwrap();
    let head = sign(&request).head().to_string();
    let date = head.find("/2019-02-25/").unwrap();
    assert_eq!(&head[date..date + 12], "/2019-02-25/");
    for (from, to, expected) in [
        ("TC3-HMAC-SHA256 ", "TC3-HMAC-SHA1 ", Rejection::Malformed(Item::Algorithm)),
        ("Credential=", "credential=", Rejection::Malformed(Item::Credential)),
        ("/tc3_request", "/tc3_requesT", Rejection::Malformed(Item::Credential)),
        ("/2019-02-25/", "/2019-02-26/", Rejection::Date),
        ("/cvm/", "/cbs/", Rejection::Service),
        ("content-type;host", "host", Rejection::Uncovered),
        ("content-type;host", "content-type", Rejection::Uncovered),
        ("content-type;host", "host;content-type", Rejection::Malformed(Item::SignedHeaders)),
        ("content-type;host", "content-type;host;host", Rejection::Malformed(Item::SignedHeaders)),
        ("content-type;host", "content-type;host;x-gone", Rejection::Missing(Item::SignedHeader)),
        ("content-type;host", "content-type;Host", Rejection::Malformed(Item::SignedHeaders)),
        ("Signature=", "Signature=0", Rejection::Malformed(Item::Signature)),
        // Characters that no HTTP field may contain.
        (", Signature=", ",\x0cSignature=", Rejection::Malformed(Item::Authorization)),
        (", Signature=", ",\x7fSignature=", Rejection::Malformed(Item::Authorization)),
        (", SignedHeaders=", ",\nSignedHeaders=", Rejection::Malformed(Item::Authorization)),
        ("X-TC-Timestamp: 1551113065", "X-TC-Timestamp: 1551113065\n", Rejection::Malformed(Item::Timestamp)),
        ("X-TC-Timestamp: 1551113065", "X-TC-Timestamp: 1551113065.0", Rejection::Malformed(Item::Timestamp)),
        ("X-TC-Timestamp: 1551113065", "X-TC-Timestamp:", Rejection::Missing(Item::Timestamp)),
        ("X-TC-Timestamp: 1551113065", "X-TC-Timestamp: 01551113065", Rejection::Malformed(Item::Timestamp)),
        // The year 10000.
        ("X-TC-Timestamp: 1551113065", "X-TC-Timestamp: 253402300800", Rejection::Malformed(Item::Timestamp)),
        (
            "X-TC-Timestamp: 1551113065",
            "X-TC-Timestamp: 18446744075260664681",
            Rejection::Malformed(Item::Timestamp),
        ),
        ("X-TC-Timestamp: 1551113065", "X-TC-Other: 1", Rejection::Missing(Item::Timestamp)),
        ("X-TC-Action: DescribeZones", "X-TC-Other: 1", Rejection::Missing(Item::Action)),
        ("X-TC-Version: 2017-03-12", "X-TC-Other: 1", Rejection::Missing(Item::Version)),
        ("\r\nX-TC-Action", "\r\nHost: x\r\nX-TC-Action", Rejection::Malformed(Item::SignedHeader)),
        ("POST / ", "PUT / ", Rejection::Method),
        ("POST / ", "POST /?a=1 ", Rejection::Query),
        ("POST / ", "POST * ", Rejection::Malformed(Item::Target)),
        (ID, "AKIDsomebodyelse", Rejection::SecretId),
        ("X-TC-Version", "X-TC-Token: t\r\nX-TC-Version", Rejection::Token),
        (
            "X-TC-Version",
            "X-TC-Content-SHA256: abc\r\nX-TC-Version",
            Rejection::Malformed(Item::ContentSha256),
        ),
    ] {
        assert!(head.contains(from), "{from}");
        assert_eq!(check(&head.replacen(from, to, 1), b"{}", now()), Err(expected), "{from} -> {to}");
    }
}

#[test]
fn a_65th_signed_header_is_refused_before_any_lookup() {
    let request = api!("cvm", "2017-03-12").action("DescribeZones").json("{}").unwrap();
    let head = sign(&request).head().to_string();
    let with = |more: u32| {
        let names: String = (0..more).map(|number| format!(";x-{number:02}")).collect();
        check(&head.replacen("content-type;host", &format!("content-type;host{names}"), 1), b"{}", now())
    };
    assert_eq!(with(62), Err(Rejection::Missing(Item::SignedHeader)));
    assert_eq!(with(63), Err(Rejection::Malformed(Item::SignedHeaders)));
}

#[test]
fn variations_that_real_clients_send_are_accepted() {
    let call = api!("cvm", "2017-03-12").action("DescribeZones");
    let request = call.json("{}").unwrap();
    let head = sign(&request).head().to_string();
    for (from, to) in [
        ("Host:", "hOST:"),
        ("X-TC-Action", "x-tc-action"),
        ("POST / ", "POST /? "),
        ("Host: cvm.tencentcloudapi.com", "Host: cvm.tencentcloudapi.com:8443"),
        ("Content-Type: ", "Content-Type: \t "),
        ("X-TC-Timestamp: 1551113065", "X-TC-Timestamp: 1551113065 \t"),
        (", Signature=", ",\t Signature="),
    ] {
        assert!(head.contains(from), "{from}");
        assert_eq!(check(&head.replacen(from, to, 1), b"{}", now()), Ok(()), "{from} -> {to}");
    }
}

/// The official Node SDK sends the host up to its first dot as the service.
#[test]
fn a_client_of_a_local_address_may_name_any_lower_case_host_as_its_service() {
    let local = api!("cvm", "2017-03-12").at(Host::Unchecked("localhost:8443")).action("DescribeZones");
    let request = local.json("{}").unwrap();
    let head = sign(&request).head().to_string();
    for service in ["localhost:8443", "127"] {
        // The claim is read; only the signature is wrong, because it was made for another service.
        let renamed = head.replacen("/cvm/", &format!("/{service}/"), 1);
        assert_eq!(check(&renamed, b"{}", now()), Err(Rejection::Signature), "{service}");
    }
    for service in ["", "CVM", "{x}", &"a".repeat(32)] {
        let renamed = head.replacen("/cvm/", &format!("/{service}/"), 1);
        assert_eq!(check(&renamed, b"{}", now()), Err(Rejection::Malformed(Item::Credential)), "{service}");
    }
}

fn v1_head<'r>(request: &'r v1::Request<'r>) -> v1::Signed<'r> {
    let nonce = v1::Nonce::new(core::num::NonZeroU64::new(11886).unwrap());
    Signer::new(credentials()).sign_v1(request, now(), nonce).unwrap()
}

#[test]
fn v1_verifies_in_any_order_and_encoding_and_refuses_other_values() {
    let call = api!("cvm", "2017-03-12").action("DescribeInstances").region("ap-guangzhou");
    let mut params =
        [("Name", ParamValue::Text("a b+c%!()*'~广")), ("Ids", ParamValue::List(&[ParamValue::Int(1); 12]))];
    let params = v1::Params::sorted(&mut params).unwrap();
    let request = call.v1(v1::Method::Get, v1::Algorithm::HmacSha256, params).unwrap();
    let head = v1_head(&request).head().to_string();
    assert_eq!(check(&head, b"", now()), Ok(()));
    for (from, to) in [("%20", "+"), ("%21%28%29%2A", "!()*"), ("%2B", "%2b"), ("Name", "N%61me")] {
        assert!(head.contains(from), "{from}");
        assert_eq!(check(&head.replacen(from, to, 1), b"", now()), Ok(()), "{from} -> {to}");
    }
    // "You only use HmacSHA256 when specified": without a name, it is checked as HmacSHA1.
    let unnamed = match cfg!(feature = "hmacsha1") {
        true => Rejection::Signature,
        false => Rejection::Malformed(Item::SignatureMethod),
    };
    for (from, to, expected) in [
        ("&SignatureMethod=HmacSHA256", "", unnamed),
        ("Nonce=11886", "Nonce=11887", Rejection::Signature),
        ("Nonce=11886", "Nonce=0", Rejection::Malformed(Item::Nonce)),
        ("Nonce=11886", "Nonce=-1", Rejection::Malformed(Item::Nonce)),
        ("&Nonce=11886", "", Rejection::Missing(Item::Nonce)),
        ("Timestamp=1551113065", "Timestamp=", Rejection::Malformed(Item::Timestamp)),
        ("Timestamp=1551113065", "Timestamp=1551112000", Rejection::Expired { seconds: 1065, window: 300 }),
        ("&Region=", "&Token=t&Region=", Rejection::Token),
        ("&Region=", "&Region=x&Region=", Rejection::Parameter { index: 15 }),
        ("%20", "%2g", Rejection::Parameter { index: 13 }),
        ("%20", "%zz", Rejection::Parameter { index: 13 }),
        ("%3D HTTP", "%3D%3D HTTP", Rejection::Malformed(Item::Signature)),
    ] {
        assert!(head.contains(from), "{from}");
        assert_eq!(check(&head.replacen(from, to, 1), b"", now()), Err(expected), "{from} -> {to}");
    }
}

/// The protocol joins raw values. SECURITY.md lists this.
#[test]
fn v1_does_not_cover_where_a_value_ends() {
    let call = api!("cvm", "2017-03-12").action("DescribeInstances");
    let params = [("Limit", ParamValue::Int(20)), ("Marker", ParamValue::Text("abc"))];
    let params = v1::Params::unsorted(&params).unwrap();
    let request = call.v1(v1::Method::Get, v1::Algorithm::HmacSha256, params).unwrap();
    let head = v1_head(&request).head().to_string();
    assert_eq!(check(&head, b"", now()), Ok(()));
    assert_eq!(check(&head.replace("20&Marker=", "20%26Marker%3D"), b"", now()), Ok(()));
    // But parameters cannot move to another position, and nothing can move to the host.
    assert_eq!(check(&head.replace("Limit=20&Marker=abc", "Marker=abc&Limit=20"), b"", now()), Ok(()));
    assert_eq!(
        check(&head.replace("Marker=abc", "Marker=ab%63%26Z%3D1"), b"", now()),
        Err(Rejection::Signature)
    );
    let moved = head.replacen("Host: cvm.tencentcloudapi.com", "Host: cvm.tencentcloudapi.com/v2", 1);
    assert_eq!(check(&moved, b"", now()), Err(Rejection::Malformed(Item::Host)));
    assert_eq!(check(&head, b"evil", now()), Err(Rejection::Body));
}

#[test]
fn v1_accepts_only_a_form_body() {
    let call = api!("cvm", "2017-03-12").action("DescribeInstances");
    let request = call.v1(v1::Method::Post, v1::Algorithm::HmacSha256, v1::Params::EMPTY).unwrap();
    let signed = v1_head(&request);
    let (head, form) = (signed.head().to_string(), signed.wire().to_string());
    assert_eq!(check(&head, form.as_bytes(), now()), Ok(()));
    let json = head.replace("x-www-form-urlencoded", "json");
    assert_eq!(check(&json, form.as_bytes(), now()), Err(Rejection::Malformed(Item::ContentType)));
    let large = vec![b'a'; 1024 * 1024 + 1];
    let rejection = check(&head, &large, now()).unwrap_err();
    assert_eq!(rejection, Rejection::TooLargeForV1 { bytes: 1_048_577, limit: 1_048_576 });
    assert_eq!(rejection.code(), "AuthFailure.SignatureFailure");
}

#[test]
fn more_parameters_than_the_buffer_can_hold_are_refused() {
    let headers: [(&str, &[u8]); 1] = [("Host", b"cvm.tencentcloudapi.com")];
    let message =
        Message { method: "GET", target: "/?a=1&b=2&c=3", headers: &headers, body: Body::Whole(b"") };
    let mut buffer = [verify::v1::Parameter::default(); 2];
    let rejection = verify::v1::Claim::read(&message, &mut buffer).unwrap_err();
    assert_eq!(rejection, Rejection::TooManyParameters { capacity: 2 });
}

#[test]
fn a_v1_value_is_shown_decoded_except_for_unprintable_bytes() {
    let headers: [(&str, &[u8]); 1] = [("Host", b"cvm.tencentcloudapi.com")];
    let target = "/?Action=%44escribe%E5%B9%BF%0a+Zones&Nonce=7&SecretId=AKIDEXAMPLE&Timestamp=1551113065\
                  &Signature=AA%3D%3D";
    let message = Message { method: "GET", target, headers: &headers, body: Body::Whole(b"") };
    let mut buffer = [verify::v1::Parameter::default(); 8];
    let claim = verify::v1::Claim::read(&message, &mut buffer).unwrap();
    assert_eq!(claim.action().to_string(), "Describe%E5%B9%BF%0A Zones");
    // `Debug` shows only the length, because a value may be a token.
    assert_eq!(format!("{:?}", claim.action()), "Value(28 bytes)");
}
