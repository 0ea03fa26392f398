//! Signing, encoding and every error path: nothing on the heap.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, reason = "a test fails by panicking")]

use allocation_counter::measure;
use core::{fmt::Write, hint::black_box, num::NonZeroU64};
use tc3_core::{
    Api, BufferTooSmall, Call, ContentType, Credentials, DaySigner, Header, Host, Invalid, Multipart, Node,
    Part, PayloadHasher, Query, Request, Signer, Timestamp, api, response, v1, verify,
};

const CALL: Call<'_> = api!("cvm", "2017-03-12")
    .action("DescribeInstances")
    .region("ap-guangzhou")
    .request_client("tests")
    .headers(&[Header::SignAction, Header::Signed("X-Own", "A b"), Header::Sent("X-More", "1")]);
const PLAIN: Call<'_> = api!("cvm", "2017-03-12").action("DescribeInstances").region("ap-guangzhou");

fn assert_none(what: &str, run: impl FnOnce()) {
    assert_eq!(measure(run).count_total, 0, "{what} allocates");
}

fn signer() -> Signer<'static> {
    Signer::new(Credentials::temporary("AKIDEXAMPLE", "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE", "token").unwrap())
}

fn now() -> Timestamp {
    Timestamp::from_unix(1_551_113_065).unwrap()
}

/// A formatter's target that keeps nothing.
struct Void;

impl Write for Void {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        black_box(text);
        Ok(())
    }
}

#[test]
fn a_planted_string_is_counted() {
    assert_eq!(measure(|| drop(black_box(String::from("planted")))).count_total, 1);
    let planted = std::panic::catch_unwind(|| {
        assert_none("a String", || drop(black_box(now().unix().to_string())));
    });
    assert!(planted.is_err());
}

/// Signs and writes every text in every way there is.
fn sign_and_write(request: &Request<'_>, out: &mut [u8]) {
    let mut signer = signer();
    let prepared = signer.prepare(request);
    let signed = signer.sign_prepared(&prepared, now());
    black_box(signed.head().encode(out).unwrap());
    black_box(signed.authorization().encode_str(out).unwrap());
    for (name, value) in signed.headers() {
        black_box((name, value.len(), value.encode(out).unwrap()));
    }
    let explain = signer.explain(request, now());
    black_box(explain.canonical_request().encode(out).unwrap());
    black_box(explain.string_to_sign().encode(out).unwrap());
    write!(Void, "{} {signed:?} {signer:?} {request:?}", signed.head()).unwrap();
    black_box(request.body().map(<[u8]>::len).sum::<usize>());

    let key = signer.signing_key(&api!("cvm", "2017-03-12"), now());
    let identity = Credentials::new("AKIDEXAMPLE", "key").unwrap().identity();
    let mut device = DaySigner::new(identity, &key);
    black_box(device.sign(request, now()).unwrap().authorization().encode(out).unwrap());
    write!(Void, "{key:?} {device:?}").unwrap();
    black_box(request.skip(now()).head().encode(out).unwrap());
}

#[test]
fn signing_and_writing_tc3_in_every_form_allocates_nothing() {
    let mut out = vec![0; 4096];
    let out = out.as_mut_slice();
    for call in [PLAIN, CALL] {
        assert_none("JSON", || sign_and_write(&call.json("{}").unwrap(), out));
        assert_none("octets", || sign_and_write(&call.octets(b"\0\xff").unwrap(), out));
        assert_none("unsigned", || sign_and_write(&call.unsigned(ContentType::Octets, 9).unwrap(), out));
        assert_none("streamed", || {
            let mut hasher = PayloadHasher::new();
            [&b"one"[..], &[0; 1000]].iter().for_each(|piece| hasher.update(piece));
            sign_and_write(&call.streamed(ContentType::JsonUtf8, hasher.finish()).unwrap(), out);
        });
        assert_none("multipart", || {
            let parts = [Part::text("a", "1"), Part::file("b", "b.bin", &[0; 100])];
            sign_and_write(&call.multipart(Multipart::new("bound", &parts).unwrap()).unwrap(), out);
        });
        assert_none("GET", || {
            let list = [Node::Text("广州"), Node::Int(-1), Node::Bool(true), Node::Null];
            let params = [("A", Node::List(&list)), ("B", Node::Object(&[("c", Node::List(&list))]))];
            sign_and_write(&call.get(Query::params(&params).unwrap()).unwrap(), out);
            sign_and_write(&call.get(Query::encoded("a=b").unwrap()).unwrap(), out);
        });
    }
}

#[test]
fn signing_and_writing_v1_in_every_form_allocates_nothing() {
    let mut out = vec![0; 4096];
    let list = [Node::Int(1); 12];
    let mut sorted = [("b", Node::Text("广州")), ("a", Node::List(&list)), ("Z", Node::Bool(false))];
    let merged = sorted;
    assert_none("v1", || {
        let all = [v1::Params::sorted(&mut sorted).unwrap(), v1::Params::merged(&merged).unwrap()];
        for params in all {
            for verb in [v1::Verb::Get, v1::Verb::Post] {
                for method in [v1::Method::HmacSha1, v1::Method::HmacSha1Unnamed, v1::Method::HmacSha256] {
                    let request = PLAIN.v1(verb, method, params).unwrap();
                    let nonce = v1::Nonce::new(NonZeroU64::MIN);
                    let signed = signer().sign_v1(&request, now(), nonce).unwrap();
                    black_box(signed.head().encode(&mut out).unwrap());
                    black_box(signed.wire().encode(&mut out).unwrap());
                    black_box(signed.string_to_sign().encode(&mut out).unwrap());
                    black_box(signed.signature().encode(&mut out).unwrap());
                    write!(Void, "{signed:?}").unwrap();
                }
            }
        }
    });
}

/// Every way to be refused, short of its evidence.
fn refusals(body: &str, visit: &mut dyn FnMut(Invalid)) {
    let mut check = |result: Result<(), Invalid>| visit(result.unwrap_err());
    check(Api::new("a b", "v").map(drop));
    check(Api::new("cvm", "").map(drop));
    check(Credentials::new("id", " key").map(drop));
    check(Credentials::temporary("id", "key", "a\nb").map(drop));
    check(Timestamp::from_unix(u64::MAX).map(drop));
    check(Query::encoded("a b").map(drop));
    check(Query::params(&[("", Node::Null)]).map(drop));
    check(Multipart::new("A", &[]).map(drop));
    check(Multipart::new("a", &[Part::text("a", "--a")]).map(drop));
    check(PLAIN.json(body).map(drop));
    check(PLAIN.region("ap-shanghai-fsi").json("{}").map(drop));
    check(PLAIN.request_client("é").json("{}").map(drop));
    check(PLAIN.headers(&[Header::Sent("Host", "a")]).json("{}").map(drop));
    check(PLAIN.post(ContentType::Json, b"\xff").map(drop));
    check(PLAIN.get(Query::encoded(body).unwrap()).map(drop));
    let other = api!("cvm", "1").at(Host::Exactly("cbs.tencentcloudapi.com")).action("A");
    check(other.json("{}").map(drop));
    for name in ["a_b", "", "Action", "é"] {
        check(v1::Params::merged(&[(name, Node::Int(1))]).map(drop));
        check(v1::Params::sorted(&mut [(name, Node::Int(1))]).map(drop));
    }
    check(v1::Params::merged(&[("a", Node::Text(""))]).map(drop));
    check(v1::Params::merged(&[("a", Node::Int(1)), ("a", Node::Int(1))]).map(drop));
    check(CALL.v1(v1::Verb::Get, v1::Method::HmacSha256, v1::Params::EMPTY).map(drop));
    let large = [("a", Node::Text(body))];
    for verb in [v1::Verb::Get, v1::Verb::Post] {
        let request = PLAIN.v1(verb, v1::Method::HmacSha256, v1::Params::merged(&large).unwrap()).unwrap();
        check(signer().sign_v1(&request, now(), v1::Nonce::new(NonZeroU64::MIN)).map(drop));
    }
}

#[test]
fn every_error_is_made_and_told_without_allocating() {
    let body = "x".repeat(10 * 1024 * 1024 + 1);
    let mut count = 0;
    assert_none("a refusal", || {
        refusals(&body, &mut |refusal| {
            count += 1;
            write!(Void, "{refusal} {refusal:?}").unwrap();
        });
    });
    assert_eq!(count, 29);
}

#[test]
fn a_buffer_that_is_too_small_a_wrong_key_and_a_wrong_date_allocate_nothing() {
    let request = PLAIN.json("{}").unwrap();
    assert_none("an error", || {
        let mut signer = signer();
        let refused = signer.sign(&request, now()).head().encode(&mut [0; 8]).map(drop);
        let Err(BufferTooSmall { given: 8, .. }) = refused else { unreachable!() };
        write!(Void, "{}", refused.unwrap_err()).unwrap();

        let key = signer.signing_key(&api!("cbs", "2017-03-12"), now());
        let identity = Credentials::new("id", "key").unwrap().identity();
        let refused = DaySigner::new(identity, &key).sign(&request, now()).map(drop);
        write!(Void, "{}", refused.unwrap_err()).unwrap();
        write!(Void, "{}", Timestamp::from_http_date("today").unwrap_err()).unwrap();
    });
}

#[test]
fn verifying_and_rejecting_allocate_nothing() {
    let credentials = Credentials::new("AKIDEXAMPLE", "key").unwrap();
    let request = CALL.json("{}").unwrap();
    let signed = Signer::new(credentials).sign(&request, now());
    let sent: Vec<_> = signed.headers().map(|(name, value)| (name, value.to_string())).collect();
    let headers: Vec<_> = sent.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
    assert_none("verifying TC3", || {
        for (body, is_good) in [(&b"{}"[..], true), (b"[]", false)] {
            let body = verify::Body::Whole(body);
            let message = verify::Message { method: "POST", target: "/", headers: &headers, body };
            let claim = verify::tc3::Claim::read(&message).unwrap();
            let verdict = verify::Verifier::new().tc3(&claim, &credentials, now());
            assert_eq!(verdict.is_ok(), is_good);
            verdict.unwrap_or_else(|rejection| write!(Void, "{rejection} {}", rejection.code()).unwrap());
        }
        let message =
            verify::Message { method: "PUT", target: "", headers: &[], body: verify::Body::Whole(b"") };
        write!(Void, "{}", verify::tc3::Claim::read(&message).map(drop).unwrap_err()).unwrap();
    });
}

#[test]
fn verifying_and_rejecting_v1_allocate_nothing() {
    let credentials = Credentials::new("AKIDEXAMPLE", "key").unwrap();
    let params = [("Name", Node::Text("广州")), ("Ids", Node::List(&[Node::Int(1); 12]))];
    let request =
        PLAIN.v1(v1::Verb::Post, v1::Method::HmacSha256, v1::Params::merged(&params).unwrap()).unwrap();
    let nonce = v1::Nonce::new(NonZeroU64::MIN);
    let signed = Signer::new(credentials).sign_v1(&request, now(), nonce).unwrap();
    let wire = signed.wire().to_string();
    let sent: Vec<_> = signed.headers().map(|(name, value)| (name, value.to_string())).collect();
    let headers: Vec<_> = sent.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
    let body = verify::Body::Whole(wire.as_bytes());
    let message = verify::Message { method: "POST", target: "/", headers: &headers, body };
    assert_none("verifying v1", || {
        for (seconds, is_good) in [(0, true), (301, false)] {
            let mut room = [verify::v1::Parameter::default(); 24];
            let claim = verify::v1::Claim::read(&message, &mut room).unwrap();
            let later = Timestamp::from_unix(now().unix() + seconds).unwrap();
            let verdict = verify::Verifier::new().v1(&claim, &credentials, later);
            assert_eq!(verdict.is_ok(), is_good);
            verdict.unwrap_or_else(|rejection| write!(Void, "{rejection} {}", rejection.code()).unwrap());
        }
        let crowded = verify::v1::Claim::read(&message, &mut []).map(drop).unwrap_err();
        write!(Void, "{crowded}").unwrap();
    });
}

#[test]
fn reading_an_answer_allocates_nothing() {
    let failed = br#"{"Response":{"Error":{"Code":"AuthFailure.SignatureExpire","Message":"\u4e2d"},"RequestId":"1"}}"#;
    assert_none("reading an answer", || {
        let answer = response::parse(failed).unwrap();
        let response::Answer::Failure(failure) = answer else { unreachable!() };
        write!(Void, "{failure} {answer:?} {:?}", failure.advice()).unwrap();
        for cut in 0..failed.len() {
            write!(Void, "{}", response::parse(failed.split_at(cut).0).unwrap_err()).unwrap();
        }
    });
}
