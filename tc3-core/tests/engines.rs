//! Hashing and signing on an engine of the caller; the properties of keys; the headers of requests, and those that a
//! caller cannot add.
//!
//! That another engine signs and verifies alike is shown by `long_lived`.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod support;

use core::num::NonZeroU64;
use sha2::Digest;
use support::{ID, KEY, Peripheral, at, credentials, now};
use tc3_core::{
    ContentType, Credentials, Fault, HashedPayload, Header, Invalid, Language, List, PayloadHasher,
    Sha256Engine, Signer, SigningKey, Software, api, v1,
};

#[test]
fn a_payload_is_the_same_hashed_at_once_or_in_pieces_on_any_engine() {
    let body: Vec<u8> = (0..=255).cycle().take((1 << 20) + 1).collect();
    for (len, piece) in [(2, 1), (1_000, 1), (1_000, 63), (1_000, 64), (1_000, 65), (body.len(), 4_096)] {
        let body = &body[..len];
        let mut engine = Peripheral::default();
        let mut borrowed = PayloadHasher::with_hash(&mut engine);
        let mut owned = PayloadHasher::with_hash(Peripheral::default());
        let mut software = Software::default();
        software.begin();
        for piece in body.chunks(piece) {
            borrowed.update(piece);
            owned.update(piece);
            software.update(piece);
        }
        let expected = HashedPayload::of(body);
        assert_eq!([borrowed.finish(), owned.finish()], [expected; 2], "{len} by {piece}");
        assert_eq!(engine.messages, 1);
        let mut digest = [0; 32];
        software.finish(&mut digest);
        let reference = <[u8; 32]>::from(sha2::Sha256::digest(body));
        assert_eq!([digest, *expected.digest()], [reference; 2], "{len} by {piece}");
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
fn a_failing_engine_never_outputs_the_key_as_a_signature() {
    let key = Signer::new(credentials()).signing_key(&api!("cvm", "2017-03-12"), now());
    let request = api!("cvm", "2017-03-12").action("DescribeInstances").json("{}").unwrap();
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

/// Add each new setter here: this alone shows that its header is reserved.
#[test]
fn every_header_that_a_signer_writes_or_that_changes_the_framing_is_reserved() {
    let call = api!("cvm", "2017-03-12").action("DescribeZones").region("ap-guangzhou");
    let all = call.language(Language::English).request_client("tests").trace_id("d2c9");
    let request = all.unsigned(ContentType::Octets, 1).unwrap();
    let form = all.v1(v1::Method::Post, v1::Algorithm::HmacSha256, v1::Params::EMPTY).unwrap();
    let mut signer = Signer::new(Credentials::temporary(ID, KEY, "token").unwrap());
    let signed = signer.sign(&request, now());
    let tc3: Vec<_> = signed.headers().map(|(name, _)| name).collect();
    let names = "Host Content-Type Content-Length Authorization X-TC-Action X-TC-Version X-TC-Timestamp \
                 X-TC-Region X-TC-Token X-TC-Language X-TC-RequestClient X-TC-TraceId X-TC-Content-SHA256";
    assert_eq!(tc3.join(" "), names);
    let signed = signer.sign_v1(&form, now(), v1::Nonce::new(NonZeroU64::MIN)).unwrap();
    let v1: Vec<_> = signed.headers().map(|(name, _)| name).collect();
    assert_eq!(v1, ["Host", "Content-Type", "Content-Length", "X-TC-TraceId"]);
    let refused = Err(Invalid::Item { list: List::Headers, index: 0, fault: Fault::Reserved });
    for name in tc3.into_iter().chain(["Transfer-Encoding", "Accept-Encoding"]) {
        for name in [name.to_owned(), name.to_ascii_lowercase(), name.to_ascii_uppercase()] {
            for header in [Header::Unsigned(&name, "1"), Header::Signed(&name, "1")] {
                assert_eq!(call.headers(&[header]).json("{}").map(drop), refused, "{name}");
            }
        }
    }
}
