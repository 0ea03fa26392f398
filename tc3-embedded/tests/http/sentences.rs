//! The sentences of errors.

use tc3_embedded::http::{Fault, RequestError, ResponseError};

#[test]
fn every_response_error_has_a_sentence_with_its_numbers() {
    use ResponseError::*;
    for (error, sentence) in [
        (NoResponse, "connection closed before any answer"),
        (HeadTruncated { received: 7 }, "connection closed within the head, after 7 bytes"),
        (BodyTruncated { received: 1, expected: 2 }, "connection closed after 1 of 2 bytes of body"),
        (ChunksTruncated { received: 3 }, "connection closed within a chunked body, after 3 bytes"),
        (Malformed { fault: Fault::LineEnd, at: 4 }, "byte 4 of the response: line does not end with CR LF"),
        (LengthTwice { first: 1, second: 2 }, "more than one content-length: 1 and 2"),
        (LengthAndChunked { length: 5 }, "content-length 5 together with transfer-encoding"),
        (TransferEncoding { at: 6 }, "byte 6 of the response: unsupported transfer-encoding"),
        (ContentEncoding { at: 7 }, "byte 7 of the response: content-encoding was not requested"),
        (SwitchingProtocols, "switching protocols (101) was not requested"),
        (HeadTooLong { limit: 8 }, "head longer than 8 bytes"),
        (TooManyHeaders { limit: 9 }, "more than 9 header fields"),
        (TooManyInterim { limit: 1 }, "more than 1 interim responses"),
        (ChunkLineTooLong { limit: 2 }, "chunk-size line longer than 2 bytes"),
        (TrailersTooLong { limit: 3 }, "trailers longer than 3 bytes"),
        (BodyTooLong { size: 5, limit: 4 }, "body of at least 5 bytes, more than the 4 allowed"),
    ] {
        assert_eq!(error.to_string(), sentence);
    }
}

#[test]
fn every_fault_has_a_sentence_of_its_own() {
    use Fault::*;
    let all = [StatusLine, Version, HeaderName, HeaderValue, LineEnd, Folding, ContentLength];
    let all = all.iter().chain(&[ChunkSize, ChunkExtension, ChunkEnd, Trailer]);
    let mut sentences: Vec<_> = all.map(Fault::to_string).collect();
    sentences.sort();
    sentences.dedup();
    assert_eq!(sentences.len(), 11, "{sentences:?}");
    assert_eq!(sentences.iter().find(|sentence| sentence.len() <= 10), None, "is too short");
}

#[test]
fn every_request_error_has_a_sentence_with_its_numbers() {
    use RequestError::*;
    for (error, sentence) in [
        (HeadUnsent { left: 3 }, "3 bytes of the head are not sent yet"),
        (SurplusBody { declared: 1, offered: 2 }, "body of at least 2 bytes, but 1 were declared"),
        (MissingBody { declared: 9, sent: 8 }, "body ended after 8 of 9 bytes"),
        (Overrun { given: 4, count: 5 }, "transport reported 5 bytes written but was given 4"),
    ] {
        assert_eq!(error.to_string(), sentence);
    }
}
