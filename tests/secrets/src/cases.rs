//! Every operation with a key.

use core::{error::Error, hint, num::NonZeroU64};
use tc3_core::{
    Api, CachingSha256, Credentials, DaySigner, Encoded, HeaderValue, Request, Sha256Engine, Signer,
    SigningKey, Software, Timestamp, api, v1,
    verify::{self, Body, Message, Verifier},
};

/// Observes the secrets and the work of a case.
pub(crate) trait Probe {
    /// Called with each secret before its use.
    fn secret(&mut self, bytes: &[u8]);
    /// Called before the observed work.
    fn begin(&mut self);
    /// Called after the observed work.
    fn end(&mut self);
}

/// A probe that does nothing.
pub(crate) struct NoProbe;

impl Probe for NoProbe {
    fn secret(&mut self, _: &[u8]) {}

    fn begin(&mut self) {}

    fn end(&mut self) {}
}

pub(crate) type Outcome = Result<Vec<u8>, Box<dyn Error>>;

/// An operation with a key.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) verdict: Option<Verdict>,
    pub(crate) run: fn(&str, &mut dyn Probe) -> Outcome,
}

/// The result of a check. The code may branch on it.
pub(crate) struct Verdict {
    /// 1 for accepted, 0 for refused.
    pub(crate) is: u8,
    /// The number of comparisons on whose results the code branches: form of the key, token, signature.
    pub(crate) comparisons: usize,
}

pub(crate) const CASES: [Case; 14] = [
    case("Credentials::new", credentials_new).accepts(1),
    case("tc3 cold", |key, probe| tc3(key, probe, Software::new(), 0)),
    case("tc3 cached", |key, probe| tc3(key, probe, CachingSha256::new(), 1)),
    case("tc3 prepared", prepared),
    case("a day's key derived", signing_key),
    case("DaySigner", day_signer),
    case("v1 HmacSHA1", |key, probe| v1(key, probe, v1::Algorithm::HmacSha1)),
    case("v1 HmacSHA256", |key, probe| v1(key, probe, v1::Algorithm::HmacSha256)),
    case("verify TC3", |key, probe| verify_tc3(key, probe, Signature::Right)).accepts(2),
    case("verify TC3, first digit wrong", |key, probe| verify_tc3(key, probe, Signature::FirstDigitWrong))
        .refuses(2),
    case("verify TC3, last digit wrong", |key, probe| verify_tc3(key, probe, Signature::LastDigitWrong))
        .refuses(2),
    case("verify HmacSHA1", |key, probe| verify_v1(key, probe, v1::Algorithm::HmacSha1, TOKEN)).accepts(2),
    case("verify HmacSHA256", |key, probe| verify_v1(key, probe, v1::Algorithm::HmacSha256, TOKEN))
        .accepts(2),
    case("verify HmacSHA256, wrong token", |key, probe| {
        verify_v1(key, probe, v1::Algorithm::HmacSha256, OTHER)
    })
    .refuses(1),
];

const fn case(name: &'static str, run: fn(&str, &mut dyn Probe) -> Outcome) -> Case {
    Case { name, verdict: None, run }
}

impl Case {
    const fn accepts(self, comparisons: usize) -> Self {
        Self { verdict: Some(Verdict { is: 1, comparisons }), ..self }
    }

    const fn refuses(self, comparisons: usize) -> Self {
        Self { verdict: Some(Verdict { is: 0, comparisons }), ..self }
    }
}

const API: Api<'_> = api!("cvm", "2017-03-12");
const ID: &str = "AKIDEXAMPLE";
const TOKEN: &[u8; 24] = b"a-token-that-is-compared";
const OTHER: &[u8; 24] = b"a-token-that-is-comparee";
const BODY: &str = r#"{"Offset":0,"Limit":10}"#;

fn now() -> Result<Timestamp, tc3_core::Invalid> {
    Timestamp::from_unix(1_551_113_065)
}

fn request() -> Result<Request<'static>, tc3_core::Invalid> {
    API.action("DescribeInstances").region("ap-guangzhou").json(BODY)
}

fn credentials_new(key: &str, probe: &mut dyn Probe) -> Outcome {
    probe.secret(key.as_bytes());
    probe.begin();
    // Prevents the compiler from removing work whose result is not used.
    let credentials = hint::black_box(Credentials::new(ID, key));
    probe.end();
    Ok(vec![u8::from(credentials.is_ok())])
}

/// Signs after `before` other signatures and returns the whole head.
fn tc3(key: &str, probe: &mut dyn Probe, hash: impl Sha256Engine, before: usize) -> Outcome {
    let (request, now) = (request()?, now()?);
    let mut signer = Signer::with_hash(Credentials::new(ID, key)?, hash);
    probe.secret(key.as_bytes());
    for _ in 0..before {
        signer.sign(&request, now);
    }
    let mut buffer = [0; 512];
    probe.begin();
    let head = signer.sign(&request, now).head().encode(&mut buffer);
    probe.end();
    Ok(head?.to_vec())
}

fn prepared(key: &str, probe: &mut dyn Probe) -> Outcome {
    let (request, now) = (request()?, now()?);
    let mut signer = Signer::new(Credentials::new(ID, key)?);
    probe.secret(key.as_bytes());
    let prepared = signer.prepare(&request);
    let mut buffer = [0; 512];
    probe.begin();
    let signed = signer.sign_prepared(&prepared, now).authorization().encode(&mut buffer);
    probe.end();
    Ok(signed?.to_vec())
}

fn signing_key(key: &str, probe: &mut dyn Probe) -> Outcome {
    let now = now()?;
    let mut signer = Signer::new(Credentials::new(ID, key)?);
    probe.secret(key.as_bytes());
    probe.begin();
    let key = signer.signing_key(&API, now);
    probe.end();
    Ok(key.expose().to_vec())
}

fn day_signer(key: &str, probe: &mut dyn Probe) -> Outcome {
    let (request, now) = (request()?, now()?);
    let credentials = Credentials::new(ID, key)?;
    let mut key = *Signer::new(credentials).signing_key(&API, now).expose();
    probe.secret(&key);
    let mut buffer = [0; 512];
    probe.begin();
    let imported = SigningKey::import(&key, "cvm", now)?;
    let signed = DaySigner::new(credentials.identity(), &imported).sign(&request, now)?;
    let head = signed.head().encode(&mut buffer);
    probe.end();
    key.fill(0);
    Ok(head?.to_vec())
}

fn form(algorithm: v1::Algorithm) -> Result<v1::Request<'static>, tc3_core::Invalid> {
    API.action("DescribeInstances").region("ap-guangzhou").v1(v1::Method::Post, algorithm, v1::Params::EMPTY)
}

/// Returns only the signature, because percent-encoding would branch on the signature before it is published.
fn v1(key: &str, probe: &mut dyn Probe, algorithm: v1::Algorithm) -> Outcome {
    let (request, now) = (form(algorithm)?, now()?);
    let mut signer = Signer::new(Credentials::new(ID, key)?);
    probe.secret(key.as_bytes());
    let mut buffer = [0; 44];
    probe.begin();
    let signed = signer.sign_v1(&request, now, v1::Nonce::new(NonZeroU64::MIN))?;
    let signature = signed.signature().encode(&mut buffer);
    probe.end();
    Ok(signature?.to_vec())
}

enum Signature {
    Right,
    FirstDigitWrong,
    LastDigitWrong,
}

/// Headers with their values on the stack. The time to read a value depends on its address, which would vary with
/// an allocator.
struct Headers<'a> {
    names: Vec<&'a str>,
    values: [[u8; 192]; 9],
    lens: Vec<usize>,
}

impl<'a> Headers<'a> {
    fn of(
        headers: impl Iterator<Item = (&'a str, Encoded<HeaderValue<'a>>)>,
    ) -> Result<Self, Box<dyn Error>> {
        let mut all = Self { names: Vec::new(), values: [[0; 192]; 9], lens: Vec::new() };
        for ((name, value), buffer) in headers.zip(&mut all.values) {
            all.names.push(name);
            all.lens.push(value.encode(buffer)?.len());
        }
        Ok(all)
    }

    fn pairs(&self) -> Vec<(&'a str, &[u8])> {
        let values = self.values.iter().zip(&self.lens).filter_map(|(value, len)| value.get(..*len));
        self.names.iter().copied().zip(values).collect()
    }

    /// Changes one digit of the signature in the Authorization header.
    fn change_digit(&mut self, from_the_end: usize) {
        let headers = self.names.iter().zip(&mut self.values).zip(&self.lens);
        for ((_, value), len) in headers.filter(|((name, _), _)| **name == "Authorization") {
            let digit = len.checked_sub(from_the_end).and_then(|at| value.get_mut(at));
            digit.into_iter().for_each(|it| *it = if *it == b'0' { b'1' } else { b'0' });
        }
    }
}

fn verify_tc3(key: &str, probe: &mut dyn Probe, signature: Signature) -> Outcome {
    let (request, now) = (request()?, now()?);
    let token = *TOKEN;
    let credentials = Credentials::temporary(ID, key, str::from_utf8(&token)?)?;
    let signed = Signer::new(credentials).sign(&request, now);
    let mut headers = Headers::of(signed.headers())?;
    match signature {
        Signature::Right => {}
        Signature::FirstDigitWrong => headers.change_digit(64),
        Signature::LastDigitWrong => headers.change_digit(1),
    }
    let headers = headers.pairs();
    let body = Body::Whole(BODY.as_bytes());
    let message = Message { method: "POST", target: "/", headers: &headers, body };
    let claim = verify::tc3::Claim::read(&message)?;
    let mut verifier = Verifier::new();
    probe.secret(key.as_bytes());
    probe.secret(&token);
    probe.begin();
    let verdict = verifier.tc3(&claim, &credentials, now);
    probe.end();
    Ok(vec![u8::from(verdict.is_ok())])
}

fn verify_v1(key: &str, probe: &mut dyn Probe, algorithm: v1::Algorithm, token: &[u8; 24]) -> Outcome {
    let (request, now) = (form(algorithm)?, now()?);
    let mut signer = Signer::new(Credentials::temporary(ID, key, str::from_utf8(TOKEN)?)?);
    let signed = signer.sign_v1(&request, now, v1::Nonce::new(NonZeroU64::MIN))?;
    let (headers, mut buffer) = (Headers::of(signed.headers())?, [0; 512]);
    let (headers, body) = (headers.pairs(), Body::Whole(signed.wire().encode(&mut buffer)?));
    let message = Message { method: "POST", target: "/", headers: &headers, body };
    let mut parameters = [verify::v1::Parameter::default(); 16];
    let claim = verify::v1::Claim::read(&message, &mut parameters)?;
    let mut verifier = Verifier::new();
    let token = *token;
    let credentials = Credentials::temporary(ID, key, str::from_utf8(&token)?)?;
    probe.secret(key.as_bytes());
    probe.secret(&token);
    probe.begin();
    let verdict = verifier.v1(&claim, &credentials, now);
    probe.end();
    Ok(vec![u8::from(verdict.is_ok())])
}
