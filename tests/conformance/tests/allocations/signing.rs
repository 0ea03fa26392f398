//! Signing every kind of request, and encoding every value of it.

use super::{CALL, PLAIN, Void, assert_none, now, signer};
use core::{fmt::Write, hint::black_box, num::NonZeroU64};
use tc3_core::{
    ContentType, Credentials, DaySigner, Multipart, ParamValue, Part, PayloadHasher, Query, Request, api, v1,
};

/// Signs a request in every way, and encodes and formats every value of it.
fn sign_and_encode(request: &Request<'_>, out: &mut [u8]) {
    let mut signer = signer();
    let prepared = signer.prepare(request);
    let signed = signer.sign_prepared(&prepared, now());
    black_box(signed.head().encode(out).unwrap());
    black_box(signed.authorization().encode_str(out).unwrap());
    for (name, value) in signed.headers() {
        black_box((name, value.len(), value.encode(out).unwrap()));
    }
    let explanation = signer.explain(request, now());
    black_box(explanation.canonical_request().encode(out).unwrap());
    black_box(explanation.string_to_sign().encode(out).unwrap());
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
fn signing_and_encoding_tc3_in_every_form_allocates_nothing() {
    let mut out = vec![0; 4096];
    let out = out.as_mut_slice();
    for call in [PLAIN, CALL] {
        assert_none("JSON", || sign_and_encode(&call.json("{}").unwrap(), out));
        assert_none("octets", || sign_and_encode(&call.octets(b"\0\xff").unwrap(), out));
        assert_none("unsigned", || sign_and_encode(&call.unsigned(ContentType::Octets, 9).unwrap(), out));
        assert_none("streamed", || {
            let mut hasher = PayloadHasher::new();
            [&b"one"[..], &[0; 1000]].iter().for_each(|piece| hasher.update(piece));
            sign_and_encode(&call.streamed(ContentType::JsonUtf8, &hasher.finish()).unwrap(), out);
        });
        assert_none("multipart", || {
            let parts = [Part::text("a", "1"), Part::file("b", "b.bin", &[0; 100])];
            sign_and_encode(&call.multipart(Multipart::new("bound", &parts).unwrap()).unwrap(), out);
        });
        assert_none("GET", || {
            let list =
                [ParamValue::Text("广州"), ParamValue::Int(-1), ParamValue::Bool(true), ParamValue::Null];
            let params = [
                ("A", ParamValue::List(&list)),
                ("B", ParamValue::Object(&[("c", ParamValue::List(&list))])),
            ];
            sign_and_encode(&call.get(Query::params(&params).unwrap()).unwrap(), out);
            sign_and_encode(&call.get(Query::encoded("a=b").unwrap()).unwrap(), out);
        });
    }
}

#[test]
fn signing_and_encoding_v1_in_every_form_allocates_nothing() {
    let mut out = vec![0; 4096];
    let list = [ParamValue::Int(1); 12];
    let mut sorted =
        [("b", ParamValue::Text("广州")), ("a", ParamValue::List(&list)), ("Z", ParamValue::Bool(false))];
    let unsorted = sorted;
    assert_none("v1", || {
        let all = [v1::Params::sorted(&mut sorted).unwrap(), v1::Params::unsorted(&unsorted).unwrap()];
        for params in all {
            for method in [v1::Method::Get, v1::Method::Post] {
                for algorithm in
                    [v1::Algorithm::HmacSha1, v1::Algorithm::HmacSha1Unnamed, v1::Algorithm::HmacSha256]
                {
                    let request = PLAIN.v1(method, algorithm, params).unwrap();
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
