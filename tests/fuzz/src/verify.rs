//! What TC3 signs verifies, and what was changed on the way does not, unless what is signed is the same.

use crate::naive::Wire;
use crate::received::Received;
use crate::request::Drawn;
use crate::source::Source;
use sha2::{Digest, Sha256};
use tc3_core::verify::{Rejection, Verifier, WINDOW, tc3::Claim};
use tc3_core::{Credentials, Signer, Timestamp};

/// A signed request, then the same one changed; or anything at all.
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
        Received::from(Wire::read(&head, drawn.body()))
    });
    let Ok(sent) = sent else { return };
    assert_eq!(judged(&sent, &credentials, now), Ok(()));
    in_time(&sent, &credentials, drawn.draft.time, source.short() as u64);
    let received = sent.tampered(&mut source);
    if judged(&received, &credentials, now).is_ok() {
        let names = drawn.signed();
        let before = signed(&sent, &names, &sent.hosts()[0]);
        assert!(received.hosts().iter().any(|host| signed(&received, &names, host) == before));
    }
}

fn forged(source: &mut Source<'_>) {
    let credentials = Credentials::new("AKIDEXAMPLE", "not-to-be-known").expect("they are well formed");
    let received = Received::any(source);
    let now = Timestamp::from_unix(1_551_113_065).expect("it is a time");
    let refused = judged(&received, &credentials, now).expect_err("nobody can sign without the key");
    assert!(!refused.to_string().is_empty() && !refused.code().is_empty());
}

fn judged(received: &Received, credentials: &Credentials<'_>, now: Timestamp) -> Result<(), Rejection> {
    received.with(|message| Verifier::new().tc3(&Claim::read(message)?, credentials, now))
}

/// "A greater-than-5-minute difference […] can cause your signature to expire."
fn in_time(sent: &Received, credentials: &Credentials<'_>, time: u64, seconds: u64) {
    let window = WINDOW;
    let expected =
        if seconds > u64::from(window) { Err(Rejection::Expired { seconds, window }) } else { Ok(()) };
    for now in [time.checked_sub(seconds), time.checked_add(seconds)].into_iter().flatten() {
        if let Ok(now) = Timestamp::from_unix(now) {
            assert_eq!(judged(sent, credentials, now), expected);
        }
    }
}

/// All that decides: what is signed, by whom, when, and the signature itself.
fn signed(of: &Received, names: &[String], host: &[u8]) -> Vec<Vec<u8>> {
    let is_unsigned = of.header("x-tc-content-sha256") == b"UNSIGNED-PAYLOAD";
    let payload = if is_unsigned { b"UNSIGNED-PAYLOAD" } else { &of.body[..] };
    let fields = of.header("authorization").split(|byte| *byte == b',');
    // Behind the algorithm too, more than one blank says nothing.
    let fields = fields.flat_map(|field| field.trim_ascii().splitn(2, |byte| *byte == b' '));
    let authorization = fields.map(|field| field.trim_ascii().to_vec());
    let headers =
        names.iter().filter(|name| *name != "host").map(|name| of.header(name).to_ascii_lowercase());
    // A `?` that nothing follows asks nothing.
    let target = of.target.strip_suffix('?').unwrap_or(&of.target);
    let target = if of.target.find('?') == Some(target.len()) { target } else { &of.target };
    let fixed = [of.method.as_bytes(), target.as_bytes(), host, &Sha256::digest(payload)].map(<[u8]>::to_vec);
    let read = ["x-tc-timestamp", "x-tc-token"].map(|name| of.header(name).to_vec());
    fixed.into_iter().chain(read).chain(headers).chain(authorization).collect()
}
