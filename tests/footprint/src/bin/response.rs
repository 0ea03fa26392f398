//! Parses a response of the service, computes the advice, and writes the error code.
#![no_std]
#![no_main]

use footprint::{fixture, image};
use tc3_core::response::{self, Advice, Answer};

static ANSWER: &[u8] = br#"{"Response":{"Error":{"Code":"AuthFailure.SignatureExpire","Message":"Timestamp expired"},"RequestId":"ed93f3cb-f35e-473f-b9f3-0d451b8b79c6"}}"#;

image!(|_, out| {
    let Answer::Failure(failure) = response::parse(fixture::read(&ANSWER)).ok()? else { return None };
    if failure.advice() != Advice::FixClock {
        return None;
    }
    let code = failure.code.raw();
    out.get_mut(..code.len())?.iter_mut().zip(code).for_each(|(to, from)| *to = *from);
    Some(code.len())
});
