use super::{DerReader, INTEGER, Malformed, OCTET_STRING, SEQUENCE};
use std::string::ToString as _;
use std::vec;
use std::vec::Vec;

fn contents(der: &[u8]) -> Result<&[u8], Malformed> {
    let mut reader = DerReader::new(der);
    let contents = reader.take(OCTET_STRING)?;
    reader.end()?;
    Ok(contents.bytes())
}

fn positive(der: &[u8]) -> Result<&[u8], Malformed> {
    DerReader::new(der).positive_integer()
}

/// An OCTET STRING with `len` bytes, whose length is encoded as `length`.
fn octets(length: &[u8], len: usize) -> Vec<u8> {
    [&[OCTET_STRING], length, &vec![7; len]].concat()
}

#[test]
fn lengths_in_their_shortest_form_are_read() {
    for (length, len) in [
        (&[0][..], 0),
        (&[0x7f], 0x7f),
        (&[0x81, 0x80], 0x80),
        (&[0x81, 0xff], 0xff),
        (&[0x82, 0x01, 0x00], 0x100),
        (&[0x82, 0xff, 0xff], 0xffff),
    ] {
        assert_eq!(contents(&octets(length, len)).map(<[u8]>::len), Ok(len));
    }
}

#[test]
fn lengths_in_another_form_or_beyond_65535_are_refused() {
    for (length, len) in [
        (&[0x80][..], 0),
        (&[0x81, 0x00], 0),
        (&[0x81, 0x7f], 0x7f),
        (&[0x82, 0x00, 0x80], 0x80),
        (&[0x82, 0x00, 0xff], 0xff),
        (&[0x83, 0x00, 0x01, 0x00], 0x100),
        (&[0x83, 0x01, 0x00, 0x00], 0x1_0000),
        (&[0x84, 0x00, 0x00, 0x00, 0x01], 1),
        (&[0x88, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], 1),
        (&[0xff], 0x7f),
    ] {
        assert_eq!(contents(&octets(length, len)), Err(Malformed { at: 0 }), "{length:x?}");
    }
}

#[test]
fn an_element_cut_anywhere_is_refused() {
    let whole = octets(&[0x82, 0x01, 0x00], 0x100);
    for len in 0..whole.len() {
        assert_eq!(contents(&whole[..len]), Err(Malformed { at: 0 }), "{len} bytes");
    }
}

#[test]
fn the_error_names_the_surplus_element() {
    assert_eq!(contents(&[OCTET_STRING, 1, 7, 0]), Err(Malformed { at: 3 }));
}

#[test]
fn offsets_in_nested_elements_count_from_the_first_byte_of_the_input() {
    // An INTEGER instead of an OCTET STRING, in a SEQUENCE in a SEQUENCE.
    let mut reader = DerReader::new(&[SEQUENCE, 5, SEQUENCE, 3, INTEGER, 1, 7]);
    let mut inner = reader.take(SEQUENCE).unwrap().take(SEQUENCE).unwrap();
    let malformed = inner.take(OCTET_STRING).unwrap_err();
    assert_eq!(malformed, Malformed { at: 4 });
    assert_eq!(malformed.to_string(), "malformed DER in the element at byte 4");
}

#[test]
fn an_element_that_is_longer_than_its_parent_is_refused() {
    let mut reader = DerReader::new(&[SEQUENCE, 2, INTEGER, 1, 7]);
    assert_eq!(reader.take(SEQUENCE).unwrap().take(INTEGER).unwrap_err(), Malformed { at: 2 });
}

#[test]
fn an_absent_optional_element_consumes_nothing() {
    let mut reader = DerReader::new(&[INTEGER, 1, 7]);
    assert!(reader.optional(SEQUENCE).unwrap().is_none());
    assert_eq!(reader.positive_integer(), Ok(&[7][..]));
    assert!(reader.optional(SEQUENCE).unwrap().is_none());
    assert_eq!(reader.end(), Ok(()));
}

#[test]
fn positive_numbers_are_read_without_their_leading_zero() {
    assert_eq!(positive(&[INTEGER, 1, 1]), Ok(&[1][..]));
    assert_eq!(positive(&[INTEGER, 1, 0x7f]), Ok(&[0x7f][..]));
    assert_eq!(positive(&[INTEGER, 2, 0, 0x80]), Ok(&[0x80][..]));
    assert_eq!(positive(&[INTEGER, 2, 0x7f, 0]), Ok(&[0x7f, 0][..]));
}

#[test]
fn zero_and_negative_numbers_and_redundant_zeros_are_refused() {
    for der in [
        &[INTEGER, 0][..],
        &[INTEGER, 1, 0],
        &[INTEGER, 1, 0x80],
        &[INTEGER, 1, 0xff],
        &[INTEGER, 2, 0, 0],
        &[INTEGER, 2, 0, 0x7f],
        &[INTEGER, 3, 0, 0, 0x80],
        &[OCTET_STRING, 1, 1],
    ] {
        assert_eq!(positive(der), Err(Malformed { at: 0 }), "{der:x?}");
    }
}
