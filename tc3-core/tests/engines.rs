//! Signing, hashing and verifying on an engine of the caller, and the properties of keys and signers.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, reason = "a test may panic")]

use core::num::NonZeroU64;
use sha2::Digest;
use tc3_core::{
    Call, ContentType, Credentials, DaySigner, Fault, HashedPayload, Header, Invalid, List, Multipart,
    ParamValue, Part, PayloadHasher, Query, Request, Sha256Engine, Signed, Signer, SigningKey, Software,
    Timestamp, api, v1,
    verify::{self, Body, Message, Rejection, Verifier},
};

const ID: &str = "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE";
const KEY: &str = "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE";
const CALL: Call<'_> = api!("cvm", "2017-03-12").action("DescribeInstances").region("ap-guangzhou");

/// An engine like a peripheral without midstates, which has no state between messages.
#[derive(Default)]
struct Peripheral {
    hash: Option<sha2::Sha256>,
    messages: usize,
    /// After this many messages, `finish` writes no digest.
    fails_after: Option<usize>,
}

impl Sha256Engine for Peripheral {
    fn begin(&mut self) {
        self.hash = Some(sha2::Sha256::new());
    }

    fn update(&mut self, bytes: &[u8]) {
        self.hash.as_mut().unwrap().update(bytes);
    }

    fn finish(&mut self, digest: &mut [u8; 32]) {
        let hash = self.hash.take().unwrap();
        if self.fails_after.is_none_or(|messages| self.messages < messages) {
            *digest = hash.finalize().into();
        }
        self.messages += 1;
    }
}

fn at(seconds: u64) -> Timestamp {
    Timestamp::from_unix(seconds).unwrap()
}

fn now() -> Timestamp {
    at(1_551_113_065)
}

fn credentials() -> Credentials<'static> {
    Credentials::new(ID, KEY).unwrap()
}

fn each_request(check: impl Fn(&Request<'_>)) {
    let parts = [Part::text("a", "1"), Part::file("b", "b.bin", &[0; 100])];
    let long = "x".repeat(1000);
    for request in [
        CALL.json("{}"),
        CALL.json(&long),
        CALL.headers(&[Header::SignAction, Header::Signed("X-Trace", "A b")]).json("{}"),
        CALL.get(Query::params(&[("Name", ParamValue::Text("广州"))]).unwrap()),
        CALL.multipart(Multipart::new("bound", &parts).unwrap()),
        CALL.unsigned(ContentType::Octets, 9),
        CALL.streamed(ContentType::Octets, &HashedPayload::of(&[7; 300])),
    ] {
        check(&request.unwrap());
    }
}

fn head(signed: Signed<'_>) -> String {
    signed.head().to_string()
}

#[test]
fn a_signer_on_another_engine_signs_the_same() {
    each_request(|request| {
        let expected = head(Signer::new(credentials()).sign(request, now()));
        assert_eq!(
            head(Signer::with_hash(credentials(), Peripheral::default()).sign(request, now())),
            expected
        );

        let mut engine = Peripheral::default();
        let mut borrowed = Signer::with_hash(credentials(), &mut engine);
        for _ in 0..2 {
            assert_eq!(head(borrowed.sign(request, now())), expected);
        }
        let mut default = Signer::new(credentials());
        let (a, b) = (borrowed.explain(request, now()), default.explain(request, now()));
        assert_eq!(a.canonical_request().to_string(), b.canonical_request().to_string());
        assert_eq!(a.string_to_sign().to_string(), b.string_to_sign().to_string());
        assert!(engine.messages > 0);
    });
}

#[test]
fn v1_on_another_engine_signs_the_same() {
    let params = [("Name", ParamValue::Text("广州"))];
    let params = v1::Params::unsorted(&params).unwrap();
    let request = CALL.v1(v1::Method::Post, v1::Algorithm::HmacSha256, params).unwrap();
    let nonce = || v1::Nonce::new(NonZeroU64::new(11886).unwrap());
    let mut engine = Peripheral::default();
    // The second key is longer than a block, so HMAC hashes it.
    for key in [KEY, &"k".repeat(65)] {
        let credentials = Credentials::new(ID, key).unwrap();
        let expected = Signer::new(credentials).sign_v1(&request, now(), nonce()).unwrap().wire().to_string();
        let mut signer = Signer::with_hash(credentials, &mut engine);
        assert_eq!(signer.sign_v1(&request, now(), nonce()).unwrap().wire().to_string(), expected);
    }
    assert!(engine.messages > 0);
}

#[test]
fn a_day_signer_on_another_engine_signs_the_same() {
    let key = Signer::with_hash(credentials(), Peripheral::default()).signing_key(&api!("cvm", "1"), now());
    assert_eq!(key.expose(), Signer::new(credentials()).signing_key(&api!("cvm", "1"), now()).expose());
    let identity = credentials().identity();
    each_request(|request| {
        let expected = head(Signer::new(credentials()).sign(request, now()));
        let mut owned = DaySigner::with_hash(identity, &key, Peripheral::default());
        assert_eq!(head(owned.sign(request, now()).unwrap()), expected);
        let mut engine = Peripheral::default();
        let mut borrowed = DaySigner::with_hash(identity, &key, &mut engine);
        for _ in 0..2 {
            assert_eq!(head(borrowed.sign(request, now()).unwrap()), expected);
        }
        assert!(engine.messages > 0);
    });
}

#[test]
fn an_engine_without_midstates_goes_on_with_its_message() {
    let mut engine = Peripheral::default();
    engine.begin();
    engine.update(b"abc");
    let (mut state, mut digest) = ([7; 32], [0; 32]);
    engine.midstate(&mut state);
    assert_eq!(state, [7; 32]);
    assert!(!engine.resume(&state));
    engine.finish(&mut digest);
    // FIPS 180-4, of "abc".
    assert_eq!(
        digest,
        *b"\xba\x78\x16\xbf\x8f\x01\xcf\xea\x41\x41\x40\xde\x5d\xae\x22\x23\
           \xb0\x03\x61\xa3\x96\x17\x7a\x9c\xb4\x10\xff\x61\xf2\x00\x15\xad"
    );
}

#[test]
fn default_values_work_like_new_ones() {
    let mut engine = Software::default();
    engine.begin();
    engine.update(b"{}");
    let mut digest = [0; 32];
    engine.finish(&mut digest);
    assert_eq!(digest, *HashedPayload::of(b"{}").digest());
    let mut hasher = PayloadHasher::default();
    hasher.update(b"{}");
    assert_eq!(hasher.finish(), HashedPayload::of(b"{}"));
    let request = CALL.json("{}").unwrap();
    let signed = Signer::new(credentials()).sign(&request, now());
    let verdict = |seconds| {
        receive(signed, &[], b"{}", |claim| Verifier::default().tc3(&claim, &credentials(), at(seconds)))
    };
    assert_eq!(verdict(1_551_113_365), Ok(()));
    assert_eq!(verdict(1_551_113_366), Err(Rejection::Expired { seconds: 301, window: 300 }));
}

#[test]
fn a_payload_hashed_in_pieces_on_another_engine_is_the_same() {
    let body: Vec<u8> = (0..=255).cycle().take(1000).collect();
    for piece in [1, 63, 64, 65, 1000] {
        let mut engine = Peripheral::default();
        let mut borrowed = PayloadHasher::with_hash(&mut engine);
        let mut owned = PayloadHasher::with_hash(Peripheral::default());
        for piece in body.chunks(piece) {
            borrowed.update(piece);
            owned.update(piece);
        }
        assert_eq!(borrowed.finish(), HashedPayload::of(&body));
        assert_eq!(owned.finish(), HashedPayload::of(&body));
        assert_eq!(engine.messages, 1);
    }
    assert_eq!(*HashedPayload::of(&body).digest(), <[u8; 32]>::from(sha2::Sha256::digest(&body)));
}

#[test]
fn a_body_of_more_than_a_mebibyte_is_hashed_correctly() {
    let body = vec![0xa5; (1 << 20) + 1];
    let digest = *HashedPayload::of(&body).digest();
    assert_eq!(digest, <[u8; 32]>::from(sha2::Sha256::digest(&body)));
}

/// Reads the claim of a JSON request, with some headers replaced, and passes it to `check`.
fn receive<T>(
    signed: Signed<'_>,
    replace: &[(&str, &str)],
    body: &[u8],
    check: impl FnOnce(verify::tc3::Claim<'_>) -> Result<T, Rejection>,
) -> Result<T, Rejection> {
    let mut sent: Vec<_> = signed.headers().map(|(name, value)| (name, value.to_string())).collect();
    for (name, value) in replace {
        let header = sent.iter_mut().find(|header| header.0.eq_ignore_ascii_case(name)).unwrap();
        assert_ne!(header.1, *value);
        header.1 = (*value).to_owned();
    }
    let headers: Vec<_> = sent.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
    let message = Message { method: "POST", target: "/", headers: &headers, body: Body::Whole(body) };
    check(verify::tc3::Claim::read(&message)?)
}

#[test]
fn a_verifier_on_another_engine_gives_the_same_verdicts() {
    let request = CALL.json("{}").unwrap();
    let signed = Signer::new(credentials()).sign(&request, now());
    for (body, expected) in [(&b"{}"[..], Ok(())), (b"[]", Err(Rejection::Signature))] {
        let mut engine = Peripheral::default();
        let borrowed = receive(signed, &[], body, |claim| {
            Verifier::with_hash(&mut engine).tc3(&claim, &credentials(), now())
        });
        assert_eq!(borrowed, expected);
        let owned = receive(signed, &[], body, |claim| {
            Verifier::with_hash(Peripheral::default()).tc3(&claim, &credentials(), now())
        });
        assert_eq!(owned, expected);
        assert!(engine.messages > 0);
    }
}

#[test]
fn a_custom_window_applies_before_and_after_the_timestamp() {
    let request = CALL.json("{}").unwrap();
    let signed = Signer::new(credentials()).sign(&request, now());
    let verdict = |window: Option<u32>, at| {
        let verifier = Verifier::with_hash(Peripheral::default());
        let mut verifier = match window {
            Some(seconds) => verifier.window(seconds),
            None => verifier,
        };
        receive(signed, &[], b"{}", |claim| verifier.tc3(&claim, &credentials(), at))
    };
    for (given, window) in [(None, 300), (Some(0), 0), (Some(10), 10), (Some(86_400), 86_400)] {
        let skew = u64::from(window);
        let expired = Err(Rejection::Expired { seconds: skew + 1, window });
        assert_eq!(verdict(given, at(now().unix() + skew)), Ok(()));
        assert_eq!(verdict(given, at(now().unix() - skew)), Ok(()));
        assert_eq!(verdict(given, at(now().unix() + skew + 1)), expired);
        assert_eq!(verdict(given, at(now().unix() - skew - 1)), expired);
    }
}

#[test]
fn a_signing_key_returns_its_service_in_lower_case_and_its_day() {
    let derived = Signer::new(credentials()).signing_key(&api!("CVM", "2017-03-12"), now());
    let imported = SigningKey::import(derived.expose(), "Cvm", now()).unwrap();
    for key in [derived, imported] {
        // 2019-02-25
        assert_eq!((key.service(), key.day()), ("cvm", 17_952));
    }
    let longest = "a".repeat(31);
    let key = SigningKey::import(&[0; 32], &longest, at(0)).unwrap();
    assert_eq!((key.service(), key.day()), (longest.as_str(), 0));
}

#[test]
fn a_renewed_signer_signs_as_a_fresh_one_does() {
    let old = Credentials::temporary("AKIDOLD", "key-old", "token-old").unwrap();
    let new = Credentials::temporary("AKIDNEW", "key-new", "token-new").unwrap();
    let request = CALL.json("{}").unwrap();
    let mut signer = Signer::new(old);
    let before = head(signer.sign(&request, now()));
    signer.renew(new);
    let after = head(signer.sign(&request, now()));
    assert_eq!(before, head(Signer::new(old).sign(&request, now())));
    assert_eq!(after, head(Signer::new(new).sign(&request, now())));
    assert_ne!(before, after);
    assert!(after.contains("Credential=AKIDNEW/") && after.contains("X-TC-Token: token-new\r\n"));
    assert!(!after.contains("old") && !after.contains("OLD"));
}

#[test]
fn a_signed_version_or_region_cannot_be_changed() {
    let verdict = |headers: &[Header<'_>], replace: &[(&str, &str)]| {
        let request = CALL.headers(headers).json("{}").unwrap();
        let signed = Signer::new(credentials()).sign(&request, now());
        receive(signed, replace, b"{}", |claim| Verifier::new().tc3(&claim, &credentials(), now()))
    };
    let both: &[Header<'_>] = &[Header::SignVersion, Header::SignRegion];
    for (headers, name, other) in [
        (&[Header::SignVersion][..], "X-TC-Version", "2020-01-01"),
        (&[Header::SignRegion], "X-TC-Region", "ap-tokyo"),
        (both, "X-TC-Version", "2020-01-01"),
        (both, "X-TC-Region", "ap-tokyo"),
    ] {
        assert_eq!(verdict(headers, &[]), Ok(()));
        assert_eq!(verdict(headers, &[(name, other)]), Err(Rejection::Signature));
        assert_eq!(verdict(&[], &[(name, other)]), Ok(()), "{name} is not covered unless it is signed");
    }
    let request = CALL.headers(both).json("{}").unwrap();
    let head = head(Signer::new(credentials()).sign(&request, now()));
    assert!(head.contains("SignedHeaders=content-type;host;x-tc-region;x-tc-version,"), "{head}");
}

#[test]
fn an_absent_region_cannot_be_signed() {
    let headers = [Header::SignVersion, Header::SignRegion];
    let call = api!("cvm", "2017-03-12").action("DescribeRegions").headers(&headers);
    let absent = Invalid::Item { list: List::Headers, index: 1, fault: Fault::Absent };
    assert_eq!(call.json("{}").map(drop), Err(absent));
    assert_eq!(call.region("ap-guangzhou").json("{}").map(drop), Ok(()));
}

#[test]
fn a_failing_engine_never_outputs_the_key_as_a_signature() {
    let key = Signer::new(credentials()).signing_key(&api!("cvm", "2017-03-12"), now());
    let request = CALL.json("{}").unwrap();
    let mut engine = Peripheral::default();
    Signer::with_hash(credentials(), &mut engine).sign(&request, now());
    assert!(engine.messages > 8);
    for fails_after in 0..engine.messages {
        let engine = Peripheral { fails_after: Some(fails_after), ..Peripheral::default() };
        let signed = Signer::with_hash(credentials(), engine).sign(&request, now());
        let hex: String = key.expose().iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(!signed.authorization().to_string().contains(&hex), "after {fails_after} messages");
    }
}
