//! Lists of headers for other HTTP clients.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, reason = "a test may panic")]

mod support;

use support::now;
use tc3_core::{Credentials, Header, Headers, HeadersDoNotFit, Query, Signer, api};

type Pair<'s> = (&'s str, &'s str);
fn encode<'r: 'b, 'b, 'l>(
    headers: &Headers<'r>,
    is_http2: bool,
    buffer: &'b mut [u8],
    list: &'l mut [Pair<'b>],
) -> Result<&'l [Pair<'b>], HeadersDoNotFit> {
    let headers = headers.clone();
    if is_http2 { headers.encode_http2(buffer, list) } else { headers.encode(buffer, list) }
}

/// Encodes in exactly the room that is needed, after it was refused in less.
fn encoded(headers: &Headers<'_>, is_http2: bool, room: [usize; 2]) -> Vec<(String, String)> {
    let [bytes_needed, headers_needed] = room;
    for (bytes_given, headers_given) in
        [(bytes_needed - 1, headers_needed), (bytes_needed, headers_needed - 1), (0, 0)]
    {
        let mut buffer = vec![b'.'; bytes_given];
        let mut copied = buffer.clone();
        let mut list = vec![("-", "-"); headers_given];
        let expected = HeadersDoNotFit { bytes_needed, bytes_given, headers_needed, headers_given };
        assert_eq!(encode(headers, is_http2, &mut copied, &mut list), Err(expected));
        assert!(list.iter().all(|entry| *entry == ("-", "-")), "{list:?}");
        assert_eq!(encode(headers, is_http2, &mut buffer, &mut vec![("", ""); headers_given]), Err(expected));
        assert!(buffer.iter().all(|byte| *byte == b'.'), "{buffer:?}");
    }
    let (mut buffer, mut list) = (vec![0; bytes_needed], vec![("", ""); headers_needed + 1]);
    let found = encode(headers, is_http2, &mut buffer, &mut list).unwrap();
    found.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect()
}

#[test]
fn a_list_has_each_header_once_in_no_more_room_than_needed() {
    let extra = [Header::Signed("X-Mixed", "A b"), Header::Unsigned("x-lower", "")];
    let call = api!("cvm", "2017-03-12").action("DescribeZones").region("ap-guangzhou").headers(&extra);
    let mut signer = Signer::new(Credentials::temporary("AKIDEXAMPLE", "key", "token").unwrap());
    for request in [call.json("{}").unwrap(), call.get(Query::EMPTY).unwrap()] {
        let signed = signer.sign(&request, now());
        let all: Vec<_> =
            signed.headers().map(|(name, value)| (name.to_owned(), value.to_string())).collect();
        let partial: Vec<_> =
            all.iter().filter(|(name, _)| name != "Host" && name != "Content-Length").cloned().collect();
        for (headers, expected) in
            [(signed.headers(), all), (signed.headers().without_host_and_length(), partial)]
        {
            let values: usize = expected.iter().map(|(_, value)| value.len()).sum();
            let names: usize =
                expected.iter().map(|(name, _)| if name == "Host" { 0 } else { name.len() }).sum();
            let count = expected.len();
            assert_eq!(encoded(&headers, false, [values, count]), expected);
            let lower = |(name, value): (String, String)| match name.as_str() {
                "Host" => (":authority".to_owned(), value),
                _ => (name.to_ascii_lowercase(), value),
            };
            let http2: Vec<_> = expected.into_iter().map(lower).collect();
            assert_eq!(encoded(&headers, true, [values + names, count]), http2);
        }
    }
    let needed = HeadersDoNotFit { bytes_needed: 9, bytes_given: 8, headers_needed: 3, headers_given: 2 };
    assert_eq!(
        needed.to_string(),
        "3 headers of 9 bytes do not fit: the list has room for 2, and the buffer has 8 bytes"
    );
}
