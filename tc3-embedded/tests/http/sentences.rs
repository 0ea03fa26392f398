//! The sentences of errors.

use tc3_embedded::http::{Fault, RequestError, ResponseError};

#[test]
fn every_response_error_has_a_sentence_with_its_numbers() {
    let (fault, at) = (Fault::LineEnd, 4);
    let malformed = ResponseError::Malformed { fault, at };
    let sentences = [
        (ResponseError::NoResponse, "connection closed before any response"),
        (ResponseError::HeadTruncated { received: 7 }, "connection closed within the head, after 7 bytes"),
        (
            ResponseError::BodyTruncated { received: 1, expected: 2 },
            "connection closed after 1 of 2 bytes of body",
        ),
        (
            ResponseError::ChunksTruncated { received: 3 },
            "connection closed within a chunked body, after 3 bytes",
        ),
        (malformed, "byte 4 of the response: line does not end with CR LF"),
        (ResponseError::LengthTwice { first: 1, second: 2 }, "more than one content-length: 1 and 2"),
        (ResponseError::LengthAndChunked { length: 5 }, "content-length 5 together with transfer-encoding"),
        (ResponseError::TransferEncoding { at: 6 }, "byte 6 of the response: unsupported transfer-encoding"),
        (
            ResponseError::ContentEncoding { at: 7 },
            "byte 7 of the response: content-encoding was not requested",
        ),
        (ResponseError::SwitchingProtocols, "switching protocols (101) was not requested"),
        (ResponseError::HeadTooLong { limit: 8 }, "head longer than 8 bytes"),
        (ResponseError::TooManyHeaders { limit: 9 }, "more than 9 header fields"),
        (ResponseError::TooManyInterim { limit: 1 }, "more than 1 interim responses"),
        (ResponseError::ChunkLineTooLong { limit: 2 }, "chunk-size line longer than 2 bytes"),
        (ResponseError::TrailersTooLong { limit: 3 }, "trailers longer than 3 bytes"),
        (
            ResponseError::BodyTooLong { size: 5, limit: 4 },
            "body of at least 5 bytes, more than the 4 allowed",
        ),
    ];
    for (error, sentence) in sentences {
        assert_eq!(error.to_string(), sentence);
    }
}

#[test]
fn every_fault_has_a_sentence_of_its_own() {
    use Fault::*;
    let all = [
        StatusLine,
        Version,
        HeaderName,
        HeaderValue,
        LineEnd,
        Folding,
        ContentLength,
        ChunkSize,
        ChunkExtension,
        ChunkEnd,
        Trailer,
    ];
    let mut sentences: Vec<_> = all.iter().map(Fault::to_string).collect();
    assert!(sentences.iter().all(|sentence| sentence.len() > 10));
    sentences.sort();
    sentences.dedup();
    assert_eq!(sentences.len(), all.len());
}

#[test]
fn every_request_error_has_a_sentence_with_its_numbers() {
    let sentences = [
        RequestError::HeadUnsent { left: 3 }.to_string(),
        RequestError::SurplusBody { declared: 1, offered: 2 }.to_string(),
        RequestError::MissingBody { declared: 9, sent: 8 }.to_string(),
        RequestError::Overrun { given: 4, count: 5 }.to_string(),
    ];
    let expected = [
        "3 bytes of the head are not sent yet",
        "body of at least 2 bytes, but 1 were declared",
        "body ended after 8 of 9 bytes",
        "transport reported 5 bytes written but was given 4",
    ];
    assert_eq!(sentences, expected);
}
