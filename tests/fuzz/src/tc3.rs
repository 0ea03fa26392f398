//! What TC3 signs is what anyone would calculate from what is sent.

use crate::naive::{self, Wire};
use crate::request::Drawn;
use crate::source::Source;
use tc3_core::{
    CachingSha256, Credentials, DaySigner, Encode, Encoded, Request, Signed, Signer, Timestamp, api,
};

/// Any request, every way to sign it, any length of buffer.
pub fn check(data: &[u8]) {
    let mut source = Source::new(data);
    let drawn = Drawn::new(&mut source);
    let (day, room) = (source.byte(), source.short());
    let accepted = drawn.with(|request| judge(&drawn, &request, u64::from(day) * 3_600, room));
    if let Err(refused) = accepted {
        assert!(drawn.may_be_refused(), "refused without a reason: {refused}");
    }
}

fn judge(drawn: &Drawn, request: &Request<'_>, earlier: u64, room: usize) {
    let (draft, now) = (&drawn.draft, drawn.draft.now());
    let Ok(credentials) = draft.credentials() else {
        return assert!(draft.wild, "credentials refused without a reason");
    };
    let mut signer = Signer::new(credentials);
    // Perhaps of the same day, perhaps of another.
    let before = Timestamp::from_unix(draft.time.saturating_sub(earlier)).expect("it is earlier");
    let _ = signer.sign(request, before);
    let signed = signer.sign(request, now);

    let head = signed.head().to_string();
    let wire = Wire::read(&head, body(drawn, request));
    let mut expected = drawn.wire();
    let canonical = expected.canonical(&drawn.signed());
    let [to_sign, authorization] = naive::tc3(&canonical, &draft.id, &draft.key, &draft.service, draft.time);
    let explain = signer.explain(request, now);
    assert_eq!(explain.canonical_request().to_string(), canonical);
    assert_eq!(explain.string_to_sign().to_string(), to_sign);
    assert_eq!(signed.authorization().to_string(), authorization);
    expected.headers.push(("authorization".to_owned(), authorization));
    assert_eq!(wire.sorted(), expected.sorted());
    assert_eq!(
        (&wire.method, &wire.target, &wire.body),
        (&expected.method, &expected.target, &expected.body)
    );

    let headers = signed.headers().map(|(name, value)| (name.to_owned(), value.to_string()));
    assert_eq!(headers.collect::<Vec<_>>(), wire.headers);
    assert!(signed.headers().all(|(name, value)| value.is_sensitive() == (name == "X-TC-Token")));
    assert_eq!(request.target().to_string(), expected.target);
    in_any_room(signed.head(), &head, room);
    in_any_room(signed.authorization(), &signed.authorization().to_string(), room);
    same_by_every_way(&mut signer, request, signed);
    recalled(credentials, request, signed);
    skipped(request.skip(now), &expected);
}

/// The pieces that are handed out, and nothing where the caller has the body.
fn body(drawn: &Drawn, request: &Request<'_>) -> Vec<u8> {
    let body = request.body().collect::<Vec<_>>().concat();
    if !drawn.is_sent_by_the_caller() {
        return body;
    }
    assert!(body.is_empty());
    drawn.body()
}

/// "BufferTooSmall with the exact length needed; `out` is then all zeros."
pub(crate) fn in_any_room<T: Encode>(text: Encoded<T>, expected: &str, room: usize) {
    let needed = expected.len();
    assert_eq!(text.len(), needed);
    let given = room % (needed + 2);
    let mut out = vec![0xaa; given];
    match text.encode_str(&mut out) {
        Ok(written) => assert_eq!(written, expected),
        Err(error) => {
            assert_eq!((error.needed, error.given), (needed, given));
            assert!(given < needed && out.iter().all(|byte| *byte == 0));
        }
    }
}

fn same_by_every_way(signer: &mut Signer<'_>, request: &Request<'_>, signed: Signed<'_>) {
    let (now, expected) = (signed.timestamp(), signed.authorization().to_string());
    let prepared = signer.prepare(request);
    assert_eq!(signer.sign_prepared(&prepared, now).authorization().to_string(), expected);
    let (id, service) =
        expected.split_once("Credential=").expect("it has a credential").1.split_once('/').unwrap();
    let service = service.split('/').nth(1).expect("the scope has a service");
    let api = tc3_core::Api::new(service, "x").expect("it is one already");
    let key = signer.signing_key(&api, now);
    let identity = tc3_core::Identity::new(id).expect("it is one already");
    let by_key = DaySigner::new(identity, &key).sign(request, now).expect("the key is of that day");
    assert_eq!(by_key.authorization().to_string(), expected);
}

/// By the engine that recalls: nothing yet, and how another request began.
fn recalled(credentials: Credentials<'_>, request: &Request<'_>, signed: Signed<'_>) {
    let mut signer = Signer::with_hash(credentials, CachingSha256::new());
    let other = api!("cvm", "2017-03-12").action("DescribeZones").json("{}").expect("it is right");
    for _ in 0..2 {
        for _ in 0..2 {
            let again = signer.sign(request, signed.timestamp());
            assert_eq!(again.authorization().to_string(), signed.authorization().to_string());
        }
        signer.sign(&other, signed.timestamp());
    }
}

/// The same head, but for the signature and the token.
fn skipped(skipped: Signed<'_>, expected: &Wire) {
    let wire = Wire::read(&skipped.head().to_string(), Vec::new());
    let mut headers = expected.sorted();
    headers.retain(|(name, _)| name != "x-tc-token");
    headers
        .iter_mut()
        .filter(|(name, _)| name == "authorization")
        .for_each(|(_, value)| *value = "SKIP".to_owned());
    assert_eq!(wire.sorted(), headers);
}
