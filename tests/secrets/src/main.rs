//! Checks that no branch and no address depends on a key, except branches on a [`Verdict`](cases::Verdict).
//! `cargo xtask secrets` runs this program.
//!
//! The keys are marked as uninitialised for memcheck, which then reports every branch and every address that depends
//! on them. Planted defects must be reported too.

mod cases;
mod valgrind;

use std::error::Error;
use std::hint::black_box;
use std::ops::RangeInclusive;
use std::process::ExitCode;

use cases::{CASES, Case, PLANTED};

fn main() -> ExitCode {
    if valgrind::is_here() {
        return look();
    }
    eprintln!("secrets: must run under valgrind: use cargo xtask secrets");
    ExitCode::FAILURE
}

fn look() -> ExitCode {
    // As long as a real key. The compiler must not compute with it.
    let key = black_box(*b"Gu5t9xGARNpq86cd98joQYCN3EXAMPLE");
    let mut is_right = true;
    for case in CASES {
        let comparisons = case.verdict.as_ref().map_or(0, |verdict| verdict.comparisons);
        is_right &= show(&case, reports(&case, &key), comparisons..=comparisons);
    }
    for planted in PLANTED {
        is_right &= show(&planted, reports(&planted, &key), key.len()..=usize::MAX);
    }
    if is_right { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The number of errors that memcheck reports for a case with hidden secrets.
fn reports(case: &Case, key: &[u8; 32]) -> Result<usize, Box<dyn Error>> {
    let text = str::from_utf8(key)?;
    let expected = (case.run)(text, |_| {})?;
    if let Some(verdict) = case.verdict.as_ref().filter(|verdict| expected != [verdict.is]) {
        return Err(format!("the verdict is {expected:?}, not {}", verdict.is).into());
    }
    let before = valgrind::errors();
    let outcome = (case.run)(text, valgrind::hide);
    let reports = valgrind::errors().saturating_sub(before);
    valgrind::publish(key);
    let outcome = outcome?;
    valgrind::publish(&outcome);
    if outcome != expected {
        return Err(format!("the output is {outcome:?}, and {expected:?} without hidden secrets").into());
    }
    Ok(reports)
}

fn show(case: &Case, reports: Result<usize, Box<dyn Error>>, expected: RangeInclusive<usize>) -> bool {
    let is_right = reports.as_ref().is_ok_and(|reports| expected.contains(reports));
    let word = if is_right { "ok" } else { "FAILED" };
    let (text, least) =
        (reports.map_or_else(|cause| cause.to_string(), |it| it.to_string()), expected.start());
    println!("  {word:<6} {text:>4} (expected: {least})  {}", case.name);
    is_right
}
