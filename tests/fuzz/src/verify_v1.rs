//! A v1 signature verifies. After a change it does not, unless the string to sign is still the same.

use crate::naive::Wire;
use crate::received::Received;
use crate::source::Source;
use crate::v1::Drawn;
use tc3_core::verify::{Rejection, Verifier, v1};
use tc3_core::{Credentials, Timestamp};

/// Verifies a signed request, then a changed copy; or an arbitrary request.
pub fn check(data: &[u8]) {
    let mut source = Source::new(data);
    if source.one_in(8) {
        return forged(&mut source);
    }
    let drawn = Drawn::new(&mut source);
    let mut sent = None;
    let signed = drawn.with(source.one_in(2), |signed| {
        let body = if drawn.is_post() { signed.wire().to_string() } else { String::new() };
        sent = Some(Received::from(Wire::parse(&signed.head().to_string(), body.into_bytes())));
    });
    let (Ok(()), Some(sent), Ok(credentials)) = (signed, sent, drawn.draft.credentials()) else { return };
    let now = drawn.draft.now();
    assert_eq!(verify(&sent, &credentials, now), Ok(()));
    let received = sent.tampered(&mut source);
    if verify(&received, &credentials, now).is_ok() {
        let before = string_to_sign(&sent, &sent.hosts()[0]);
        assert_eq!(before, drawn.expected()[0].as_bytes());
        assert!(received.hosts().iter().any(|host| string_to_sign(&received, host) == before));
    }
}

fn forged(source: &mut Source<'_>) {
    let credentials = Credentials::new("AKIDEXAMPLE", "not-to-be-known").expect("they are valid");
    let received = Received::any(source);
    let now = Timestamp::from_unix(1_551_113_065).expect("it is valid");
    let refused = verify(&received, &credentials, now).expect_err("a signature needs the key");
    assert!(!refused.to_string().is_empty() && !refused.code().is_empty());
}

fn verify(received: &Received, credentials: &Credentials<'_>, now: Timestamp) -> Result<(), Rejection> {
    received.with(|message| {
        let form = received.body.iter().chain(received.target.as_bytes());
        let mut buffer = vec![v1::Parameter::default(); 1 + form.filter(|byte| **byte == b'&').count()];
        let claim = v1::Claim::read(message, &mut buffer)?;
        assert!(!format!("{claim:?}").is_empty() && claim.parameter("Nonce").is_some());
        Verifier::new().v1(&claim, credentials, now)
    })
}

/// Method, host, path, `?`, and all parameters except the signature, decoded and sorted.
fn string_to_sign(of: &Received, host: &[u8]) -> Vec<u8> {
    let (path, query) = of.target.split_once('?').unwrap_or((&of.target, ""));
    let form = if of.method == "POST" { &of.body[..] } else { query.as_bytes() };
    let split = |pair: &[u8]| {
        let at = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
        (decoded(&pair[..at]), decoded(pair.get(at + 1..).unwrap_or_default()))
    };
    let mut parameters: Vec<_> = form.split(|byte| *byte == b'&').map(split).collect();
    parameters.retain(|(name, _)| name != b"Signature");
    parameters.sort();
    let parameters: Vec<_> =
        parameters.iter().map(|(name, value)| [name, &b"="[..], value].concat()).collect();
    [of.method.as_bytes(), host, path.as_bytes(), b"?", &parameters.join(&b'&')].concat()
}

fn decoded(encoded: &[u8]) -> Vec<u8> {
    let (mut bytes, mut rest) = (Vec::new(), encoded.iter());
    while let Some(byte) = rest.next() {
        let mut digit =
            || rest.next().and_then(|digit| char::from(*digit).to_digit(16)).unwrap_or_default() as u8;
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => 16 * digit() + digit(),
            byte => *byte,
        });
    }
    bytes
}
