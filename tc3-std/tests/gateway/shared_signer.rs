//! A signer that many threads share, whose credentials change while they sign.

use crate::server::{CVM, ID, KEY, PATIENCE, TEMPORARY_ID, TOKEN, TestServer, now};
use std::error::Error;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, mpsc};
use std::thread;
use tc3_core::Timestamp;
use tc3_core::v1::{Algorithm, Method, Params};
use tc3_embedded::signer::SignError;
use tc3_std::nonce;
use tc3_std::signer::{OwnedCredentials, SharedSigner, SignerError};

type Answer = Result<OwnedCredentials, Box<dyn Error + Send + Sync>>;

fn at(unix: u64) -> Timestamp {
    Timestamp::from_unix(unix).unwrap()
}

/// Temporary credentials that expire at this time.
fn until(id: &str, expires: u64) -> OwnedCredentials {
    OwnedCredentials::temporary(id, "MARKER", "MARKER", Some(at(expires))).unwrap()
}

#[test]
fn no_call_mixes_parts_of_two_credentials_while_threads_sign_and_another_replaces_them() {
    let server = TestServer::new();
    let client = server.client();
    let long_term = OwnedCredentials::new(ID, KEY).unwrap();
    let temporary =
        OwnedCredentials::temporary(TEMPORARY_ID, KEY, TOKEN, Some(at(now().unix() + 3_600))).unwrap();
    let signer = SharedSigner::new(long_term.clone());
    let tc3 = CVM.action("DescribeZones").json("{}").unwrap();
    let v1 = CVM.action("DescribeZones").v1(Method::Post, Algorithm::HmacSha256, Params::EMPTY).unwrap();
    let left = AtomicUsize::new(4);
    let used = thread::scope(|threads| {
        let sign = || {
            let mut connection = client.open("cvm.tencentcloudapi.com").unwrap();
            let mut used = Vec::new();
            for turn in 0..50 {
                let snapshot = signer.at(now()).unwrap();
                let sent = match turn % 2 {
                    0 => connection.send(snapshot.sign(&tc3, now()).unwrap()),
                    _ => connection.send(snapshot.sign_v1(&v1, now(), nonce().unwrap()).unwrap()),
                };
                let reply = sent.unwrap().into_success().unwrap();
                let id = format!("\"SecretId\":\"{}\"", snapshot.id());
                assert!(String::from_utf8_lossy(reply.body()).contains(&id), "{reply:?} to {id}");
                used.push(snapshot.id().to_owned());
            }
            left.fetch_sub(1, Ordering::Relaxed);
            used
        };
        let signing: Vec<_> = (0..4).map(|_| threads.spawn(sign)).collect();
        while left.load(Ordering::Relaxed) > 0 && !signing.iter().any(|thread| thread.is_finished()) {
            signer.replace(temporary.clone());
            thread::yield_now();
            signer.replace(long_term.clone());
            thread::yield_now();
        }
        signing.into_iter().flat_map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
    });
    for id in [ID, TEMPORARY_ID] {
        assert!(used.iter().any(|used| used == id), "{id} never signed");
    }
}

/// Credentials that expire at 10,000, then the answers of a source at times.
#[test]
fn the_source_is_asked_before_the_credentials_expire_and_its_failure_counts_only_after() {
    let broken = || Err("the store is down".into());
    const DOWN: &str = "no credentials: the store is down";
    let first = || Ok(until("first", 10_000));
    let next = || Ok(until("next", 20_000));
    type Rows = &'static [(u64, usize, Result<&'static str, &'static str>)];
    let cases: [(&str, Vec<Answer>, Rows); 8] = [
        (
            "renewed 300 s before",
            vec![first(), next()],
            &[
                (5_000, 1, Ok("first")),
                (9_699, 1, Ok("first")),
                (9_700, 2, Ok("next")),
                (19_699, 2, Ok("next")),
            ],
        ),
        (
            "a failure, and the next try after 10 s",
            vec![first(), broken(), next()],
            &[
                (5_000, 1, Ok("first")),
                (9_800, 2, Ok("first")),
                (9_809, 2, Ok("first")),
                (9_810, 3, Ok("next")),
            ],
        ),
        (
            "a failure until they expire",
            vec![first(), broken(), broken(), next()],
            &[
                (5_000, 1, Ok("first")),
                (9_999, 2, Ok("first")),
                (
                    10_000,
                    3,
                    Err(
                        "the credentials that expire at 1970-01-01T02:46:40Z could not be renewed: the store is down",
                    ),
                ),
                (10_000, 4, Ok("next")),
            ],
        ),
        ("a failure at first", vec![broken(), first()], &[(5_000, 1, Err(DOWN)), (5_000, 2, Ok("first"))]),
        (
            "expired ones in place of good ones",
            vec![first(), Ok(until("old", 9_000)), next()],
            &[(9_100, 1, Ok("first")), (9_700, 2, Ok("first")), (9_710, 3, Ok("next"))],
        ),
        (
            "expired ones at first",
            vec![Ok(until("old", 9_000)), next()],
            &[
                (
                    9_100,
                    1,
                    Err("the temporary credentials expired at 1970-01-01T02:30:00Z, and the clock shows \
                     1970-01-01T02:31:40Z: renew them, or set the clock if it is ahead"),
                ),
                (9_100, 2, Ok("next")),
            ],
        ),
        (
            "ones that live shorter than the margin",
            vec![Ok(until("short", 5_100)), next()],
            &[(5_000, 1, Ok("short")), (5_009, 1, Ok("short")), (5_010, 2, Ok("next"))],
        ),
        (
            "long-term ones",
            vec![Ok(OwnedCredentials::new("long", "MARKER").unwrap())],
            &[(5_000, 1, Ok("long")), (9_999_999, 1, Ok("long"))],
        ),
    ];
    for (name, answers, rows) in cases {
        let asked = Arc::new(AtomicUsize::new(0));
        let (answers, count) = (Mutex::new(answers.into_iter()), Arc::clone(&asked));
        let signer = SharedSigner::from_source(move |_| {
            count.fetch_add(1, Ordering::Relaxed);
            answers.lock().unwrap().next().unwrap()
        });
        for (time, times, expected) in rows {
            let found = signer.at(at(*time));
            let found = found.as_ref().map(|it| it.id()).map_err(SignerError::to_string);
            assert_eq!(found, expected.map_err(str::to_owned), "{name}, at {time}");
            assert_eq!(asked.load(Ordering::Relaxed), *times, "{name}: times asked, at {time}");
        }
        assert!(!format!("{signer:?} {:?}", signer.at(at(5_000))).contains("MARKER"), "{name}");
    }
}

#[test]
fn other_threads_sign_with_the_old_credentials_while_one_waits_for_the_source() {
    let (enter, entered) = mpsc::channel();
    let (answer, answers) = mpsc::channel::<Answer>();
    let answers = Mutex::new(answers);
    let signer = SharedSigner::from_source(move |_| {
        enter.send(()).unwrap();
        answers.lock().unwrap().recv_timeout(PATIENCE).unwrap()
    });
    answer.send(Ok(until("first", 10_000))).unwrap();
    assert_eq!(signer.at(at(5_000)).unwrap().id(), "first");
    entered.recv().unwrap();
    thread::scope(|threads| {
        let renewing = threads.spawn(|| signer.at(at(9_800)).unwrap().id().to_owned());
        entered.recv().unwrap();
        // The source does not answer before these.
        for time in [5_000, 9_800, 9_999] {
            assert_eq!(signer.at(at(time)).unwrap().id(), "first", "{time}");
        }
        // These need the answer, and do not ask again.
        let waiting = [(); 4].map(|()| threads.spawn(|| signer.at(at(10_000)).unwrap().id().to_owned()));
        answer.send(Ok(until("next", 20_000))).unwrap();
        for thread in [renewing].into_iter().chain(waiting) {
            assert_eq!(thread.join().unwrap(), "next");
        }
    });
    assert!(entered.try_recv().is_err(), "the source was asked again");
}

#[test]
fn what_replace_brought_stays_when_the_source_answers_later_and_a_panic_of_the_source_locks_nothing() {
    static SIGNER: OnceLock<SharedSigner> = OnceLock::new();
    let asked = AtomicUsize::new(0);
    let signer = SIGNER.get_or_init(|| {
        SharedSigner::from_source(move |_| match asked.fetch_add(1, Ordering::Relaxed) {
            0 => panic!("the source panics"),
            1 => {
                SIGNER.get().unwrap().replace(until("replaced", 30_000));
                Ok(until("stale", 10_000))
            }
            _ => Ok(until("next", 60_000)),
        })
    });
    assert!(thread::spawn(|| SIGNER.get().unwrap().at(at(5_000))).join().is_err());
    assert_eq!(signer.at(at(5_000)).unwrap().id(), "replaced");
    signer.refresh(at(5_000)).unwrap();
    assert_eq!(signer.at(at(5_000)).unwrap().id(), "next");
}

#[test]
fn a_snapshot_does_not_sign_after_its_credentials_expired_and_an_empty_signer_says_so() {
    let snapshot = SharedSigner::new(until("first", 10_000)).at(at(9_999)).unwrap();
    let request = CVM.action("DescribeZones").json("{}").unwrap();
    let v1 = CVM.action("DescribeZones").v1(Method::Get, Algorithm::HmacSha1, Params::EMPTY).unwrap();
    let now = at(10_000);
    let expired = SignError::Expired { expires: now, now };
    assert_eq!(snapshot.sign(&request, now).unwrap_err(), expired);
    assert_eq!(snapshot.sign_v1(&v1, now, nonce().unwrap()).unwrap_err(), expired);
    let empty = SharedSigner::empty();
    for error in [empty.at(now).unwrap_err(), empty.refresh(now).unwrap_err()] {
        assert!(matches!(error, SignerError::NoCredentials), "{error:?}");
    }
    empty.replace(OwnedCredentials::new("later", "key").unwrap());
    assert_eq!(empty.at(now).unwrap().id(), "later");
}
