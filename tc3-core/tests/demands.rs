//! A verifier with demands refuses what each demand names and nothing else, with either signature; and `:authority`
//! of HTTP/2 counts as the host.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod support;

use core::num::NonZeroU64;
use support::{credentials, now, parse};
use tc3_core::{
    Call, ContentType, DaySigner, HashedPayload, Header, Host, Request, Signer, Timestamp, api, v1,
    verify::{
        self, Body, Demands, HeaderName, Item, Message,
        Rejection::{self, NotAllowed, UnsignedBody},
        Verifier,
    },
};

const CALL: Call<'_> = api!("cvm", "2017-03-12").action("DescribeZones").region("ap-guangzhou");

fn unsigned(header: &str) -> Rejection {
    Rejection::UnsignedHeader(HeaderName::new(header))
}

/// The verdict on a request whose head is sent after `from` in it was replaced by `to`.
fn verdict(demands: Demands<'_>, head: &str, (from, to): (&str, &str)) -> Result<(), Rejection> {
    assert!(head.contains(from), "{from:?} is not in {head}");
    let head = head.replacen(from, to, 1);
    let (method, target, headers) = parse(&head).unwrap();
    let body: &[u8] = if method == "POST" { b"{}" } else { b"" };
    let message = Message { method, target, headers: &headers, body: Body::Whole(body) };
    let mut verifier = Verifier::new().demanding(demands);
    if target == "/" {
        return verifier.tc3(&verify::tc3::Claim::read(&message)?, &credentials(), now());
    }
    let mut buffer = [verify::v1::Parameter::default(); 16];
    verifier.v1(&verify::v1::Claim::read(&message, &mut buffer)?, &credentials(), now())
}

fn tc3_head(request: &Request<'_>) -> String {
    Signer::new(credentials()).sign(request, now()).head().to_string()
}

fn v1_head() -> String {
    let request = CALL.v1(v1::Method::Get, v1::Algorithm::HmacSha256, v1::Params::EMPTY).unwrap();
    let nonce = v1::Nonce::new(NonZeroU64::MIN);
    Signer::new(credentials()).sign_v1(&request, now(), nonce).unwrap().head().to_string()
}

const SAME: (&str, &str) = ("", "");
const HOST: &str = "cvm.tencentcloudapi.com";

#[test]
fn each_demand_refuses_what_it_names_with_either_signature() {
    let default = tc3_head(&CALL.json("{}").unwrap());
    let v1 = v1_head();
    let any = Demands::new();
    let port = ("Host: cvm.tencentcloudapi.com", "Host: cvm.tencentcloudapi.com:8443");
    // The demand, what is changed on the way, and the verdicts on a request of each signature.
    let rows = [
        (any, SAME, [Ok(()); 2]),
        (any.hosts(&["a", "CVM.tencentcloudapi.com"]), SAME, [Ok(()); 2]),
        (any.hosts(&[HOST]), port, [Ok(()); 2]),
        (any.hosts(&["cvm.tencentcloudapi.com:8443"]), port, [Ok(()); 2]),
        (any.hosts(&["cvm.tencentcloudapi.com:8443"]), SAME, [Err(NotAllowed(Item::Host)); 2]),
        (any.hosts(&["cvm.tencentcloudapi.com:844"]), port, [Err(NotAllowed(Item::Host)); 2]),
        (any.hosts(&["tencentcloudapi.com", "cvm"]), SAME, [Err(NotAllowed(Item::Host)); 2]),
        (any.hosts(&[]), SAME, [Err(NotAllowed(Item::Host)); 2]),
        (any.services(&["cls", "cvm"]), SAME, [Ok(()); 2]),
        (any.services(&["cls", "cv"]), SAME, [Err(NotAllowed(Item::Service)); 2]),
        (any.services(&[]), SAME, [Err(NotAllowed(Item::Service)); 2]),
        (any.actions(&["RunInstances", "DescribeZones"]), SAME, [Ok(()); 2]),
        (any.actions(&["RunInstances", "describezones"]), SAME, [Err(NotAllowed(Item::Action)); 2]),
        (any.actions(&[]), SAME, [Err(NotAllowed(Item::Action)); 2]),
        (any.versions(&["2017-03-12"]), SAME, [Ok(()); 2]),
        (any.versions(&["2017-03-11"]), SAME, [Err(NotAllowed(Item::Version)); 2]),
        (any.regions(&["ap-guangzhou"]), SAME, [Ok(()); 2]),
        (any.regions(&["ap-beijing"]), SAME, [Err(NotAllowed(Item::Region)); 2]),
        (any.signed(&["Host"]), SAME, [Ok(()); 2]),
        (any.signed(&["content-type"]), SAME, [Ok(()), Err(unsigned("content-type"))]),
        (any.signed(&["Host", "X-TC-Action"]), SAME, [Err(unsigned("x-tc-action")), Ok(())]),
        (any.signed(&["X-TC-Absent"]), SAME, [Err(unsigned("x-tc-absent")); 2]),
        (any.signed(&["Action"]), SAME, [Err(unsigned("action")); 2]),
        (any.signed_if_sent(&["x-own"]), SAME, [Ok(()); 2]),
        (any.signed_if_sent(&["x-own"]), ("Host", "X-OWN: 1\r\nHost"), [Err(unsigned("x-own")); 2]),
        (any.signed_if_sent(&["x-tc-region"]), SAME, [Err(unsigned("x-tc-region")), Ok(())]),
        (any.signed_body(), SAME, [Ok(()); 2]),
    ];
    for (demands, change, expected) in rows {
        let verdicts = [&default, &v1].map(|head| verdict(demands, head, change));
        assert_eq!(verdicts, expected, "{demands:?}, {change:?}");
    }
}

/// A change on the way, the demand that closes it, and its refusal.
#[test]
fn what_tc3_leaves_open_is_accepted_without_the_demand_that_closes_it_and_refused_with_it() {
    let default = tc3_head(&CALL.json("{}").unwrap());
    // An exported key of another service, whose holder signs for a host outside Tencent's domains.
    let own = api!("cls", "2017-03-12").at(Host::Unchecked("hooks.example.com"));
    let foreign = own.action("DescribeZones").json("{}").unwrap();
    let exported = Signer::new(credentials()).signing_key(&own, now());
    let mut stranger = DaySigner::new(credentials().identity(), &exported);
    let foreign = stranger.sign(&foreign, now()).unwrap().head().to_string();
    let unsigned_body = tc3_head(&CALL.unsigned(ContentType::Json, 9).unwrap());
    let signed = [Header::SignAction, Header::SignVersion, Header::SignRegion, Header::Signed("X-Own", "1")];
    let signed = tc3_head(&CALL.headers(&signed).json("{}").unwrap());
    let any = Demands::new();
    let rows = [
        (&default, ("DescribeZones", "RunInstances"), any.signed(&["x-tc-action"]), unsigned("x-tc-action")),
        (
            &default,
            ("DescribeZones", "RunInstances"),
            any.actions(&["DescribeZones"]),
            NotAllowed(Item::Action),
        ),
        (&default, ("2017-03-12", "2011-11-11"), any.signed(&["x-tc-version"]), unsigned("x-tc-version")),
        (
            &default,
            ("ap-guangzhou", "eu-frankfurt"),
            any.signed_if_sent(&["x-tc-region"]),
            unsigned("x-tc-region"),
        ),
        (
            &default,
            ("X-TC-Region: ap-guangzhou\r\n", ""),
            any.regions(&["ap-guangzhou"]),
            NotAllowed(Item::Region),
        ),
        (&default, ("X-TC-Region", "X-TC-Language"), any.signed(&["x-tc-region"]), unsigned("x-tc-region")),
        (&foreign, SAME, any.services(&["cvm"]), NotAllowed(Item::Service)),
        // The body is another one than the signer's, which was 9 bytes long.
        (&unsigned_body, SAME, any.signed_body(), UnsignedBody),
        // Of a signed header, the case of its letters is not signed.
        (
            &signed,
            ("DescribeZones", "describeZones"),
            any.actions(&["DescribeZones"]),
            NotAllowed(Item::Action),
        ),
        (&signed, ("ap-guangzhou", "AP-guangzhou"), any.regions(&["ap-guangzhou"]), NotAllowed(Item::Region)),
    ];
    for (head, change, demands, refusal) in rows {
        let verdicts = [any, demands].map(|demands| verdict(demands, head, change));
        assert_eq!(verdicts, [Ok(()), Err(refusal)], "{demands:?}, {change:?}");
    }

    let demands =
        any.signed(&["X-TC-Action", "X-TC-Version", "x-own"]).signed_if_sent(&["x-tc-region"]).signed_body();
    assert_eq!(verdict(demands, &signed, SAME), Ok(()));
    for change in
        [("Zones", "Hosts"), ("2017", "2018"), ("ap-guangzhou", "ap-beijing"), ("X-Own: 1", "X-Own: 2")]
    {
        assert_eq!(verdict(demands, &signed, change), Err(Rejection::Signature), "{change:?}");
    }
}

#[test]
fn a_demand_for_a_signed_body_refuses_the_string_that_is_signed_in_place_of_an_unsigned_one() {
    let head = tc3_head(&CALL.unsigned(ContentType::Json, 9).unwrap());
    let (method, target, mut headers) = parse(&head).unwrap();
    headers.retain(|(name, _)| *name != "X-TC-Content-SHA256");
    let string = b"UNSIGNED-PAYLOAD";
    for body in [Body::Whole(string), Body::Hashed(HashedPayload::of(string))] {
        let message = Message { method, target, headers: &headers, body };
        let claim = verify::tc3::Claim::read(&message).unwrap();
        let verdicts = [Demands::new(), Demands::new().signed_body()]
            .map(|demands| Verifier::new().demanding(demands).tc3(&claim, &credentials(), now()));
        assert_eq!(verdicts, [Ok(()), Err(UnsignedBody)], "{body:?}");
    }
}

#[test]
fn a_demanding_verifier_has_the_window_that_it_was_given_first_or_afterwards() {
    let head = tc3_head(&CALL.json("{}").unwrap());
    let (method, target, headers) = parse(&head).unwrap();
    let message = Message { method, target, headers: &headers, body: Body::Whole(b"{}") };
    let claim = verify::tc3::Claim::read(&message).unwrap();
    let demanding = |verifier: Verifier| verifier.demanding(Demands::new());
    for (verifier, window) in [
        (demanding(Verifier::new()), verify::WINDOW),
        (demanding(Verifier::new().window(60)), 60),
        (demanding(Verifier::new()).window(60), 60),
        (demanding(Verifier::new().window(600)).window(0), 0),
    ] {
        let (mut verifier, seconds) = (verifier, u64::from(window) + 1);
        let mut verdict = |late| {
            let later = Timestamp::from_unix(now().unix() + late).unwrap();
            verifier.tc3(&claim, &credentials(), later)
        };
        assert_eq!(verdict(seconds - 1), Ok(()), "{window}");
        assert_eq!(verdict(seconds), Err(Rejection::Expired { seconds, window }), "{window}");
    }
}

#[test]
fn the_authority_of_http_2_counts_as_host_unless_they_differ() {
    let (tc3, v1) = (tc3_head(&CALL.json("{}").unwrap()), v1_head());
    let repeated = Err(Rejection::RepeatedHeader(HeaderName::new("host")));
    let rows: [(&[(&str, &str)], _); 9] = [
        (&[(":authority", HOST)], Ok(())),
        (&[(":authority", "cvm.tencentcloudapi.com:443")], Ok(())),
        (&[(":authority", HOST), ("host", "CVM.tencentcloudapi.com")], Ok(())),
        (&[("host", HOST), (":authority", "cvm.tencentcloudapi.co")], Err(Rejection::Authority)),
        (&[(":authority", "CBS.tencentcloudapi.com"), ("host", HOST)], Err(Rejection::Authority)),
        (&[(":authority", HOST), (":authority", HOST)], repeated),
        (&[("host", HOST), (":authority", HOST), ("host", HOST)], repeated),
        (&[(":authority", HOST), ("host", HOST), (":authority", HOST)], repeated),
        (&[], Err(Rejection::Missing(Item::Host))),
    ];
    for (hosts, expected) in rows {
        for (head, body) in [(&tc3, &b"{}"[..]), (&v1, b"")] {
            let (method, target, headers) = parse(head).unwrap();
            let others = headers.iter().filter(|(name, _)| *name != "Host").copied();
            let headers: Vec<_> =
                hosts.iter().map(|(name, value)| (*name, value.as_bytes())).chain(others).collect();
            let message = Message { method, target, headers: &headers, body: Body::Whole(body) };
            let verdict = || {
                if target == "/" {
                    let claim = verify::tc3::Claim::read(&message)?;
                    return Verifier::new().tc3(&claim, &credentials(), now());
                }
                let mut buffer = [verify::v1::Parameter::default(); 16];
                let claim = verify::v1::Claim::read(&message, &mut buffer)?;
                Verifier::new().v1(&claim, &credentials(), now())
            };
            // The signed host that TC3 misses is named as a header of SignedHeaders.
            let expected = match (hosts, target) {
                ([], "/") => Err(Rejection::MissingHeader(HeaderName::new("host"))),
                _ => expected,
            };
            assert_eq!(verdict(), expected, "{hosts:?}, {method}");
        }
    }
}
