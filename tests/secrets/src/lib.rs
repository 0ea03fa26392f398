//! Every operation with a key. Under valgrind (`main.rs`) no branch and no address may depend on the key. On boards
//! (the image `residue` of tests/footprint) no copy of it may be left in RAM.
#![no_std]

use core::{hint::black_box, mem, num::NonZeroU64};

use tc3_core::{
    Api, CachingSha256, Call, ContentType, Credentials, DaySigner, HashedPayload, Host, Request,
    Sha256Engine, Signer, SigningKey, Software, Timestamp,
    v1::{
        self,
        Algorithm::{self, HmacSha1, HmacSha256},
    },
    verify::{self, Body, Message, Verifier},
};

/// Size of the buffer that an operation writes to.
pub const OUT: usize = 1024;

/// A key, and what marks it as secret before its use.
#[derive(Debug)]
pub struct Key<'k> {
    /// The SecretKey.
    pub text: &'k str,
    /// For memcheck.
    pub hide: fn(&[u8]),
}

/// An operation with a key.
#[derive(Debug)]
pub struct Operation {
    /// The name.
    pub name: &'static str,
    /// For a check, its result.
    pub verdict: Option<Verdict>,
    /// Writes the result to the start of the buffer and returns its length, or `None` if the operation failed.
    pub run: Run,
}

/// A function of the key and the buffer.
pub type Run = fn(&Key<'_>, &mut [u8; OUT]) -> Option<usize>;

/// The result of a check. The code may branch on it, and on nothing else.
#[derive(Debug)]
pub struct Verdict {
    /// The byte that the operation writes: 1 for accepted, 0 for refused.
    pub is: u8,
    /// The number of comparisons on whose results the code branches: form of the key, token, signature.
    pub comparisons: usize,
}

/// All operations.
pub const OPERATIONS: [Operation; 29] = [
    operation("nothing", |_, _| Some(0)),
    judged("Credentials::new", ACCEPTED, 1, credentials_new),
    operation("tc3 cold", |key, out| repeated(key, Software::new(), 1, out)),
    operation("tc3 cached", |key, out| repeated(key, CachingSha256::new(), 2, out)),
    operation("tc3 on a peripheral", |key, out| repeated(key, Peripheral::default(), 2, out)),
    operation("tc3 prepared", prepared),
    operation("tc3 with a streamed body", streamed),
    operation("tc3 with an unsigned payload", |key, out| {
        tc3(key, &call()?.unsigned(ContentType::Octets, 7).ok()?, out)
    }),
    operation("tc3 into a short buffer", |key, out| {
        tc3(key, &request()?, out.get_mut(..64)?).is_none().then_some(0)
    }),
    operation("renewed credentials", renewed),
    operation("a signing key exported and imported", exported),
    operation("DaySigner", |key, out| day_signer(key, Software::new(), 0, out)),
    operation("DaySigner on a peripheral", |key, out| day_signer(key, Peripheral::default(), 0, out)),
    operation("DaySigner on another day", |key, out| {
        day_signer(key, Software::new(), 1, out).is_none().then_some(0)
    }),
    operation("v1 HmacSHA256", |key, out| v1(key, HmacSha256, Software::new(), out)),
    operation("v1 HmacSHA1", |key, out| v1(key, HmacSha1, Software::new(), out)),
    operation("v1 cached", |key, out| v1(key, HmacSha256, CachingSha256::new(), out)),
    operation("v1 on a peripheral", |key, out| v1(key, HmacSha256, Peripheral::default(), out)),
    operation("v1 into a short buffer", |key, out| {
        v1(key, HmacSha1, Software::new(), out.get_mut(..8)?).is_none().then_some(0)
    }),
    judged("verify TC3", ACCEPTED, 2, |key, out| verify_tc3(key, Wrong::Nothing, out)),
    judged("verify TC3, token wrong", REFUSED, 1, |key, out| verify_tc3(key, Wrong::Token, out)),
    judged("verify TC3, first digit wrong", REFUSED, 2, |key, out| verify_tc3(key, Wrong::Digit(0), out)),
    judged("verify TC3, last digit wrong", REFUSED, 2, |key, out| verify_tc3(key, Wrong::Digit(63), out)),
    judged("verify SHA-1", ACCEPTED, 2, |key, out| verify_v1(key, HmacSha1, Wrong::Nothing, out)),
    judged("verify SHA-1, token wrong", REFUSED, 1, |key, out| verify_v1(key, HmacSha1, Wrong::Token, out)),
    judged("verify SHA-1, key wrong", REFUSED, 2, |key, out| verify_v1(key, HmacSha1, Wrong::Key, out)),
    judged("verify SHA-256", ACCEPTED, 2, |key, out| verify_v1(key, HmacSha256, Wrong::Nothing, out)),
    judged("verify SHA-256, token wrong", REFUSED, 1, |key, out| {
        verify_v1(key, HmacSha256, Wrong::Token, out)
    }),
    judged("verify SHA-256, key wrong", REFUSED, 2, |key, out| verify_v1(key, HmacSha256, Wrong::Key, out)),
];

const REFUSED: u8 = 0;
const ACCEPTED: u8 = 1;

/// An operation that is no check.
#[must_use]
pub const fn operation(name: &'static str, run: Run) -> Operation {
    Operation { name, verdict: None, run }
}

const fn judged(name: &'static str, is: u8, comparisons: usize, run: Run) -> Operation {
    Operation { name, verdict: Some(Verdict { is, comparisons }), run }
}

const ID: &str = "AKIDEXAMPLE";
const TOKEN: &str = "a-token-that-is-compared";
const NONCE: v1::Nonce = v1::Nonce::new(NonZeroU64::MIN);

// `black_box` keeps the compiler from computing with constants, which no caller has.

fn api() -> Option<Api<'static>> {
    let api = Api::new(black_box("cvm"), black_box("2017-03-12")).ok()?;
    Some(api.at(Host::Unchecked(black_box("cvm.tencentcloudapi.com"))))
}

fn call() -> Option<Call<'static>> {
    Some(api()?.action(black_box("DescribeInstances")).region(black_box("ap-guangzhou")))
}

fn body() -> &'static str {
    black_box(r#"{"Offset":0,"Limit":10}"#)
}

fn request() -> Option<Request<'static>> {
    call()?.text(ContentType::JsonUtf8, body()).ok()
}

fn form(algorithm: Algorithm) -> Option<v1::Request<'static>> {
    call()?.v1(v1::Method::Post, algorithm, v1::Params::EMPTY).ok()
}

/// 2019-02-25T16:44:25Z.
fn now() -> Option<Timestamp> {
    Timestamp::from_unix(black_box(1_551_113_065)).ok()
}

impl<'k> Key<'k> {
    /// Hides the key only after the check of its form, which branches on the result.
    fn credentials(&self) -> Option<Credentials<'k>> {
        let credentials = Credentials::new(ID, self.text).ok()?;
        (self.hide)(self.text.as_bytes());
        Some(credentials)
    }

    fn signer(&self) -> Option<Signer<'k>> {
        Some(Signer::new(self.credentials()?))
    }

    /// Hides the key and the token that a message should have.
    fn verify(&self, wrong: Wrong, check: impl FnOnce(&Credentials<'_>) -> bool) -> Option<bool> {
        // Not a static, because a token that is hidden stays so.
        let token =
            *if wrong == Wrong::Token { b"a-token-that-is-comparee" } else { b"a-token-that-is-compared" };
        let credentials = Credentials::temporary(ID, self.text, str::from_utf8(&token).ok()?).ok()?;
        (self.hide)(self.text.as_bytes());
        (self.hide)(&token);
        Some(check(&credentials))
    }
}

/// Writes the result of a check.
fn write(is_accepted: bool, out: &mut [u8; OUT]) -> Option<usize> {
    *out.first_mut()? = if is_accepted { ACCEPTED } else { REFUSED };
    Some(1)
}

fn credentials_new(key: &Key<'_>, out: &mut [u8; OUT]) -> Option<usize> {
    (key.hide)(key.text.as_bytes());
    let credentials = black_box(Credentials::new(ID, key.text));
    write(credentials.is_ok(), out)
}

fn tc3(key: &Key<'_>, request: &Request<'_>, out: &mut [u8]) -> Option<usize> {
    Some(key.signer()?.sign(request, now()?).head().encode(out).ok()?.len())
}

fn repeated(key: &Key<'_>, hash: impl Sha256Engine, times: usize, out: &mut [u8; OUT]) -> Option<usize> {
    let (request, mut signer, mut len) = (request()?, Signer::with_hash(key.credentials()?, hash), 0);
    for _ in 0..times {
        len = signer.sign(&request, now()?).head().encode(out).ok()?.len();
    }
    Some(len)
}

fn prepared(key: &Key<'_>, out: &mut [u8; OUT]) -> Option<usize> {
    let (request, mut signer) = (request()?, key.signer()?);
    let prepared = signer.prepare(&request);
    Some(signer.sign_prepared(&prepared, now()?).head().encode(out).ok()?.len())
}

fn streamed(key: &Key<'_>, out: &mut [u8; OUT]) -> Option<usize> {
    let payload = HashedPayload::of(body().as_bytes());
    tc3(key, &call()?.streamed(ContentType::JsonUtf8, &payload).ok()?, out)
}

fn renewed(key: &Key<'_>, out: &mut [u8; OUT]) -> Option<usize> {
    let (request, mut signer) = (request()?, key.signer()?);
    let len = signer.sign(&request, now()?).head().encode(out).ok()?.len();
    signer.renew(Credentials::new(ID, "key").ok()?);
    // Never dropped, because the old key must already be wiped.
    mem::forget(black_box(signer));
    Some(len)
}

fn exported(key: &Key<'_>, _: &mut [u8; OUT]) -> Option<usize> {
    let key = key.signer()?.signing_key(&api()?, now()?);
    // Checked by reference, because moving the key would leave a copy.
    let imported = SigningKey::import(key.expose(), key.service(), now()?);
    (imported.as_ref().ok()?.day() == key.day()).then_some(0)
}

/// Signs this number of days after the key's day, which is refused but for 0.
fn day_signer(key: &Key<'_>, hash: impl Sha256Engine, days: u64, out: &mut [u8; OUT]) -> Option<usize> {
    let (request, today, credentials) = (request()?, now()?, key.credentials()?);
    let day = Timestamp::from_unix(today.unix().saturating_add(days.saturating_mul(86_400))).ok()?;
    let key = Signer::new(credentials).signing_key(&api()?, today);
    let mut device = DaySigner::with_hash(credentials.identity(), &key, hash);
    Some(device.sign(&request, day).ok()?.head().encode(out).ok()?.len())
}

/// Writes only the signature, because percent-encoding branches on it before it is published.
fn v1(key: &Key<'_>, algorithm: Algorithm, hash: impl Sha256Engine, out: &mut [u8]) -> Option<usize> {
    let (request, mut signer) = (form(algorithm)?, Signer::with_hash(key.credentials()?, hash));
    // The second time with everything cached that can be.
    signer.sign_v1(&request, now()?, NONCE).ok()?;
    Some(signer.sign_v1(&request, now()?, NONCE).ok()?.signature().encode(out).ok()?.len())
}

/// What is wrong with a message that is verified.
#[derive(Clone, Copy, PartialEq)]
enum Wrong {
    Nothing,
    Token,
    /// A digit of the signature.
    Digit(usize),
    /// It was signed with another key.
    Key,
}

fn verify_tc3(key: &Key<'_>, wrong: Wrong, out: &mut [u8; OUT]) -> Option<usize> {
    let (request, now) = (request()?, now()?);
    let mut signer = Signer::new(Credentials::temporary(ID, key.text, TOKEN).ok()?);
    let len = signer.sign(&request, now).head().encode(out).ok()?.len();
    if let Wrong::Digit(digit) = wrong {
        let mark = b"Signature=";
        let at = out.windows(mark.len()).position(|window| window == mark)?;
        let digit = out.get_mut(at.checked_add(mark.len())?..)?.get_mut(digit)?;
        *digit = if *digit == b'0' { b'1' } else { b'0' };
    }
    let head = str::from_utf8(out.get(..len)?).ok()?;
    let lines = head.split("\r\n").filter_map(|line| line.split_once(": "));
    let mut headers = [("", &b""[..]); 16];
    let places = headers.iter_mut().zip(lines);
    let count = places.map(|(header, (name, value))| *header = (name, value.as_bytes())).count();
    let (headers, body) = (headers.get(..count)?, Body::Whole(body().as_bytes()));
    let message = Message { method: "POST", target: "/", headers, body };
    let claim = verify::tc3::Claim::read(&message).ok()?;
    let is_accepted = key.verify(wrong, |credentials| Verifier::new().tc3(&claim, credentials, now).is_ok());
    write(is_accepted?, out)
}

fn verify_v1(key: &Key<'_>, algorithm: Algorithm, wrong: Wrong, out: &mut [u8; OUT]) -> Option<usize> {
    let (request, now) = (form(algorithm)?, now()?);
    let signed_with = if wrong == Wrong::Key { "another-key" } else { key.text };
    let mut signer = Signer::new(Credentials::temporary(ID, signed_with, TOKEN).ok()?);
    let body = Body::Whole(signer.sign_v1(&request, now, NONCE).ok()?.wire().encode(out).ok()?);
    let headers: [(&str, &[u8]); 2] =
        [("Host", b"cvm.tencentcloudapi.com"), ("Content-Type", b"application/x-www-form-urlencoded")];
    let message = Message { method: "POST", target: "/", headers: &headers, body };
    let mut parameters = [verify::v1::Parameter::default(); 12];
    let claim = verify::v1::Claim::read(&message, &mut parameters).ok()?;
    let is_accepted = key.verify(wrong, |credentials| Verifier::new().v1(&claim, credentials, now).is_ok());
    write(is_accepted?, out)
}

/// Stands for a peripheral that does not support midstates.
#[derive(Debug, Default)]
pub struct Peripheral(Software);

impl Sha256Engine for Peripheral {
    fn begin(&mut self) {
        self.0.begin();
    }

    fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&mut self, digest: &mut [u8; 32]) {
        self.0.finish(digest);
    }
}
