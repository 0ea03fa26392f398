//! The operations with a key after which RAM is searched.

use core::{hint, mem, num::NonZeroU64};

use footprint::{OUT, Peripheral, fixture};
use tc3_core::{
    CachingSha256, Call, ContentType, Credentials, DaySigner, HashedPayload, Request, Sha256Engine, Signer,
    SigningKey, Software, Timestamp,
    v1::{self, Algorithm},
    verify::{Body, Message, Verifier, tc3::Claim},
};

pub(crate) struct Scene {
    pub(crate) name: &'static str,
    /// Returns `None` if the operation failed.
    pub(crate) play: fn(&mut [u8; OUT]) -> Option<()>,
}

const fn scene(name: &'static str, play: fn(&mut [u8; OUT]) -> Option<()>) -> Scene {
    Scene { name, play }
}

pub(crate) const SCENES: [Scene; 26] = [
    scene("nothing", |_| Some(())),
    scene("tc3 cold", |out| signed(Software::new(), 1, out)),
    scene("tc3 cached", |out| signed(CachingSha256::new(), 2, out)),
    scene("tc3 on a peripheral", |out| signed(Peripheral::new(), 2, out)),
    scene("tc3 prepared", prepared),
    scene("tc3 with a streamed body", streamed),
    scene("tc3 with an unsigned payload", unsigned),
    scene("tc3 into a short buffer", short_buffer),
    scene("renewed credentials", renewed),
    scene("a signing key exported and imported", exported),
    scene("DaySigner", |out| day_signer(Software::new(), true, out)),
    scene("DaySigner on a peripheral", |out| day_signer(Peripheral::new(), true, out)),
    scene("DaySigner on another day", |out| day_signer(Software::new(), false, out)),
    scene("verify TC3, right", |_| verified(b'8').then_some(())),
    scene("verify TC3, wrong", |_| (!verified(b'9')).then_some(())),
    scene("v1 HmacSHA256", |out| v1(Algorithm::HmacSha256, Software::new(), out)),
    scene("v1 HmacSHA1", |out| v1(Algorithm::HmacSha1, Software::new(), out)),
    scene("v1 cached", |out| v1(Algorithm::HmacSha256, CachingSha256::new(), out)),
    scene("v1 on a peripheral", |out| v1(Algorithm::HmacSha256, Peripheral::new(), out)),
    scene("v1 into a short buffer", |out| {
        v1(Algorithm::HmacSha1, Software::new(), out.get_mut(..64)?).is_none().then_some(())
    }),
    scene("verify HmacSHA256, right", |out| v1_verified(Algorithm::HmacSha256, false, out)),
    scene("verify HmacSHA256, wrong", |out| v1_verified(Algorithm::HmacSha256, true, out)),
    scene("verify HmacSHA1, right", |out| v1_verified(Algorithm::HmacSha1, false, out)),
    scene("verify HmacSHA1, wrong", |out| v1_verified(Algorithm::HmacSha1, true, out)),
    // These leave copies, which the search must find.
    scene("a planted copy of the key", copied),
    scene("a planted signer, not dropped", forgotten),
];

fn call() -> Option<Call<'static>> {
    Some(fixture::api().ok()?.action(fixture::action()).region(fixture::region()))
}

fn request() -> Option<Request<'static>> {
    call()?.text(ContentType::JsonUtf8, fixture::body()).ok()
}

fn signer() -> Option<Signer<'static>> {
    Some(Signer::new(fixture::credentials().ok()?))
}

fn now() -> Option<Timestamp> {
    fixture::now().ok()
}

fn signed(hash: impl Sha256Engine, times: usize, out: &mut [u8; OUT]) -> Option<()> {
    let (request, mut signer) = (request()?, Signer::with_hash(fixture::credentials().ok()?, hash));
    for _ in 0..times {
        signer.sign(&request, now()?).head().encode(out).ok()?;
    }
    Some(())
}

fn prepared(out: &mut [u8; OUT]) -> Option<()> {
    let (request, mut signer) = (request()?, signer()?);
    let prepared = signer.prepare(&request);
    signer.sign_prepared(&prepared, now()?).head().encode(out).ok().map(drop)
}

fn streamed(out: &mut [u8; OUT]) -> Option<()> {
    let payload = HashedPayload::of(fixture::body().as_bytes());
    let request = call()?.streamed(ContentType::JsonUtf8, &payload).ok()?;
    signer()?.sign(&request, now()?).head().encode(out).ok().map(drop)
}

fn unsigned(out: &mut [u8; OUT]) -> Option<()> {
    let request = call()?.unsigned(ContentType::Octets, 7).ok()?;
    signer()?.sign(&request, now()?).head().encode(out).ok().map(drop)
}

fn short_buffer(out: &mut [u8; OUT]) -> Option<()> {
    let request = request()?;
    signer()?.sign(&request, now()?).head().encode(out.get_mut(..64)?).err().map(drop)
}

fn renewed(out: &mut [u8; OUT]) -> Option<()> {
    let (request, mut signer) = (request()?, signer()?);
    signer.sign(&request, now()?).head().encode(out).ok()?;
    signer.renew(Credentials::new("AKIDEXAMPLE", "key").ok()?);
    // Never dropped, because the old key must already be wiped.
    mem::forget(hint::black_box(signer));
    Some(())
}

fn exported(_: &mut [u8; OUT]) -> Option<()> {
    let key = signer()?.signing_key(&fixture::api().ok()?, now()?);
    // Checked by reference, because moving the key would leave a copy.
    let imported = SigningKey::import(key.expose(), key.service(), now()?);
    (imported.as_ref().ok()?.day() == key.day()).then_some(())
}

fn day_signer(hash: impl Sha256Engine, of_today: bool, out: &mut [u8; OUT]) -> Option<()> {
    let (request, today) = (request()?, now()?);
    let tomorrow = Timestamp::from_unix(today.unix().saturating_add(86_400)).ok()?;
    let key = signer()?.signing_key(&fixture::api().ok()?, today);
    let mut device = DaySigner::with_hash(fixture::credentials().ok()?.identity(), &key, hash);
    if of_today {
        device.sign(&request, today).ok()?.head().encode(out).ok().map(drop)
    } else {
        device.sign(&request, tomorrow).err().map(drop)
    }
}

/// Whether a signature that ends with this digit is accepted.
fn verified(last: u8) -> bool {
    let mut authorization = *b"TC3-HMAC-SHA256 Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3xxxx/2019-02-25/cvm/\
        tc3_request, SignedHeaders=content-type;host, \
        Signature=7940295dee5eed8199f63a36695f4ec0c1f4e20af0091970ad50e676045cc928";
    if let Some(digit) = authorization.last_mut() {
        *digit = last;
    }
    let headers: [(&str, &[u8]); 6] = [
        ("Host", b"cvm.tencentcloudapi.com"),
        ("Content-Type", b"application/json; charset=utf-8"),
        ("X-TC-Action", b"DescribeInstances"),
        ("X-TC-Version", b"2017-03-12"),
        ("X-TC-Timestamp", b"1551113065"),
        ("Authorization", &authorization),
    ];
    let body = Body::Whole(fixture::body().as_bytes());
    let message = Message { method: "POST", target: "/", headers: &headers, body };
    let (Ok(claim), Ok(credentials), Ok(now)) =
        (Claim::read(&message), fixture::credentials(), fixture::now())
    else {
        return false;
    };
    Verifier::new().tc3(&claim, &credentials, now).is_ok()
}

fn v1(algorithm: Algorithm, hash: impl Sha256Engine, out: &mut [u8]) -> Option<()> {
    let request = call()?.v1(v1::Method::Post, algorithm, v1::Params::EMPTY).ok()?;
    let mut signer = Signer::with_hash(fixture::credentials().ok()?, hash);
    let signed = signer.sign_v1(&request, now()?, v1::Nonce::new(NonZeroU64::MIN)).ok()?;
    signed.wire().encode(out).ok().map(drop)
}

/// Succeeds if a right signature is accepted, or a wrong one refused.
fn v1_verified(algorithm: Algorithm, is_wrong: bool, out: &mut [u8; OUT]) -> Option<()> {
    v1(algorithm, Software::new(), out)?;
    let len = out.iter().position(|byte| *byte == 0)?;
    let at = out.windows(6).position(|window| window == b"Nonce=")?.checked_add(6)?;
    *out.get_mut(at)? = if is_wrong { b'2' } else { b'1' };
    let headers: [(&str, &[u8]); 2] =
        [("Host", b"cvm.tencentcloudapi.com"), ("Content-Type", b"application/x-www-form-urlencoded")];
    let body = Body::Whole(out.get(..len)?);
    let message = Message { method: "POST", target: "/", headers: &headers, body };
    let mut parameters = [tc3_core::verify::v1::Parameter::default(); 12];
    let claim = tc3_core::verify::v1::Claim::read(&message, &mut parameters).ok()?;
    let verdict = Verifier::new().v1(&claim, &fixture::credentials().ok()?, now()?);
    (verdict.is_err() == is_wrong).then_some(())
}

fn copied(out: &mut [u8; OUT]) -> Option<()> {
    let key = fixture::key().as_bytes().get(8..16)?;
    out.iter_mut().zip(key).for_each(|(to, from)| *to = *from ^ 0x36);
    Some(())
}

fn forgotten(out: &mut [u8; OUT]) -> Option<()> {
    let (request, mut signer) = (request()?, signer()?);
    signer.sign(&request, now()?).head().encode(out).ok()?;
    mem::forget(hint::black_box(signer));
    Some(())
}
