//! A TC3 signature equals the one that the naive signer computes from the request as sent.

use crate::naive::{self, Wire};
use crate::request::Drawn;
use crate::source::Source;
use tc3_core::{
    CachingSha256, Credentials, DaySigner, Encode, Encoded, Request, Signed, Signer, Timestamp, api,
};

/// Signs any request in every way, and encodes it into a buffer of any length.
pub fn check(data: &[u8]) {
    let mut source = Source::new(data);
    let drawn = Drawn::new(&mut source);
    let (hours, size) = (source.byte(), source.short());
    let accepted = drawn.with(|request| compare(&drawn, &request, u64::from(hours) * 3_600, size));
    if let Err(refused) = accepted {
        assert!(drawn.may_be_refused(), "refused without a reason: {refused}");
    }
}

/// Signs first at `earlier` seconds before, then compares everything that is sent.
fn compare(drawn: &Drawn, request: &Request<'_>, earlier: u64, size: usize) {
    let (draft, now) = (&drawn.draft, drawn.draft.now());
    let Ok(credentials) = draft.credentials() else {
        return assert!(draft.wild, "credentials refused without a reason");
    };
    let mut signer = Signer::new(credentials);
    // The cached key is then of the same day or of another.
    let before = Timestamp::from_unix(draft.time.saturating_sub(earlier)).expect("it is earlier");
    let _ = signer.sign(request, before);
    let signed = signer.sign(request, now);

    let head = signed.head().to_string();
    let wire = Wire::parse(&head, body(drawn, request));
    let mut expected = drawn.wire();
    let canonical = expected.canonical_request(&drawn.signed());
    let [to_sign, authorization] = naive::tc3(&canonical, &draft.id, &draft.key, &draft.service, draft.time);
    let explanation = signer.explain(request, now);
    assert_eq!(explanation.canonical_request().to_string(), canonical);
    assert_eq!(explanation.string_to_sign().to_string(), to_sign);
    assert_eq!(signed.authorization().to_string(), authorization);
    expected.headers.push(("authorization".to_owned(), authorization));
    assert_eq!(wire.sorted_headers(), expected.sorted_headers());
    assert_eq!(
        (&wire.method, &wire.target, &wire.body),
        (&expected.method, &expected.target, &expected.body)
    );

    let headers = signed.headers().map(|(name, value)| (name.to_owned(), value.to_string()));
    assert_eq!(headers.collect::<Vec<_>>(), wire.headers);
    assert!(signed.headers().all(|(name, value)| value.is_sensitive() == (name == "X-TC-Token")));
    assert_eq!(request.target().to_string(), expected.target);
    fits_or_is_refused(signed.head(), &head, size);
    fits_or_is_refused(signed.authorization(), &signed.authorization().to_string(), size);
    sign_in_every_way(&mut signer, request, signed);
    sign_with_caching_engine(credentials, request, signed);
    check_skipped(request.skip(now), &expected);
}

/// The body that is sent; the request itself has none if the caller sends it.
fn body(drawn: &Drawn, request: &Request<'_>) -> Vec<u8> {
    let body = request.body().collect::<Vec<_>>().concat();
    if !drawn.is_sent_by_the_caller() {
        return body;
    }
    assert!(body.is_empty());
    drawn.body()
}

/// Encodes into a buffer of any length. "BufferTooSmall with the exact length needed; `out` is then all
/// zeros."
pub(crate) fn fits_or_is_refused<T: Encode>(encoded: Encoded<T>, expected: &str, size: usize) {
    let needed = expected.len();
    assert_eq!(encoded.len(), needed);
    let given = size % (needed + 2);
    let mut out = vec![0xaa; given];
    match encoded.encode_str(&mut out) {
        Ok(written) => assert_eq!(written, expected),
        Err(error) => {
            assert_eq!((error.needed, error.given), (needed, given));
            assert!(given < needed && out.iter().all(|byte| *byte == 0));
        }
    }
}

fn sign_in_every_way(signer: &mut Signer<'_>, request: &Request<'_>, signed: Signed<'_>) {
    let (now, expected) = (signed.timestamp(), signed.authorization().to_string());
    let prepared = signer.prepare(request);
    assert_eq!(signer.sign_prepared(&prepared, now).authorization().to_string(), expected);
    let (id, service) =
        expected.split_once("Credential=").expect("it has a credential").1.split_once('/').unwrap();
    let service = service.split('/').nth(1).expect("the scope has a service");
    let api = tc3_core::Api::new(service, "x").expect("the request has this service");
    let key = signer.signing_key(&api, now);
    let identity = tc3_core::Identity::new(id).expect("the credentials have this ID");
    let by_key = DaySigner::new(identity, &key).sign(request, now).expect("the key is of that day");
    assert_eq!(by_key.authorization().to_string(), expected);
}

/// Signs with an empty cache, with the request's own first block cached, and with another request's.
fn sign_with_caching_engine(credentials: Credentials<'_>, request: &Request<'_>, signed: Signed<'_>) {
    let mut signer = Signer::with_hash(credentials, CachingSha256::new());
    let other = api!("cvm", "2017-03-12").action("DescribeZones").json("{}").expect("it is valid");
    for _ in 0..2 {
        for _ in 0..2 {
            let again = signer.sign(request, signed.timestamp());
            assert_eq!(again.authorization().to_string(), signed.authorization().to_string());
        }
        signer.sign(&other, signed.timestamp());
    }
}

/// Asserts that only the signature and the token differ.
fn check_skipped(skipped: Signed<'_>, expected: &Wire) {
    let wire = Wire::parse(&skipped.head().to_string(), Vec::new());
    let mut headers = expected.sorted_headers();
    headers.retain(|(name, _)| name != "x-tc-token");
    headers
        .iter_mut()
        .filter(|(name, _)| name == "authorization")
        .for_each(|(_, value)| *value = "SKIP".to_owned());
    assert_eq!(wire.sorted_headers(), headers);
}
