//! How signing scales over threads: each with its own `DaySigner`, all with one key of the day behind a lock that each
//! call takes for a moment, or all with one `Signer` behind a lock.

use std::hint::black_box;
use std::sync::{Arc, Barrier, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use tc3_core::{Authorization, DaySigner, Encoded, Signer};

use crate::Outcome;
use crate::fixture::{API, CALL, SECOND, SHORT, at, body, credentials, request};

/// Signatures of each thread in a round.
const SIGNATURES: u32 = 1_000;
/// Many short rounds, of which some meet an idle machine.
const ROUNDS: u32 = 1_000;
const THREADS: [u32; 3] = [1, 2, 4];

/// Prints signatures per second, relative to one thread without a lock, as a table.
pub(crate) fn print() -> Outcome {
    let (request, now) = (request(CALL, body(SHORT)), at(SECOND));
    let key = Signer::new(credentials()).signing_key(&API, now);
    let own = || {
        let mut signer = DaySigner::new(credentials().identity(), &key);
        for _ in 0..SIGNATURES {
            let signed = signer.sign(black_box(request), now);
            black_box(signed.map_or(0, |signed| write(&signed.authorization())));
        }
    };
    let lease = Mutex::new(Arc::new(Signer::new(credentials()).signing_key(&API, now)));
    let leased = || {
        for _ in 0..SIGNATURES {
            let key = Arc::clone(&lease.lock().unwrap_or_else(PoisonError::into_inner));
            let mut signer = DaySigner::new(credentials().identity(), &key);
            let signed = signer.sign(black_box(request), now);
            black_box(signed.map_or(0, |signed| write(&signed.authorization())));
        }
    };
    let shared = Mutex::new(Signer::new(credentials()));
    let locked = || {
        for _ in 0..SIGNATURES {
            let signed = shared.lock().unwrap_or_else(PoisonError::into_inner).sign(black_box(request), now);
            black_box(write(&signed.authorization()));
        }
    };
    let mut shortest = THREADS.map(|threads| (threads, [Duration::MAX; 3]));
    for _ in 0..ROUNDS {
        for (threads, [own_time, leased_time, locked_time]) in &mut shortest {
            *own_time = round(*threads, &own).min(*own_time);
            *leased_time = round(*threads, &leased).min(*leased_time);
            *locked_time = round(*threads, &locked).min(*locked_time);
        }
    }
    let [(_, [one, ..]), ..] = shortest;
    println!("| threads | each its own `DaySigner` | one `Mutex<Arc<SigningKey>>` | one `Mutex<Signer>` |");
    println!("|--:|--:|--:|--:|");
    for (threads, times) in shortest {
        let [own, leased, locked] =
            times.map(|time| f64::from(threads) * one.as_secs_f64() / time.as_secs_f64());
        println!("| {threads} | {own:.2} | {leased:.2} | {locked:.2} |");
    }
    println!("\nThis machine runs {} threads at once.", thread::available_parallelism()?);
    Ok(())
}

fn write(authorization: &Encoded<Authorization<'_>>) -> usize {
    authorization.encode(&mut [0; 320]).map_or(0, <[u8]>::len)
}

/// The time from the first start to the last end of so many threads, by their own clocks: this thread may wait for a
/// processor.
fn round(threads: u32, work: &(impl Fn() + Sync)) -> Duration {
    let all = Barrier::new(usize::try_from(threads).unwrap_or_default());
    let run = || {
        all.wait();
        let start = Instant::now();
        work();
        (start, Instant::now())
    };
    let spans = thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(run)).collect();
        running.into_iter().filter_map(|thread| thread.join().ok()).collect::<Vec<_>>()
    });
    let (start, end) = (spans.iter().map(|span| span.0).min(), spans.iter().map(|span| span.1).max());
    start.zip(end).map_or(Duration::MAX, |(start, end)| end.duration_since(start))
}
