//! tc3-core through its public interface. The contenders differ in what they prepare in advance.

use std::hint::black_box;

use tc3_core::{
    Authorization, CachingSha256, Call, ContentType, DaySigner, Encoded, Sha256Engine, Signer, SigningKey,
};

use crate::contender::{self, Contender, writing};
use crate::fixture::{API, CALL, SECOND, SERVICE, at, credentials, request};

/// Also named in the goals.
pub(crate) const CACHED: &str = "tc3-core, key and first block cached";

pub(crate) fn contenders(body: &'static str) -> [Contender; 6] {
    let twin = || Some(cached(CALL, body, SECOND));
    let row = |name, signer| Contender { name, kind: "ours", signer, twin: twin() };
    [
        row("tc3-core, key derived each time", cold(body)),
        row("tc3-core, key cached", repeated(Signer::new(credentials()), CALL, body, SECOND)),
        row(CACHED, cached(CALL, body, SECOND)),
        row("tc3-core, body prepared", prepared(body)),
        row("tc3-core, key imported", imported(body)),
        row("tc3-core, first block cached, request built", built(body)),
    ]
}

fn write(value: &Encoded<Authorization<'_>>, out: &mut [u8]) -> usize {
    value.encode(out).map_or(0, <[u8]>::len)
}

fn cold(body: &'static str) -> contender::Signer {
    let (request, credentials, now) = (request(CALL, body), credentials(), at(SECOND));
    writing(move |out| {
        let mut signer = Signer::new(black_box(credentials));
        write(&signer.sign(black_box(request), black_box(now)).authorization(), out)
    })
}

/// A signer that caches the first block.
fn caching() -> Signer<'static, CachingSha256> {
    Signer::with_hash(credentials(), CachingSha256::new())
}

pub(crate) fn cached(call: Call<'static>, body: &'static str, second: u64) -> contender::Signer {
    repeated(caching(), call, body, second)
}

fn repeated<H: Sha256Engine + 'static>(
    mut signer: Signer<'static, H>,
    call: Call<'static>,
    body: &'static str,
    second: u64,
) -> contender::Signer {
    let (request, now) = (request(call, body), at(second));
    writing(move |out| write(&signer.sign(black_box(request), black_box(now)).authorization(), out))
}

fn prepared(body: &'static str) -> contender::Signer {
    let (request, now, mut signer) = (request(CALL, body), at(SECOND), Signer::new(credentials()));
    let prepared = signer.prepare(request);
    writing(move |out| {
        write(&signer.sign_prepared(black_box(&prepared), black_box(now)).authorization(), out)
    })
}

fn imported(body: &'static str) -> contender::Signer {
    let (request, now, credentials) = (request(CALL, body), at(SECOND), credentials());
    let exported = *Signer::new(credentials).signing_key(&API, now).expose();
    writing(move |out| {
        let now = black_box(now);
        let Ok(key) = SigningKey::import(black_box(&exported), SERVICE, now) else { return 0 };
        let mut device = DaySigner::new(credentials.identity(), &key);
        device.sign(black_box(request), now).map_or(0, |signed| write(&signed.authorization(), out))
    })
}

fn built(body: &'static str) -> contender::Signer {
    let (now, mut signer) = (at(SECOND), caching());
    writing(move |out| {
        let built = black_box(CALL).post(ContentType::JsonUtf8, black_box(body).as_bytes());
        built.map_or(0, |request| write(&signer.sign(&request, black_box(now)).authorization(), out))
    })
}
