//! Does everything that no other image does. This image is only linked, to prove that it cannot panic.
#![no_std]
#![no_main]

use core::num::NonZeroU64;

use footprint::{Meter, OUT, fixture, image};
use secrets::Peripheral;
use tc3_core::{
    Call, ContentType, Credentials, DaySigner, HashedPayload, Header, Host, KeyCache, Language, Multipart,
    ParamValue, Part, PayloadHasher, Query, Request, Sha256Engine, Signed, Signer, SigningKey, Software,
    Timestamp,
    response::{self, Answer},
    v1,
    verify::{self, Body, Message, Verifier},
};

image!(rest);

static CHOICE: u8 = 0;
static HEADERS: [Header<'static>; 5] = [
    Header::SignAction,
    Header::SignVersion,
    Header::SignRegion,
    Header::Signed("X-Signed", "1"),
    Header::Unsigned("X-Sent", "2"),
];

fn rest(_: &mut Meter, out: &mut [u8; OUT]) -> Option<usize> {
    let call = call()?;
    let body = fixture::body();
    let payload = payload(body.as_bytes());
    let parts = [Part::file(body, body, body.as_bytes())];
    let request = match fixture::read(&CHOICE) {
        0 => call.octets(body.as_bytes()),
        1 => call.post(ContentType::Json, body.as_bytes()),
        2 => call.unsigned(ContentType::Octets, 7),
        3 => call.get(Query::encoded(body).ok()?),
        4 => call.streamed(ContentType::Multipart { boundary: body }, &payload),
        _ => call.multipart(Multipart::new(body, &parts).ok()?),
    };
    let request = request.ok()?;
    let skipped = request.skip(now()?).head().len();
    let signed = day(&request, out)?;
    let got = v1(&call, v1::Method::Get, v1::Algorithm::HmacSha256, Peripheral::default, out)?;
    let posted = v1(&call, v1::Method::Post, v1::Algorithm::HmacSha1, Software::new, out)?;
    let answered = answer(body.as_bytes())?;
    [skipped, signed, got, posted, answered].into_iter().max()
}

fn now() -> Option<Timestamp> {
    Timestamp::from_http_date(fixture::action()).or(fixture::now().map_err(drop)).ok()
}

fn temporary() -> Option<Credentials<'static>> {
    Credentials::temporary(fixture::action(), fixture::key(), fixture::region()).ok()
}

fn call() -> Option<Call<'static>> {
    let api = fixture::api().ok()?.at(Host::AiRegional(fixture::region())).path(fixture::action());
    let call = api.action(fixture::action()).region(fixture::region()).language(Language::English);
    Some(call.request_client(fixture::action()).trace_id(fixture::action()).headers(&HEADERS))
}

fn payload(body: &[u8]) -> HashedPayload {
    let mut hasher = PayloadHasher::new();
    hasher.update(body);
    hasher.finish()
}

/// Exports and imports a signing key, and signs with two engines.
fn day(request: &Request<'_>, out: &mut [u8; OUT]) -> Option<usize> {
    let (credentials, now) = (fixture::credentials().ok()?, now()?);
    let mut signer = Signer::new(credentials);
    let key = signer.signing_key(&fixture::api().ok()?, now);
    let key = SigningKey::import(key.expose(), key.service(), now).ok()?;
    signer.renew(temporary()?);
    let prepared = signer.prepare(request);
    let before = signer.sign_prepared(&prepared, now).head().encode(out).ok()?.len();
    let peripheral = Peripheral::default();
    let mut device = DaySigner::with_hash(credentials.identity(), &key, peripheral);
    device.renew(credentials.identity(), &key);
    let signed = device.sign(request, now).ok()?;
    let values = signed.headers().map(|(name, value)| name.len().max(value.len()));
    values.chain([before, listed(&signed, out)?]).max()
}

/// Writes headers for other HTTP clients, and signs with credentials apart from the cached key.
fn listed(signed: &Signed<'_>, out: &mut [u8; OUT]) -> Option<usize> {
    let mut cache = KeyCache::with_hash(Peripheral::default());
    let again = cache.sign(temporary()?, signed.request(), signed.timestamp()).headers().count();
    cache.clear();
    let url = signed.request().url().encode_str(out).ok()?.len();
    let mut list = [("", ""); 24];
    let headers = signed.headers().without_host_and_length();
    let headers = match fixture::read(&CHOICE) {
        0 => headers.encode(out, &mut list),
        _ => headers.encode_http2(out, &mut list),
    };
    let longest = headers.ok()?.iter().map(|(name, value)| name.len().max(value.len())).max();
    longest.max(Some(url)).max(Some(again)).max(Some(signed.request().host().len()))
}

/// Signs and verifies with signature v1.
fn v1<H: Sha256Engine>(
    call: &Call<'_>,
    method: v1::Method,
    algorithm: v1::Algorithm,
    hash: fn() -> H,
    out: &mut [u8; OUT],
) -> Option<usize> {
    let list = [ParamValue::Text(fixture::body()), ParamValue::Int(-1)];
    let params = [
        ("A", ParamValue::List(&list)),
        ("B", ParamValue::Object(&[("C", ParamValue::Text(fixture::region()))])),
    ];
    let request = call.v1(method, algorithm, v1::Params::unsorted(&params).ok()?).ok()?;
    let mut signer = Signer::with_hash(temporary()?, hash());
    let signed = signer.sign_v1(&request, now()?, v1::Nonce::new(NonZeroU64::MIN)).ok()?;
    let len = signed.head().len().max(signed.string_to_sign().len()).max(signed.signature().len());
    let target = signed.wire().encode_str(out).ok()?;
    let headers: [(&str, &[u8]); 2] = [("Host", b"cvm.tencentcloudapi.com"), ("Content-Type", b"text/plain")];
    let message = Message { method: fixture::action(), target, headers: &headers, body: Body::Whole(b"") };
    let mut parameters = [verify::v1::Parameter::default(); 12];
    let claim = verify::v1::Claim::read(&message, &mut parameters).ok()?;
    Verifier::with_hash(hash()).window(60).v1(&claim, &temporary()?, now()?).ok()?;
    Some(claim.parameter(fixture::region())?.bytes().count().max(len))
}

fn answer(body: &[u8]) -> Option<usize> {
    match response::parse(body) {
        Ok(Answer::Failure(failure)) => Some(failure.message.chars().count()),
        Ok(answer) => Some(answer.request_id()?.chars().count()),
        Err(malformed) => Some(malformed.at),
    }
}
