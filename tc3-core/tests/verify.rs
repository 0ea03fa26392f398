//! Signed requests verify, changed requests are refused, and the parts that the protocol does not sign are
//! listed by name.
#![allow(clippy::restriction, reason = "a test may panic")]

mod support;

use support::{ID, KEY, NOW, at, credentials, now, parse, verdict};
use tc3_core::verify::Rejection::{self, Malformed, Missing};
use tc3_core::verify::{self, Body, HeaderName, Item, Message, Verifier};
use tc3_core::{
    Call, ContentType, Credentials, HashedPayload, Header, Host, Language, ParamValue, Query, Request,
    Signer, api, v1,
};

const CALL: Call<'_> = api!("cvm", "2017-03-12").action("DescribeZones").region("ap-guangzhou");
const TOKEN: &str = "token/of+23=characters.";

fn check_as(credentials: Credentials<'_>, head: &str, body: Body<'_>) -> Result<(), Rejection> {
    verdict(&mut Verifier::new(), credentials, head, body, now())
}

fn check(head: &str, body: &[u8]) -> Result<(), Rejection> {
    check_as(credentials(), head, Body::Whole(body))
}

/// Checks what becomes of a request in whose head `from` is replaced.
#[track_caller]
fn check_replaced((head, body): (&str, &str), from: &str, to: &str, expected: Result<(), Rejection>) {
    assert!(head.contains(from), "{from:?} is not in {head}");
    assert_eq!(check(&head.replacen(from, to, 1), body.as_bytes()), expected, "{from} -> {to}");
}

/// Checks the changes of a kind of request in `changes.txt`.
fn check_listed(kind: &str, (head, body): (&str, &str)) {
    let lines = include_str!("changes.txt").lines();
    let changes: Vec<_> = lines.filter_map(|line| line.strip_prefix(kind)?.strip_prefix(" | ")).collect();
    assert!(changes.len() >= 6, "{} changes of {kind}", changes.len());
    for change in changes {
        let unescaped = change.replace("\\r\\n", "\r\n").replace("\\t", "\t");
        let [from, to, expected] = unescaped.split(" | ").collect::<Vec<_>>()[..] else { panic!("{change}") };
        assert!(head.contains(from), "{from:?} is not in {head}");
        let outcome = check(&head.replacen(from, to, 1), body.as_bytes());
        let outcome = outcome.map_or_else(|refused| format!("{refused:?}"), |()| "Ok".to_owned());
        assert_eq!(outcome, expected, "{change}");
    }
}

fn missing(name: &str) -> Rejection {
    Rejection::MissingHeader(HeaderName::new(name))
}

fn repeated(name: &str) -> Rejection {
    Rejection::RepeatedHeader(HeaderName::new(name))
}

fn temporary() -> Credentials<'static> {
    Credentials::temporary(ID, KEY, TOKEN).unwrap()
}

fn head_as(credentials: Credentials<'_>, request: &Request<'_>) -> String {
    Signer::new(credentials).sign(request, now()).head().to_string()
}

fn head(request: &Request<'_>) -> String {
    head_as(credentials(), request)
}

/// Head and parameters of a v1 request.
fn v1_signed(credentials: Credentials<'_>, request: &v1::Request<'_>) -> (String, String) {
    let nonce = v1::Nonce::new(core::num::NonZeroU64::new(11886).unwrap());
    let mut signer = Signer::new(credentials);
    let signed = signer.sign_v1(request, now(), nonce).unwrap();
    (signed.head().to_string(), signed.wire().to_string())
}

fn v1_get(params: v1::Params<'_>) -> v1::Request<'_> {
    CALL.v1(v1::Method::Get, v1::Algorithm::HmacSha256, params).unwrap()
}

/// Whether a byte is one of the two digits of a percent escape.
fn is_escaped(text: &str, at: usize) -> bool {
    text.as_bytes()[at.saturating_sub(2)..at].contains(&b'%')
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
            if check(&flipped, body).is_ok() {
                let start = head[..at].rfind("\r\n").map_or(0, |line| line + 2);
                let line = head[start..].split(['\r', ':']).next().unwrap();
                let is_case = head.as_bytes()[at].is_ascii_alphabetic() && bit == 5;
                let place = match (is_case, head[start..at].contains(':')) {
                    (true, false) if is_escaped(head, at) => "case of a percent escape".to_string(),
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
    let head = head(&request);
    let unsigned = "Content-Length X-TC-Language X-TC-Region X-TC-RequestClient X-TC-TraceId";
    let unsigned = unsigned.split(' ').flat_map(|name| [name.to_owned(), format!("name of {name}")]);
    // Their names cannot change, because these headers are required.
    let required = ["X-TC-Action", "X-TC-Version"].map(String::from);
    let case_ignored =
        "Content-Type Host X-TC-Action X-TC-Language X-TC-Region X-TC-RequestClient X-TC-TraceId";
    let case_ignored = case_ignored.split(' ').map(|name| format!("case of {name}"));
    let mut expected: Vec<String> = unsigned.chain(required).chain(case_ignored).collect();
    expected.sort();
    assert_eq!(uncovered(&head, b"{}"), expected);
    assert_eq!(check(&head, b"{]"), Err(Rejection::Signature));

    let signed = [Header::SignAction, Header::SignVersion, Header::SignRegion];
    let request = call.headers(&signed).json("{}").unwrap();
    let places = uncovered(&self::head(&request), b"{}");
    for name in ["X-TC-Action", "X-TC-Version", "X-TC-Region"] {
        assert!(!places.iter().any(|place| place == name), "{name} is in {places:?}");
    }

    let request = call.get(Query::encoded("Limit=1&Name=a%20b").unwrap()).unwrap();
    let places = uncovered(&self::head(&request), b"");
    assert!(!places.iter().any(|place| place.contains("request line")), "{places:?}");

    let request = call.unsigned(ContentType::Octets, 2).unwrap();
    let places = uncovered(&self::head(&request), b"{}");
    assert!(!places.iter().any(|place| place.contains("X-TC-Content-SHA256")), "{places:?}");
}

#[test]
fn a_flipped_bit_of_a_v1_request_is_refused_unless_it_only_changes_the_encoding() {
    let call = api!("cvm", "2017-03-12").action("DescribeInstances");
    let params = [("Name", ParamValue::Text("a b+c"))];
    let params = v1::Params::unsorted(&params).unwrap();
    let request = call.v1(v1::Method::Get, v1::Algorithm::HmacSha256, params).unwrap();
    let (head, _) = v1_signed(credentials(), &request);
    let encoding =
        "Content-Type, case of Content-Type, case of Host, case of a percent escape, name of Content-Type";
    assert_eq!(uncovered(&head, b"").join(", "), encoding);

    let request = call.v1(v1::Method::Post, v1::Algorithm::HmacSha256, params).unwrap();
    let (head, form) = v1_signed(credentials(), &request);
    for (at, _) in form.match_indices(|letter: char| letter.is_ascii_alphabetic()) {
        let mut body = form.clone().into_bytes();
        body[at] ^= 1 << 5;
        let expected = is_escaped(&form, at);
        assert_eq!(check(&head, &body).is_ok(), expected, "another case of byte {at} of {form}");
    }
}

#[test]
fn the_clock_may_be_off_by_300_seconds_and_no_more() {
    let (get, _) = v1_signed(credentials(), &v1_get(v1::Params::EMPTY));
    for (head, body) in [(head(&CALL.json("{}").unwrap()), "{}"), (get, "")] {
        for (mut verifier, window) in
            [(Verifier::new(), 300), (Verifier::new().window(0), 0), (Verifier::new().window(86_400), 86_400)]
        {
            let skew = u64::from(window);
            let expired = Rejection::Expired { seconds: skew + 1, window };
            for (skew, expected) in [(skew, Ok(())), (skew + 1, Err(expired))] {
                for now in [NOW + skew, NOW - skew] {
                    let body = Body::Whole(body.as_bytes());
                    let verdict = verdict(&mut verifier, credentials(), &head, body, at(now));
                    assert_eq!(verdict, expected, "{now} in {window} s: {head}");
                }
            }
        }
    }
}

/// Strings that are shorter, longer, or differ at one end.
fn others(of: &str) -> Vec<String> {
    let (rest, start) = (&of[1..], &of[..of.len() - 1]);
    let mut others = [rest, start].map(str::to_owned).to_vec();
    for more in ["0", "a", "Z", &of[..1], &of[of.len() - 1..]] {
        others.extend([[more, rest], [start, more], [more, of], [of, more]].map(|parts| parts.concat()));
    }
    others.retain(|other| other != of);
    others
}

#[test]
fn a_cut_or_lengthened_id_scope_or_signature_and_another_of_the_same_length_is_refused() {
    let tc3 = head(&CALL.json("{}").unwrap());
    let (v1, _) = v1_signed(credentials(), &v1_get(v1::Params::EMPTY));
    for (head, body) in [(&tc3, "{}"), (&v1, "")] {
        for id in others(ID) {
            check_replaced((head, body), ID, &id, Err(Rejection::SecretId));
        }
        let signature = head.split_once("Signature=").unwrap().1.split([' ', '\r']).next().unwrap();
        for end in 0..signature.len() {
            let cut = head.replacen(signature, &signature[..end], 1);
            assert!(check(&cut, body.as_bytes()).is_err(), "accepted {:?}", &signature[..end]);
        }
    }
    let scope = Malformed(Item::Credential);
    for (name, refused) in
        [("cvm", Rejection::Service), ("2019-02-25", Rejection::Date), ("tc3_request", scope)]
    {
        for other in others(name).into_iter().filter(|other| !other.contains('Z')) {
            check_replaced((&tc3, "{}"), &format!("/{name}"), &format!("/{other}"), Err(refused));
        }
    }
}

#[test]
fn a_malformed_or_changed_tc3_request_is_refused_with_its_reason() {
    let head = head(&CALL.json("{}").unwrap());
    check_listed("tc3", (&head, "{}"));
}

#[test]
fn a_header_that_occurs_twice_or_has_a_control_character_is_refused_whichever_is_read() {
    let head = head_as(temporary(), &CALL.unsigned(ContentType::Json, 2).unwrap());
    let (method, target, headers) = parse(&head).unwrap();
    let check = |headers: &[(&str, &[u8])]| {
        let message = Message { method, target, headers, body: Body::Whole(b"{}") };
        let claim = verify::tc3::Claim::read(&message)?;
        Verifier::new().tc3(&claim, &temporary(), now())
    };
    for (at, (name, value)) in headers.iter().enumerate() {
        let item = match *name {
            "Content-Length" => continue,
            "Host" => Item::Host,
            "Content-Type" => Item::ContentType,
            "Authorization" => Item::Authorization,
            "X-TC-Content-SHA256" => Item::ContentSha256,
            "X-TC-Timestamp" => Item::Timestamp,
            "X-TC-Token" => Item::Token,
            "X-TC-Action" => Item::Action,
            "X-TC-Version" => Item::Version,
            _ => Item::Region,
        };
        let mut changed = headers.clone();
        changed.push(headers[at]);
        assert_eq!(check(&changed), Err(repeated(name)), "{name} occurs twice");
        for byte in (0..=0x1f).chain([0x7f, 0xff]).filter(|byte| *byte != b'\t') {
            for place in [0, 1, value.len()] {
                let wrong = [&value[..place], &[byte], &value[place..]].concat();
                let expected = match (item, byte) {
                    // Compared as bytes.
                    (Item::ContentType, 0xff) => Rejection::Signature,
                    (_, 0xff) => Malformed(item),
                    _ => Rejection::MalformedHeader(HeaderName::new(name)),
                };
                changed = headers.clone();
                changed[at].1 = &wrong;
                assert_eq!(check(&changed), Err(expected), "{name}: {}", wrong.escape_ascii());
            }
        }
        for other in [format!("{name}s"), name[..name.len() - 1].to_owned(), format!("X-{name}")] {
            changed = headers.clone();
            changed.insert(at, (&other, b"x"));
            assert_eq!(check(&changed), Ok(()), "{other}");
        }
    }
}

#[test]
fn at_most_64_headers_can_be_signed_and_a_65th_is_refused_before_any_lookup() {
    let names: Vec<_> = (10..73).map(|number| format!("X-{number}")).collect();
    let extra: Vec<_> = names.iter().map(|name| Header::Signed(name, "a")).collect();
    let signed = |extra| check(&head(&CALL.headers(extra).json("{}").unwrap()), b"{}");
    assert_eq!(signed(&extra[1..]), Ok(()));
    assert_eq!(signed(&extra), Err(Malformed(Item::SignedHeaders)));
    let head = head(&CALL.json("{}").unwrap());
    for (more, expected) in [(62, missing("x-00")), (63, Malformed(Item::SignedHeaders))] {
        let absent: String = (0..more).map(|number| format!(";x-{number:02}")).collect();
        check_replaced((&head, "{}"), ";host", &format!(";host{absent}"), Err(expected));
    }
}

#[test]
fn variations_that_real_clients_send_are_accepted() {
    let head = head(&CALL.json("{}").unwrap());
    check_listed("variation", (&head, "{}"));
}

/// The official Node SDK sends the host up to its first dot as the service.
#[test]
fn a_client_of_a_local_address_may_name_any_lower_case_host_as_its_service() {
    let local = api!("cvm", "2017-03-12").at(Host::Unchecked("localhost:8443")).action("DescribeZones");
    let request = local.json("{}").unwrap();
    let head = head(&request);
    for service in ["localhost:8443", "127"] {
        // The claim is read; only the signature is wrong, because it was made for another service.
        check_replaced((&head, "{}"), "/cvm/", &format!("/{service}/"), Err(Rejection::Signature));
    }
    for service in ["", "CVM", "{x}", &"a".repeat(32)] {
        let refused = Err(Malformed(Item::Credential));
        check_replaced((&head, "{}"), "/cvm/", &format!("/{service}/"), refused);
    }
}

#[test]
fn a_request_with_another_token_is_rejected() {
    let (get, _) = v1_signed(temporary(), &v1_get(v1::Params::EMPTY));
    // The official Go SDK sends `token` for the credentials of a role.
    let lower_case = [("token", ParamValue::Text(TOKEN))];
    let (lower_case, _) = v1_signed(credentials(), &v1_get(v1::Params::unsorted(&lower_case).unwrap()));
    let post = head_as(temporary(), &CALL.json("{}").unwrap());
    for (head, body) in [(post, "{}"), (get, ""), (lower_case, "")] {
        let verdict = |credentials| check_as(credentials, &head, Body::Whole(body.as_bytes()));
        assert_eq!(verdict(temporary()), Ok(()), "{head}");
        assert_eq!(verdict(credentials()), Err(Rejection::Token), "{head}");
        // With another first byte, with another last byte, shorter, and longer.
        for other in [
            "Token/of+23=characters.",
            "token/of+23=characters;",
            "token/of+23=characters",
            "token/of+23=characters..",
        ] {
            let other = Credentials::temporary(ID, KEY, other).unwrap();
            assert_eq!(verdict(other), Err(Rejection::Token), "{other:?}");
        }
    }
}

#[test]
fn a_hashed_body_verifies_and_a_body_or_url_over_its_limit_is_refused() {
    let head = head(&CALL.json("{}").unwrap());
    let verdict = |body| check_as(credentials(), &head, Body::Hashed(HashedPayload::of(body)));
    assert_eq!(verdict(b"{}"), Ok(()));
    assert_eq!(verdict(b"[]"), Err(Rejection::Signature));
    let query = "q".repeat(32 * 1024 - "https://cvm.tencentcloudapi.com/?".len());
    let get = self::head(&CALL.get(Query::encoded(&query).unwrap()).unwrap());
    assert_eq!(check(&get, b""), Ok(()));
    check_replaced((&get, ""), "/?", "/?q", Err(Rejection::TooLarge { bytes: 32_769, limit: 32_768 }));
    let large = vec![b' '; 10 * 1024 * 1024 + 1];
    assert_eq!(verdict(&large[1..]), Err(Rejection::Signature));
    assert_eq!(verdict(&large), Err(Rejection::TooLarge { bytes: 10_485_761, limit: 10_485_760 }));
}

#[test]
fn v1_verifies_in_any_order_and_encoding_and_refuses_other_values() {
    let mut params =
        [("Name", ParamValue::Text("a b+c%!()*'~广")), ("Ids", ParamValue::List(&[ParamValue::Int(1); 12]))];
    let params = v1::Params::sorted(&mut params).unwrap();
    let (head, _) = v1_signed(credentials(), &v1_get(params));
    assert_eq!(check(&head, b""), Ok(()));
    // "You only use HmacSHA256 when specified": without a name, it is checked as HmacSHA1.
    let unnamed = match cfg!(feature = "hmacsha1") {
        true => Rejection::Signature,
        false => Malformed(Item::SignatureMethod),
    };
    check_replaced((&head, ""), "&SignatureMethod=HmacSHA256", "", Err(unnamed));
    check_listed("v1", (&head, ""));
}

/// The protocol joins raw values. SECURITY.md lists this.
#[test]
fn v1_does_not_cover_where_a_value_ends() {
    let params = [("Limit", ParamValue::Int(20)), ("Marker", ParamValue::Text("abc"))];
    let params = v1::Params::unsorted(&params).unwrap();
    let (head, _) = v1_signed(credentials(), &v1_get(params));
    assert_eq!(check(&head, b""), Ok(()));
    assert_eq!(check(&head.replace("20&Marker=", "20%26Marker%3D"), b""), Ok(()));
    // But parameters cannot move to another position, and nothing can move to the host.
    assert_eq!(check(&head.replace("Limit=20&Marker=abc", "Marker=abc&Limit=20"), b""), Ok(()));
    assert_eq!(check(&head.replace("Marker=abc", "Marker=ab%63%26Z%3D1"), b""), Err(Rejection::Signature));
    let moved = head.replacen("Host: cvm.tencentcloudapi.com", "Host: cvm.tencentcloudapi.com/v2", 1);
    assert_eq!(check(&moved, b""), Err(Malformed(Item::Host)));
    assert_eq!(check(&head, b"evil"), Err(Rejection::Body));
}

#[test]
fn v1_accepts_only_a_form_body() {
    let request = CALL.v1(v1::Method::Post, v1::Algorithm::HmacSha256, v1::Params::EMPTY).unwrap();
    let (head, form) = v1_signed(credentials(), &request);
    assert_eq!(check(&head, form.as_bytes()), Ok(()));
    check_listed("form", (&head, &form));
    let large = vec![b'a'; 1024 * 1024 + 1];
    let refused = Rejection::TooLargeForV1 { bytes: 1_048_577, limit: 1_048_576 };
    assert_eq!(check(&head, &large), Err(refused));
    assert_eq!(check(&head, &large[1..]), Err(Missing(Item::Nonce)));
    let hashed = Body::Hashed(HashedPayload::of(form.as_bytes()));
    assert_eq!(check_as(credentials(), &head, hashed), Err(Malformed(Item::ContentType)));
}
