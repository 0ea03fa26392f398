//! Checks that no branch and no address depends on a key, except branches on a [`Verdict`](secrets::Verdict).
//! `cargo xtask secrets` runs this program.
//!
//! The keys are marked as uninitialised for memcheck, which then reports every branch and every address that depends
//! on them. Planted defects must be reported too.

mod valgrind;

use std::hint::black_box;
use std::ops::RangeInclusive;
use std::process::ExitCode;

use secrets::{Key, OPERATIONS, OUT, Operation, operation};

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
    for operation in OPERATIONS {
        let comparisons = operation.verdict.as_ref().map_or(0, |verdict| verdict.comparisons);
        is_right &= show(&operation, reports(&operation, &key), comparisons..=comparisons);
    }
    for planted in PLANTED {
        is_right &= show(&planted, reports(&planted, &key), key.len()..=usize::MAX);
    }
    if is_right { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The number of errors that memcheck reports for an operation with hidden secrets.
fn reports(operation: &Operation, key: &[u8; 32]) -> Result<usize, String> {
    let text = str::from_utf8(key).map_err(|error| error.to_string())?;
    let [mut plain, mut hidden] = [[0; OUT]; 2];
    let expected = (operation.run)(&Key { text, hide: |_| {} }, &mut plain).ok_or("failed")?;
    if let Some(verdict) = operation.verdict.as_ref().filter(|verdict| plain.first() != Some(&verdict.is)) {
        return Err(format!("the verdict is {:?}, not {}", plain.first(), verdict.is));
    }
    let before = valgrind::errors();
    let len = (operation.run)(&Key { text, hide: valgrind::hide }, &mut hidden);
    let reports = valgrind::errors().saturating_sub(before);
    valgrind::publish(key);
    valgrind::publish(&hidden);
    if len != Some(expected) || hidden != plain {
        return Err(format!("with hidden secrets the output is {hidden:?}, and without {plain:?}"));
    }
    Ok(reports)
}

fn show(operation: &Operation, reports: Result<usize, String>, expected: RangeInclusive<usize>) -> bool {
    let is_right = reports.as_ref().is_ok_and(|reports| expected.contains(reports));
    let word = if is_right { "ok" } else { "FAILED" };
    let text = reports.map_or_else(|cause| cause, |reports| reports.to_string());
    println!("  {word:<6} {text:>4} (expected: {})  {}", expected.start(), operation.name);
    is_right
}

/// Defects that must be reported.
const PLANTED: [Operation; 2] =
    [operation("a planted branch on the key", branch), operation("a planted look-up by the key", look_up)];

fn branch(key: &Key<'_>, out: &mut [u8; OUT]) -> Option<usize> {
    (key.hide)(key.text.as_bytes());
    let mut odd = 0u8;
    for byte in key.text.bytes() {
        if byte & 1 == 1 {
            odd = black_box(odd.wrapping_add(1));
        }
    }
    *out.first_mut()? = odd;
    Some(1)
}

fn look_up(key: &Key<'_>, out: &mut [u8; OUT]) -> Option<usize> {
    let table: [u8; 16] = black_box(*b"0123456789abcdef");
    (key.hide)(key.text.as_bytes());
    let letters = key.text.bytes().filter_map(|byte| table.get(usize::from(byte & 15)));
    Some(out.iter_mut().zip(letters).map(|(to, letter)| *to = *letter).count())
}
