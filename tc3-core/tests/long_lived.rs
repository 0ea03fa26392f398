//! What lives longer than a call works like what was made for the call: one signer, one verifier, and keys, day
//! signers and prepared requests that are kept, all on one engine, in random sequences of calls.
#![allow(clippy::restriction, reason = "a test may panic")]

mod support;

use core::{cell::RefCell, num::NonZeroU64};
use std::collections::BTreeMap;
use support::{Peripheral, Random, at, verdict};
use tc3_core::verify::{Body, Rejection, Verifier};
use tc3_core::{
    Api, CachingSha256, ContentType, Credentials, DaySigner, HashedPayload, Header, Invalid, KeyCache,
    Multipart, Param, ParamValue, Part, Prepared, Query, Request, Sha256Engine, Signed, Signer, SigningKey,
    Software, WrongKey, v1,
};

const DAY: u64 = 86_400;
/// 9999-12-31T23:59:59Z.
const LAST: u64 = 253_402_300_799;

/// With the longest token this is too long for a v1 GET, and without a token it is not.
const LONG: &str = match str::from_utf8(&[b'x'; 32 * 1024 - 500]) {
    Ok(text) => text,
    Err(_) => "",
};
const LONG_TOKEN: &str = LONG.split_at(400).0;
const X_30: &str = LONG.split_at(30).0;
const X_31: &str = LONG.split_at(31).0;

/// Names of one length that differ in one place, the same name in upper case, and names of other lengths.
const SERVICES: [&str; 9] = ["cvm", "CVM", "cbm", "cvs", "lvm", "cvms", "cv", X_30, X_31];

/// Id, key and token.
type Secrets = (&'static str, &'static str, Option<&'static str>);

/// They differ one at a time. With "TC3", the keys take less than a block, a block, and more.
const CREDENTIALS: [Secrets; 9] = [
    ("AKIDA", "key-a", None),
    ("AKIDA", "key-b", None),
    ("AKIDB", "key-a", None),
    ("AKIDA", "key-a", Some("token-a")),
    ("AKIDA", "key-a", Some("token-b")),
    ("AKIDA", "key-a", Some(LONG_TOKEN)),
    ("AKIDA", LONG.split_at(61).0, None),
    ("AKIDA", LONG.split_at(62).0, None),
    ("AKIDA", LONG.split_at(99).0, None),
];

fn credentials((id, key, token): Secrets) -> Credentials<'static> {
    match token {
        None => Credentials::new(id, key),
        Some(token) => Credentials::temporary(id, key, token),
    }
    .unwrap()
}

const STREAMED: &[u8] = b"a body that was hashed before";
static PARTS: [Part<'_>; 2] = [Part::text("a", "1"), Part::file("b", "b.bin", &[0; 100])];
static HEADERS: [Header<'_>; 3] = [Header::SignAction, Header::SignRegion, Header::Signed("X-Trace", "A b")];
static NAME: [Param<'_>; 1] = [("Name", ParamValue::Text("a b+广"))];
static LONG_PARAMS: [Param<'_>; 1] = [("Long", ParamValue::Text(LONG))];

/// Requests with bodies of every form, and of lengths around those of blocks.
fn requests<'r>(service: &'r str, payload: &'r HashedPayload) -> Result<Vec<Request<'r>>, Invalid> {
    let api = Api::new(service, "2017-03-12")?;
    let mut requests = Vec::new();
    for region in ["ap-guangzhou", "ap-tokyo"] {
        let call = api.action("DescribeZones").region(region);
        for len in [0, 1, 2, 55, 56, 64, 119, 120, 1_000] {
            requests.push(call.json(&LONG[..len])?);
        }
        requests.extend([
            call.headers(&HEADERS).text(ContentType::JsonUtf8, "{}")?,
            call.get(Query::EMPTY)?,
            call.get(Query::params(&NAME)?)?,
            call.octets(&[0, 255])?,
            call.multipart(Multipart::new("bound", &PARTS)?)?,
            call.streamed(ContentType::Octets, payload)?,
            call.unsigned(ContentType::Octets, payload.len())?,
        ]);
    }
    Ok(requests)
}

/// Requests with every algorithm; the first one may be too long.
fn v1_requests(service: &str) -> Result<Vec<v1::Request<'_>>, Invalid> {
    let call = Api::new(service, "2017-03-12")?.action("DescribeZones");
    let (get, post) = (v1::Method::Get, v1::Method::Post);
    let mut requests = vec![call.v1(get, v1::Algorithm::HmacSha256, v1::Params::unsorted(&LONG_PARAMS)?)?];
    for algorithm in [
        v1::Algorithm::HmacSha256,
        #[cfg(feature = "hmacsha1")]
        v1::Algorithm::HmacSha1,
        #[cfg(feature = "hmacsha1")]
        v1::Algorithm::HmacSha1Unnamed,
    ] {
        for region in ["ap-guangzhou", "ap-tokyo"] {
            let call = call.region(region);
            requests.push(call.v1(get, algorithm, v1::Params::EMPTY)?);
            requests.push(call.v1(post, algorithm, v1::Params::unsorted(&NAME)?)?);
        }
    }
    Ok(requests)
}

fn with_another_key((id, _, token): Secrets) -> Credentials<'static> {
    credentials((id, "another-key", token))
}

/// One engine that the signers and the verifier share, as they would share a peripheral.
#[derive(Clone, Copy)]
struct Shared<'e>(&'e RefCell<dyn Sha256Engine>);

impl Sha256Engine for Shared<'_> {
    fn begin(&mut self) {
        self.0.borrow_mut().begin();
    }

    fn begin_cacheable(&mut self) {
        self.0.borrow_mut().begin_cacheable();
    }

    fn update(&mut self, bytes: &[u8]) {
        self.0.borrow_mut().update(bytes);
    }

    fn finish(&mut self, digest: &mut [u8; 32]) {
        self.0.borrow_mut().finish(digest);
    }

    fn midstate(&self, state: &mut [u8; 32]) {
        self.0.borrow().midstate(state);
    }

    fn resume(&mut self, state: &[u8; 32]) -> bool {
        self.0.borrow_mut().resume(state)
    }
}

/// The frequent ones are repeated. To abandon is to leave the engine in the middle of a message.
const STEPS: [&str; 15] = [
    "sign",
    "sign",
    "sign",
    "sign by cache",
    "sign by cache",
    "prepare",
    "prepared",
    "prepared",
    "prepared",
    "sign v1",
    "explain",
    "export",
    "exported",
    "renew",
    "abandon",
];

/// An exported key with its signer, and what it was exported for.
struct Exported<'e> {
    key: SigningKey,
    signer: DaySigner<'static, Shared<'e>>,
    secrets: Secrets,
    day: u64,
    service: usize,
}

/// Moves the clock: to the edges of the day, over midnight, by days and by years, forward and back.
fn moved(clock: u64, random: &mut Random) -> u64 {
    let (midnight, some_days) = (clock - clock % DAY, DAY * (random.number() % 4_000));
    let moves = [
        midnight,
        midnight + DAY - 1,
        midnight + DAY,
        midnight.saturating_sub(1),
        clock + DAY,
        clock.saturating_sub(366 * DAY),
        clock + some_days,
        clock.saturating_sub(some_days),
        random.number() % LAST,
        random.one_of(&[0, LAST]),
    ];
    random.one_of(&moves).min(LAST)
}

/// Keeps up to eight values; a further one takes the place of another.
fn keep<T>(kept: &mut Vec<T>, value: T, random: &mut Random) {
    if kept.len() == 8 {
        kept.swap_remove(random.below(8));
    }
    kept.push(value);
}

fn texts(signed: Signed<'_>) -> [String; 2] {
    [signed.authorization().to_string(), signed.head().to_string()]
}

fn v1_texts(signed: v1::Signed<'_>) -> [String; 4] {
    let [head, wire] = [signed.head().to_string(), signed.wire().to_string()];
    [signed.string_to_sign().to_string(), signed.signature().to_string(), wire, head]
}

/// What the verifier says to a signature: with its credentials, with another key, and moved to another day.
fn verdicts(
    verifier: &mut Verifier<Shared<'_>>,
    signed: Signed<'_>,
    secrets: Secrets,
) -> [Result<(), Rejection>; 3] {
    let (head, now) = (signed.head().to_string(), signed.timestamp());
    let whole: Vec<u8> = signed.request().body().flatten().copied().collect();
    let is_whole = signed.request().body_len() == u64::try_from(whole.len()).unwrap();
    let body = Body::Whole(if is_whole { &whole } else { STREAMED });
    let another_day = at(now.unix().checked_sub(DAY).unwrap_or(DAY));
    let [date, another_date] = [now, another_day].map(|time| time.to_string()[..10].to_owned());
    let [seconds, other_seconds] =
        [now, another_day].map(|time| format!("X-TC-Timestamp: {}\r\n", time.unix()));
    let moved = head.replace(&date, &another_date).replace(&seconds, &other_seconds);
    [
        verdict(verifier, credentials(secrets), &head, body, now),
        verdict(verifier, with_another_key(secrets), &head, body, now),
        verdict(verifier, credentials(secrets), &moved, body, another_day),
    ]
}

fn walk(seed: u64, engine: &RefCell<dyn Sha256Engine>) {
    let payload = HashedPayload::of(STREAMED);
    let requests = SERVICES.map(|service| requests(service, &payload).unwrap());
    let v1_requests = SERVICES.map(|service| v1_requests(service).unwrap());
    let mut random = Random(seed);
    let (mut clock, mut service, mut current) = (support::NOW, 0, CREDENTIALS[0]);
    let engine = Shared(engine);
    let mut signer = Signer::with_hash(credentials(current), engine);
    let mut cache = KeyCache::with_hash(engine);
    let mut verifier = Verifier::with_hash(engine);
    let mut prepared: Vec<(&Request<'_>, Prepared<'_>)> = Vec::new();
    let mut exported: Vec<Exported<'_>> = Vec::new();
    let mut counts = BTreeMap::new();
    for number in 0..7_000 {
        if random.below(2) == 0 {
            clock = moved(clock, &mut random);
        }
        if random.below(4) == 0 {
            service = random.below(SERVICES.len());
        }
        let mut step = random.one_of(&STEPS);
        if step == "exported" && !exported.is_empty() && random.below(2) == 0 {
            let Exported { day, service: exported_for, .. } = &exported[exported.len() - 1];
            (clock, service) = (day * DAY + random.number() % DAY, *exported_for);
        }
        let (name, now) = (SERVICES[service], at(clock));
        let case =
            move || format!("seed {seed:#x}, step {number}: {step} for {name} at {clock} with {current:?}");
        let request = &requests[service][random.below(requests[service].len())];
        let mut signed: Option<(Signed<'_>, &Request<'_>, Secrets)> = None;
        match step {
            "sign" => signed = Some((signer.sign(request, now), request, current)),
            "sign by cache" => {
                signed = Some((cache.sign(credentials(current), request, now), request, current))
            }
            "prepare" => keep(&mut prepared, (request, signer.prepare(request)), &mut random),
            "prepared" => {
                if let Some((request, prepared)) = prepared.get(random.below(8)) {
                    signed = Some((signer.sign_prepared(prepared, now), request, current));
                }
            }
            "sign v1" => {
                let any = random.below(v1_requests[service].len());
                let request = &v1_requests[service][random.one_of(&[0, any, any])];
                let nonce = NonZeroU64::new(random.one_of(&[1, random.0 | 1, u64::MAX])).unwrap();
                let signed = signer.sign_v1(request, now, v1::Nonce::new(nonce));
                let fresh = Signer::new(credentials(current)).sign_v1(request, now, v1::Nonce::new(nonce));
                assert_eq!(signed.map(v1_texts), fresh.map(v1_texts), "{}", case());
                match signed {
                    Err(_) => step = "too large",
                    Ok(signed) => {
                        let (head, wire) = (signed.head().to_string(), signed.wire().to_string());
                        let body = if signed.body_len() == 0 { "" } else { &wire };
                        let verdicts = [credentials(current), with_another_key(current)]
                            .map(|it| verdict(&mut verifier, it, &head, Body::Whole(body.as_bytes()), now));
                        assert_eq!(verdicts, [Ok(()), Err(Rejection::Signature)], "{}", case());
                    }
                }
            }
            "explain" => {
                let texts =
                    [signer.explain(request, now), Signer::new(credentials(current)).explain(request, now)]
                        .map(|it| it.canonical_request().to_string() + &it.string_to_sign().to_string());
                assert_eq!(texts[0], texts[1], "{}", case());
            }
            "export" => {
                let key = signer.signing_key(&Api::new(name, "2017-03-12").unwrap(), now);
                let fresh = Signer::new(credentials(current))
                    .signing_key(&Api::new(name, "2017-03-12").unwrap(), now);
                assert_eq!(key.expose(), fresh.expose(), "{}", case());
                let imported = SigningKey::import(key.expose(), name, now).unwrap();
                let key = if random.below(2) == 0 { key } else { imported };
                let signer = DaySigner::with_hash(credentials(current).identity(), &key, engine);
                let kept = Exported { key, signer, secrets: current, day: clock / DAY, service };
                keep(&mut exported, kept, &mut random);
            }
            "exported" => {
                let Some(kept) = exported.last_mut() else { continue };
                if random.below(4) == 0 {
                    // Another key of the same day and service.
                    kept.secrets = random.one_of(&CREDENTIALS);
                    let api = Api::new(SERVICES[kept.service], "2017-03-12").unwrap();
                    kept.key = Signer::new(credentials(kept.secrets)).signing_key(&api, at(kept.day * DAY));
                    kept.signer.renew(credentials(kept.secrets).identity(), &kept.key);
                }
                let expected = if kept.day != clock / DAY {
                    Err(WrongKey::Day { key: at(kept.day * DAY).day(), request: now.day() })
                } else if !SERVICES[kept.service].eq_ignore_ascii_case(name) {
                    Err(WrongKey::Service)
                } else {
                    Ok(())
                };
                let outcome = kept.signer.sign(request, now);
                assert_eq!(outcome.map(drop), expected, "{}", case());
                match outcome {
                    Ok(it) => signed = Some((it, request, kept.secrets)),
                    Err(_) => step = "wrong key",
                }
            }
            "renew" => {
                let (id, ..) = current;
                current = random.one_of(&CREDENTIALS);
                signer.renew(credentials(current));
                // A cache notices another id by itself.
                if id == current.0 {
                    cache.clear();
                }
            }
            _ => {
                let mut left = engine;
                let begin = if random.below(2) == 0 { Shared::begin } else { Shared::begin_cacheable };
                begin(&mut left);
                left.update(&LONG.as_bytes()[..random.below(200)]);
            }
        }
        if let Some((signed, request, secrets)) = signed {
            let fresh = Signer::new(credentials(secrets)).sign(request, now);
            assert_eq!(texts(signed), texts(fresh), "{}", case());
            let expected = [Ok(()), Err(Rejection::Signature), Err(Rejection::Signature)];
            assert_eq!(verdicts(&mut verifier, signed, secrets), expected, "{}", case());
        }
        *counts.entry(step).or_insert(0) += 1;
    }
    for step in STEPS.into_iter().chain(["too large", "wrong key"]) {
        assert!(counts.get(&step).is_some_and(|count| *count >= 10), "too few of {step}: {counts:?}");
    }
}

#[test]
fn what_is_kept_over_many_calls_works_like_new_on_the_default_engine() {
    walk(0x7463_3311, &RefCell::new(Software::default()));
}

#[test]
fn what_is_kept_over_many_calls_works_like_new_on_the_caching_engine() {
    walk(0x7463_3312, &RefCell::new(CachingSha256::default()));
}

#[test]
fn what_is_kept_over_many_calls_works_like_new_on_an_engine_that_cannot_resume() {
    walk(0x7463_3313, &RefCell::new(Peripheral::default()));
}
