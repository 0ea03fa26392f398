//! tc3-core by its public interface, in every state that a key can be in.

use std::hint::black_box;

use tc3_core::{
    Authorization, CachingSha256, Call, ContentType, DaySigner, Encoded, Sha256Engine, Signer, SigningKey,
};

use crate::contender::{Contender, Kind, Sign, Writing};
use crate::fixture::{API, CALL, SECOND, SERVICE, at, credentials, request};

/// The key derived each time; kept for the day; how the request begins recalled; the body known too; the
/// day's key handed over anew; and the request built and checked anew besides.
pub(crate) fn contenders(body: &'static str) -> [Contender; 6] {
    let row = |name, signer: Box<dyn Sign>| {
        let twin = Some(cached(CALL, body, SECOND));
        Contender { name, kind: Kind::Ours, signer, twin }
    };
    [
        row("tc3-core, key derived each time", Box::new(Writing::new(cold(body)))),
        row("tc3-core, key cached", again(Signer::new(credentials()), CALL, body, SECOND)),
        row("tc3-core, key and first block cached", cached(CALL, body, SECOND)),
        row("tc3-core, body prepared", Box::new(Writing::new(prepared(body)))),
        row("tc3-core, key handed over", Box::new(Writing::new(handed_over(body)))),
        row("tc3-core, first block cached, request built", Box::new(Writing::new(built(body)))),
    ]
}

fn write(text: &Encoded<Authorization<'_>>, out: &mut [u8]) -> usize {
    text.encode(out).map_or(0, <[u8]>::len)
}

fn cold(body: &'static str) -> impl FnMut(&mut [u8]) -> usize {
    let (request, credentials, now) = (request(CALL, body), credentials(), at(SECOND));
    move |out| {
        let mut signer = Signer::new(black_box(credentials));
        write(&signer.sign(black_box(request), black_box(now)).authorization(), out)
    }
}

/// As whoever signs often would have it.
fn quick() -> Signer<'static, CachingSha256> {
    Signer::with_hash(credentials(), CachingSha256::new())
}

pub(crate) fn cached(call: Call<'static>, body: &'static str, second: u64) -> Box<dyn Sign> {
    again(quick(), call, body, second)
}

fn again<H: Sha256Engine + 'static>(
    mut signer: Signer<'static, H>,
    call: Call<'static>,
    body: &'static str,
    second: u64,
) -> Box<dyn Sign> {
    let (request, now) = (request(call, body), at(second));
    Box::new(Writing::new(move |out: &mut [u8]| {
        write(&signer.sign(black_box(request), black_box(now)).authorization(), out)
    }))
}

fn prepared(body: &'static str) -> impl FnMut(&mut [u8]) -> usize {
    let (request, now, mut signer) = (request(CALL, body), at(SECOND), Signer::new(credentials()));
    let prepared = signer.prepare(request);
    move |out| write(&signer.sign_prepared(black_box(&prepared), black_box(now)).authorization(), out)
}

fn handed_over(body: &'static str) -> impl FnMut(&mut [u8]) -> usize {
    let (request, now, credentials) = (request(CALL, body), at(SECOND), credentials());
    let exported = *Signer::new(credentials).signing_key(&API, now).expose();
    move |out| {
        let now = black_box(now);
        let key = SigningKey::import(black_box(&exported), SERVICE, now);
        let signed = key.map(|key| {
            let mut device = DaySigner::new(credentials.identity(), &key);
            device.sign(black_box(request), now).map_or(0, |signed| write(&signed.authorization(), out))
        });
        signed.unwrap_or_default()
    }
}

fn built(body: &'static str) -> impl FnMut(&mut [u8]) -> usize {
    let (now, mut signer) = (at(SECOND), quick());
    move |out| {
        let built = black_box(CALL).post(ContentType::JsonUtf8, black_box(body).as_bytes());
        built.map_or(0, |request| write(&signer.sign(&request, black_box(now)).authorization(), out))
    }
}
