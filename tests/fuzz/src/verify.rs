//! A TC3 signature verifies. After a change it does not, unless the change affects nothing that is signed.

use crate::naive::Wire;
use crate::received::Received;
use crate::request::Drawn;
use crate::source::Source;
use sha2::{Digest, Sha256};
use tc3_core::verify::{Rejection, Verifier, WINDOW, tc3::Claim};
use tc3_core::{Credentials, Signer, Timestamp};

/// Verifies a signed request, then a changed copy; or an arbitrary request.
pub fn check(data: &[u8]) {
    let mut source = Source::new(data);
    if source.one_in(8) {
        return forged(&mut source);
    }
    let drawn = Drawn::new(&mut source);
    let Ok(credentials) = drawn.draft.credentials() else { return };
    let now = drawn.draft.now();
    let sent = drawn.with(|request| {
        let head = Signer::new(credentials).sign(&request, now).head().to_string();
        Received::from(Wire::parse(&head, drawn.body()))
    });
    let Ok(sent) = sent else { return };
    assert_eq!(verify(&sent, &credentials, now), Ok(()));
    check_window(&sent, &credentials, drawn.draft.time, source.short() as u64);
    let received = sent.tampered(&mut source);
    if verify(&received, &credentials, now).is_ok() {
        let names = drawn.signed();
        let before = signed_data(&sent, &names, &sent.hosts()[0]);
        assert!(received.hosts().iter().any(|host| signed_data(&received, &names, host) == before));
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
    received.with(|message| Verifier::new().tc3(&Claim::read(message)?, credentials, now))
}

/// "A greater-than-5-minute difference […] can cause your signature to expire."
fn check_window(sent: &Received, credentials: &Credentials<'_>, time: u64, seconds: u64) {
    let window = WINDOW;
    let expected =
        if seconds > u64::from(window) { Err(Rejection::Expired { seconds, window }) } else { Ok(()) };
    for now in [time.checked_sub(seconds), time.checked_add(seconds)].into_iter().flatten() {
        if let Ok(now) = Timestamp::from_unix(now) {
            assert_eq!(verify(sent, credentials, now), expected);
        }
    }
}

/// Everything that the verifier's result depends on: the signed data, the credential, the time and the
/// signature.
fn signed_data(of: &Received, names: &[String], host: &[u8]) -> Vec<Vec<u8>> {
    let is_unsigned = of.header("x-tc-content-sha256") == b"UNSIGNED-PAYLOAD";
    let payload = if is_unsigned { b"UNSIGNED-PAYLOAD" } else { &of.body[..] };
    let fields = of.header("authorization").split(|byte| *byte == b',');
    // Any number of spaces may follow the algorithm.
    let fields = fields.flat_map(|field| field.trim_ascii().splitn(2, |byte| *byte == b' '));
    let authorization = fields.map(|field| field.trim_ascii().to_vec());
    let headers =
        names.iter().filter(|name| *name != "host").map(|name| of.header(name).to_ascii_lowercase());
    // A `?` at the end means an empty query, as no `?` does.
    let target = of.target.strip_suffix('?').unwrap_or(&of.target);
    let target = if of.target.find('?') == Some(target.len()) { target } else { &of.target };
    let fixed = [of.method.as_bytes(), target.as_bytes(), host, &Sha256::digest(payload)].map(<[u8]>::to_vec);
    let read = ["x-tc-timestamp", "x-tc-token"].map(|name| of.header(name).to_vec());
    fixed.into_iter().chain(read).chain(headers).chain(authorization).collect()
}
