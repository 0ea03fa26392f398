//! Every operation with a key.

use core::{error::Error, hint, num::NonZeroU64};
use tc3_core::{
    Api, CachingSha256, Credentials, DaySigner, Encoded, HeaderValue, Request, Sha256Engine, Signer,
    SigningKey, Software, Timestamp, api,
    v1::{
        self,
        Algorithm::{self, HmacSha1, HmacSha256},
    },
    verify::{self, Body, Message, Verifier},
};

/// Marks a secret before its use, for memcheck.
pub(crate) type Hide = fn(&[u8]);

pub(crate) type Outcome = Result<Vec<u8>, Box<dyn Error>>;

/// An operation with a key.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) verdict: Option<Verdict>,
    pub(crate) run: fn(&str, Hide) -> Outcome,
}

/// The result of a check. The code may branch on it, and on nothing else.
pub(crate) struct Verdict {
    /// 1 for accepted, 0 for refused.
    pub(crate) is: u8,
    /// The number of comparisons on whose results the code branches: form of the key, token, signature.
    pub(crate) comparisons: usize,
}

pub(crate) const CASES: [Case; 19] = [
    case("Credentials::new", credentials_new).accepts(1),
    case("tc3 cold", |key, hide| tc3(key, hide, Software::new(), 0)),
    case("tc3 cached", |key, hide| tc3(key, hide, CachingSha256::new(), 1)),
    case("tc3 prepared", prepared),
    case("a day's key derived", signing_key),
    case("DaySigner", day_signer),
    case("v1 HmacSHA1", |key, hide| v1(key, hide, HmacSha1, Software::new(), 0)),
    case("v1 HmacSHA256", |key, hide| v1(key, hide, HmacSha256, Software::new(), 0)),
    case("v1 HmacSHA256 cached", |key, hide| v1(key, hide, HmacSha256, CachingSha256::new(), 1)),
    case("verify TC3", |key, hide| verify_tc3(key, hide, None)).accepts(2),
    case("verify TC3, token wrong", |key, hide| verify_tc3(key, hide, Some(Wrong::Token))).refuses(1),
    case("verify TC3, first digit wrong", |key, hide| verify_tc3(key, hide, Some(Wrong::Digit(64))))
        .refuses(2),
    case("verify TC3, last digit wrong", |key, hide| verify_tc3(key, hide, Some(Wrong::Digit(1)))).refuses(2),
    case("verify HmacSHA1", |key, hide| verify_v1(key, hide, HmacSha1, None)).accepts(2),
    case("verify HmacSHA1, token wrong", |key, hide| verify_v1(key, hide, HmacSha1, Some(Wrong::Token)))
        .refuses(1),
    case("verify HmacSHA1, signature wrong", |key, hide| verify_v1(key, hide, HmacSha1, Some(Wrong::Key)))
        .refuses(2),
    case("verify HmacSHA256", |key, hide| verify_v1(key, hide, HmacSha256, None)).accepts(2),
    case("verify HmacSHA256, token wrong", |key, hide| verify_v1(key, hide, HmacSha256, Some(Wrong::Token)))
        .refuses(1),
    case("verify HmacSHA256, signature wrong", |key, hide| {
        verify_v1(key, hide, HmacSha256, Some(Wrong::Key))
    })
    .refuses(2),
];

const fn case(name: &'static str, run: fn(&str, Hide) -> Outcome) -> Case {
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
const NONCE: v1::Nonce = v1::Nonce::new(NonZeroU64::MIN);
const BODY: &str = r#"{"Offset":0,"Limit":10}"#;

fn now() -> Result<Timestamp, tc3_core::Invalid> {
    Timestamp::from_unix(1_551_113_065)
}

fn request() -> Result<Request<'static>, tc3_core::Invalid> {
    API.action("DescribeInstances").region("ap-guangzhou").json(BODY)
}

fn credentials_new(key: &str, hide: Hide) -> Outcome {
    hide(key.as_bytes());
    // Prevents the compiler from removing work whose result is not used.
    let credentials = hint::black_box(Credentials::new(ID, key));
    Ok(vec![u8::from(credentials.is_ok())])
}

/// Signs after `before` other signatures and returns the whole head.
fn tc3(key: &str, hide: Hide, hash: impl Sha256Engine, before: usize) -> Outcome {
    let (request, now) = (request()?, now()?);
    let mut signer = Signer::with_hash(Credentials::new(ID, key)?, hash);
    hide(key.as_bytes());
    for _ in 0..before {
        signer.sign(&request, now);
    }
    let mut buffer = [0; 512];
    Ok(signer.sign(&request, now).head().encode(&mut buffer)?.to_vec())
}

fn prepared(key: &str, hide: Hide) -> Outcome {
    let (request, now) = (request()?, now()?);
    let mut signer = Signer::new(Credentials::new(ID, key)?);
    hide(key.as_bytes());
    let prepared = signer.prepare(&request);
    let mut buffer = [0; 512];
    Ok(signer.sign_prepared(&prepared, now).authorization().encode(&mut buffer)?.to_vec())
}

fn signing_key(key: &str, hide: Hide) -> Outcome {
    let now = now()?;
    let mut signer = Signer::new(Credentials::new(ID, key)?);
    hide(key.as_bytes());
    Ok(signer.signing_key(&API, now).expose().to_vec())
}

fn day_signer(key: &str, hide: Hide) -> Outcome {
    let (request, now) = (request()?, now()?);
    let credentials = Credentials::new(ID, key)?;
    let mut key = *Signer::new(credentials).signing_key(&API, now).expose();
    hide(&key);
    let mut buffer = [0; 512];
    let imported = SigningKey::import(&key, "cvm", now)?;
    let signed = DaySigner::new(credentials.identity(), &imported).sign(&request, now)?;
    let head = signed.head().encode(&mut buffer);
    key.fill(0);
    Ok(head?.to_vec())
}

fn form(algorithm: Algorithm) -> Result<v1::Request<'static>, tc3_core::Invalid> {
    API.action("DescribeInstances").region("ap-guangzhou").v1(v1::Method::Post, algorithm, v1::Params::EMPTY)
}

/// Signs after `before` other signatures. Returns only the signature, because percent-encoding would branch on the
/// signature before it is published.
fn v1(key: &str, hide: Hide, algorithm: Algorithm, hash: impl Sha256Engine, before: usize) -> Outcome {
    let (request, now) = (form(algorithm)?, now()?);
    let mut signer = Signer::with_hash(Credentials::new(ID, key)?, hash);
    hide(key.as_bytes());
    for _ in 0..before {
        signer.sign_v1(&request, now, NONCE)?;
    }
    let mut buffer = [0; 44];
    Ok(signer.sign_v1(&request, now, NONCE)?.signature().encode(&mut buffer)?.to_vec())
}

/// What is wrong with a message that is verified.
#[derive(Clone, Copy)]
enum Wrong {
    Token,
    /// A digit of the signature, counted from its end.
    Digit(usize),
    /// It was signed with another key.
    Key,
}

impl Wrong {
    /// The token that the message should have.
    const fn token(wrong: Option<Self>) -> [u8; 24] {
        *if matches!(wrong, Some(Self::Token)) { b"a-token-that-is-comparee" } else { TOKEN }
    }
}

fn values<'a>(headers: impl Iterator<Item = (&'a str, Encoded<HeaderValue<'a>>)>) -> Vec<(&'a str, String)> {
    headers.map(|(name, value)| (name, value.to_string())).collect()
}

fn pairs<'a>(headers: &'a [(&'a str, String)]) -> Vec<(&'a str, &'a [u8])> {
    headers.iter().map(|(name, value)| (*name, value.as_bytes())).collect()
}

fn verify_tc3(key: &str, hide: Hide, wrong: Option<Wrong>) -> Outcome {
    let (request, now) = (request()?, now()?);
    let signed = Signer::new(Credentials::temporary(ID, key, str::from_utf8(TOKEN)?)?).sign(&request, now);
    let mut headers = values(signed.headers());
    if let (Some(Wrong::Digit(from_the_end)), Some((_, value))) =
        (wrong, headers.iter_mut().find(|(name, _)| *name == "Authorization"))
    {
        let at = value.len().saturating_sub(from_the_end);
        let other = if value.get(at..=at) == Some("0") { "1" } else { "0" };
        value.replace_range(at..=at, other);
    }
    let headers = pairs(&headers);
    let body = Body::Whole(BODY.as_bytes());
    let message = Message { method: "POST", target: "/", headers: &headers, body };
    let claim = verify::tc3::Claim::read(&message)?;
    let mut verifier = Verifier::new();
    let token = Wrong::token(wrong);
    let credentials = Credentials::temporary(ID, key, str::from_utf8(&token)?)?;
    hide(key.as_bytes());
    hide(&token);
    let verdict = verifier.tc3(&claim, &credentials, now);
    Ok(vec![u8::from(verdict.is_ok())])
}

fn verify_v1(key: &str, hide: Hide, algorithm: Algorithm, wrong: Option<Wrong>) -> Outcome {
    let (request, now) = (form(algorithm)?, now()?);
    let signed_with = if matches!(wrong, Some(Wrong::Key)) { "another-key" } else { key };
    let mut signer = Signer::new(Credentials::temporary(ID, signed_with, str::from_utf8(TOKEN)?)?);
    let signed = signer.sign_v1(&request, now, NONCE)?;
    let (headers, wire) = (values(signed.headers()), signed.wire().to_string());
    let (headers, body) = (pairs(&headers), Body::Whole(wire.as_bytes()));
    let message = Message { method: "POST", target: "/", headers: &headers, body };
    let mut parameters = [verify::v1::Parameter::default(); 16];
    let claim = verify::v1::Claim::read(&message, &mut parameters)?;
    let mut verifier = Verifier::new();
    let token = Wrong::token(wrong);
    let credentials = Credentials::temporary(ID, key, str::from_utf8(&token)?)?;
    hide(key.as_bytes());
    hide(&token);
    let verdict = verifier.v1(&claim, &credentials, now);
    Ok(vec![u8::from(verdict.is_ok())])
}

/// Defects that must be reported.
pub(crate) const PLANTED: [Case; 2] =
    [case("a planted branch on the key", branch), case("a planted look-up by the key", look_up)];

fn branch(key: &str, hide: Hide) -> Outcome {
    hide(key.as_bytes());
    let mut odd = 0u8;
    for byte in key.bytes() {
        if byte & 1 == 1 {
            odd = hint::black_box(odd.wrapping_add(1));
        }
    }
    Ok(vec![odd])
}

fn look_up(key: &str, hide: Hide) -> Outcome {
    let table: [u8; 16] = hint::black_box(*b"0123456789abcdef");
    hide(key.as_bytes());
    Ok(key.bytes().filter_map(|byte| table.get(usize::from(byte & 15)).copied()).collect())
}
