//! The measurements, as `table.json` has them.

use std::alloc::System;
use std::env;
use std::fs;
use std::process::Command;
use std::time::Instant;

use serde_json::{Value, json};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

use crate::contender::{Contender, Signer};
use crate::fixture::{SHORT, SIZES};
use crate::ours::CACHED;
use crate::{Outcome, contenders};

/// Times are the shortest of this many rounds, and allocations the most of any body.
pub(crate) fn measure(rounds: usize) -> Outcome<Value> {
    let mut rows = Vec::new();
    for it in contenders(SHORT)? {
        let instructions = instructions(it.name, SHORT)?;
        rows.push((it.name, it.kind, instructions, 0, Vec::new()));
    }
    for body in SIZES {
        let mut contenders = contenders(body)?;
        let times = race(&mut contenders, rounds)?;
        for ((.., most, nanoseconds), (contender, time)) in
            rows.iter_mut().zip(contenders.iter_mut().zip(times))
        {
            nanoseconds.push(time);
            *most = allocations(&mut contender.signer)?.max(*most);
        }
    }
    let rows = rows.into_iter().map(|(name, kind, instructions, allocations, nanoseconds)| {
        json!({ "name": name, "kind": kind, "instructions": instructions,
            "allocations": allocations, "nanoseconds": nanoseconds })
    });
    let compiler = Command::new("rustc").arg("--version").output()?.stdout;
    let processor = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = processor.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    Ok(json!({
        "compiler": String::from_utf8(compiler)?.trim(),
        "processor": model.map_or("an unnamed processor", |(_, name)| name),
        // On x86-64 and on ARM.
        "has_sha": processor.split_whitespace().any(|flag| flag == "sha_ni" || flag == "sha2"),
        // Of one compression in software. The two bodies differ by 1,024 bytes, which are 16 blocks.
        "compression": instructions(CACHED, 2048)?.saturating_sub(instructions(CACHED, 1024)?) / 16,
        "sizes": SIZES,
        "rows": rows.collect::<Vec<_>>(),
    }))
}

/// Minimum nanoseconds of a turn. It is so long that the time to read the clock does not matter.
const TURN: u64 = 200_000;

/// The shortest time of one signature of each contender, in nanoseconds. Each has a turn in each round, so that noise
/// affects all of them alike.
fn race(contenders: &mut [Contender], rounds: usize) -> Outcome<Vec<u64>> {
    let turns = contenders.iter_mut().map(|it| turn(&mut it.signer)).collect::<Outcome<Vec<_>>>()?;
    let mut shortest = vec![u64::MAX; contenders.len()];
    for _ in 0..rounds {
        for ((contender, times), shortest) in contenders.iter_mut().zip(&turns).zip(&mut shortest) {
            *shortest = nanoseconds(&mut contender.signer, *times)?.min(*shortest);
        }
    }
    let each = shortest.iter().zip(turns).map(|(time, times)| time.div_ceil(times.into()));
    Ok(each.collect())
}

/// The number of signatures in one turn.
fn turn(signer: &mut Signer) -> Outcome<u32> {
    let mut times = 1;
    while nanoseconds(signer, times)? < TURN {
        times = times.saturating_mul(2);
    }
    Ok(times)
}

/// The time of this many signatures.
fn nanoseconds(signer: &mut Signer, times: u32) -> Outcome<u64> {
    let start = Instant::now();
    signer(times);
    Ok(start.elapsed().as_nanos().try_into()?)
}

#[global_allocator]
static HEAP: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// The difference of two runs excludes the caller's own work.
fn allocations(signer: &mut Signer) -> Outcome<u32> {
    let [one, two] = [1, 2].map(|times| {
        let region = Region::new(HEAP);
        signer(times);
        let change = region.change();
        change.allocations.saturating_add(change.reallocations)
    });
    Ok(two.saturating_sub(one).try_into()?)
}

/// The instructions that a contender needs to sign a body of this length: the difference of two runs, which excludes
/// the start of the program.
///
/// Valgrind has no SHA instructions, so all contenders hash in software.
fn instructions(name: &str, body: usize) -> Outcome<u32> {
    match (collected(name, body, 50)?, collected(name, body, 550)?) {
        (less, more) if more > less => Ok(more.saturating_sub(less).saturating_add(250) / 500),
        (less, more) => Err(format!("{name}: {more} instructions for 550 signatures, {less} for 50").into()),
    }
}

fn collected(name: &str, body: usize, times: u32) -> Outcome<u32> {
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null", "--log-fd=1"]);
    valgrind.arg(env::current_exe()?).args(["sign", name, &body.to_string(), &times.to_string()]);
    let output = valgrind.output()?;
    let printed = String::from_utf8_lossy(&output.stdout);
    match printed.lines().find_map(|line| line.split_once("Collected : ")) {
        Some((_, instructions)) if output.status.success() => Ok(instructions.trim().parse()?),
        _ => {
            let errors = String::from_utf8_lossy(&output.stderr);
            Err(format!("`{valgrind:?}` counted nothing:\n{printed}{errors}").into())
        }
    }
}
