//! Parsing responses, well-formed and malformed.

use super::{Void, assert_none, format_error};
use core::fmt::Write;
use tc3_core::response::{
    self, EnvelopeField,
    Reason::{self, *},
};

#[test]
fn parsing_a_response_allocates_nothing() {
    let failed = br#"{"Response":{"Error":{"Code":"AuthFailure.SignatureExpire","Message":"\u4e2d"},"RequestId":"1"}}"#;
    assert_none("parsing a response", || {
        let answer = response::parse(failed).unwrap();
        let response::Answer::Failure(failure) = answer else { unreachable!() };
        write!(Void, "{failure} {answer:?} {:?}", failure.advice()).unwrap();
        for cut in 0..failed.len() {
            write!(Void, "{}", response::parse(failed.split_at(cut).0).unwrap_err()).unwrap();
        }
    });
}

#[test]
fn every_reason_to_refuse_a_response_is_detected_and_formatted_without_allocating() {
    let deep = format!("{{\"Response\":{{\"a\":{}", "[".repeat(response::MAX_DEPTH));
    let cases: [(&[u8], Reason); 20] = [
        (b"", Truncated),
        (br#"{"Response":{,"#, Syntax(b',')),
        (br#"{"Response":{"a":"\x"}}"#, BadEscape),
        (b"{\"Response\":{\"a\":\"\xff\"}}", NotUtf8),
        (deep.as_bytes(), TooDeep),
        (b"<html>", NotEnvelope),
        (br#"{"Response":{}}}"#, Trailing),
        (br#"{"Response":null}"#, WrongType(EnvelopeField::Response)),
        (br#"{"Response":{"RequestId":7}}"#, WrongType(EnvelopeField::RequestId)),
        (br#"{"Response":{"Error":7}}"#, WrongType(EnvelopeField::Error)),
        (br#"{"Response":{"Error":{"Code":7}}}"#, WrongType(EnvelopeField::Code)),
        (br#"{"Response":{"Error":{"Message":7}}}"#, WrongType(EnvelopeField::Message)),
        (br#"{"Response":{},"Response":{}}"#, Duplicate(EnvelopeField::Response)),
        (br#"{"Response":{"RequestId":"a","RequestId":"a"}}"#, Duplicate(EnvelopeField::RequestId)),
        (br#"{"Response":{"Error":null,"Error":null}}"#, Duplicate(EnvelopeField::Error)),
        (br#"{"Response":{"Error":{"Code":"a","Code":"a"}}}"#, Duplicate(EnvelopeField::Code)),
        (br#"{"Response":{"Error":{"Message":"a","Message":"a"}}}"#, Duplicate(EnvelopeField::Message)),
        (br#"{"Response":{"Error":{}}}"#, NoCode),
        (br#"{"Response":{"Error":{"Code":"\u12"}}}"#, BadEscape),
        (b"{\"Response\":{\"Error\":{\"Code\":\"\xff\"}}}", NotUtf8),
    ];
    assert_none("a malformed response", || {
        for (body, reason) in cases {
            let malformed = response::parse(body).unwrap_err();
            assert_eq!(malformed.reason, reason);
            format_error(&malformed);
        }
    });
}
