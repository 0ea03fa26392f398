//! Signed requests, from the signer to the wire.

use core::num::NonZeroU64;

use tc3_core::{
    BufferTooSmall, Call, Credentials, Multipart, ParamValue, Part, Query, Request, Signer, Timestamp, api,
    v1,
};
use tc3_embedded::http::{RequestError, RequestWriter};

use crate::request::send;

const CALL: Call<'_> = api!("cvm", "2017-03-12").action("DescribeInstances").region("ap-guangzhou");

fn signer() -> Signer<'static> {
    Signer::new(Credentials::temporary("AKIDEXAMPLE", "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE", "token").unwrap())
}

fn now() -> Timestamp {
    Timestamp::from_unix(1_551_113_065).unwrap()
}

type Made<'h> = Result<RequestWriter<'h>, BufferTooSmall>;

/// Sends the pieces and checks that exactly head and body were sent, that a byte more or less is
/// refused, and that the buffer needs the length of the head.
fn check<'p>(
    head: &str,
    body: &[u8],
    pieces: impl Iterator<Item = &'p [u8]>,
    make: impl for<'h> Fn(&'h mut [u8]) -> Made<'h>,
) {
    let (needed, given) = (head.len(), head.len() - 1);
    for given in [0, given] {
        assert_eq!(make(&mut vec![0; given]).unwrap_err(), BufferTooSmall { needed, given });
    }
    let mut wire = Vec::new();
    let mut buffer = vec![0; needed];
    let mut writer = make(&mut buffer).unwrap();
    send(&mut wire, writer.head(), 7);
    for piece in pieces {
        send(&mut wire, writer.body(piece).unwrap(), 5);
    }
    let declared = u64::try_from(body.len()).unwrap();
    let surplus = RequestError::SurplusBody { declared, offered: declared + 1 };
    assert_eq!(writer.body(b" ").unwrap_err(), surplus);
    assert_eq!(writer.finish(), Ok(()));
    assert_eq!(wire, [head.as_bytes(), body].concat());

    let mut buffer = vec![0; needed];
    let mut writer = make(&mut buffer).unwrap();
    send(&mut Vec::new(), writer.head(), 7);
    let missing = RequestError::MissingBody { declared, sent: 0 };
    assert_eq!(writer.finish(), if body.is_empty() { Ok(()) } else { Err(missing) });
}

fn check_tc3(request: &Request<'_>, body: &[u8]) {
    let signed = signer().sign(request, now());
    let head = signed.head().to_string();
    assert!(head.ends_with("\r\n\r\n"));
    let declared = format!("\r\nContent-Length: {}\r\n", body.len());
    assert_eq!(head.contains(&declared), request.method() == "POST");
    check(&head, body, request.body(), |buffer| RequestWriter::tc3(signed, buffer));
}

#[test]
fn a_get_is_sent_as_its_head_only() {
    let request = CALL.get(Query::params(&[("Name", ParamValue::Text("广州"))]).unwrap()).unwrap();
    check_tc3(&request, b"");
}

#[test]
fn a_json_body_follows_its_head() {
    check_tc3(&CALL.json(r#"{"Limit":1}"#).unwrap(), br#"{"Limit":1}"#);
    check_tc3(&CALL.json("").unwrap(), b"");
}

#[test]
fn a_multipart_form_is_sent_piece_by_piece() {
    let parts = [Part::text("Name", "文件"), Part::file("Data", "a.bin", &[0, 1, 255])];
    let request = CALL.multipart(Multipart::new("bound", &parts).unwrap()).unwrap();
    assert!(request.body().count() > 2);
    let form = [
        "--bound\r\nContent-Disposition: form-data; name=\"Name\"\r\n\r\n文件\r\n".as_bytes(),
        b"--bound\r\nContent-Disposition: form-data; name=\"Data\"; filename=\"a.bin\"\r\n",
        b"Content-Type: application/octet-stream\r\n\r\n\0\x01\xff\r\n--bound--\r\n",
    ];
    check_tc3(&request, &form.concat());
}

#[test]
fn the_v1_parameters_are_the_body_of_a_post_and_the_query_of_a_get() {
    let params = [("Name", ParamValue::Text("a b广")), ("Ids", ParamValue::List(&[ParamValue::Int(1); 12]))];
    let params = v1::Params::unsorted(&params).unwrap();
    for method in [v1::Method::Get, v1::Method::Post] {
        let request = CALL.v1(method, v1::Algorithm::HmacSha256, params).unwrap();
        let nonce = v1::Nonce::new(NonZeroU64::new(11886).unwrap());
        let signed = signer().sign_v1(&request, now(), nonce).unwrap();
        let (head, wire) = (signed.head().to_string(), signed.wire().to_string());
        let body = if method == v1::Method::Post { wire.as_bytes() } else { b"" };
        assert_eq!(head.contains(&wire), method == v1::Method::Get);
        check(&head, body, body.chunks(100), |buffer| RequestWriter::v1(signed, buffer));
    }
}
