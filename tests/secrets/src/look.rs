//! Checks that no branch and no address depends on a key, except branches on a [`Verdict`](crate::cases::Verdict).

use crate::{
    cases::{CASES, Case, NoProbe, Outcome, Probe},
    controls::{BRANCH, LOOK_UP},
    keys::{Key, keys},
    valgrind,
};
use std::process::ExitCode;

struct Hidden;

impl Probe for Hidden {
    fn secret(&mut self, bytes: &[u8]) {
        valgrind::hide(bytes);
    }

    fn begin(&mut self) {}

    fn end(&mut self) {}
}

pub(crate) fn all() -> ExitCode {
    let key = keys().next().unwrap_or_default();
    let mut is_right = true;
    for case in CASES {
        let found = reports(&case, &key);
        is_right &= line(&case, &found, |reports| {
            reports == case.verdict.as_ref().map_or(0, |verdict| verdict.comparisons)
        });
    }
    for control in [BRANCH, LOOK_UP] {
        let found = reports(&control, &key);
        is_right &= line(&control, &found, |reports| reports >= key.len());
    }
    if is_right { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The number of errors that memcheck reports for a case with hidden secrets.
fn reports(case: &Case, key: &Key) -> Result<usize, Box<dyn std::error::Error>> {
    let text = str::from_utf8(key)?;
    let expected = (case.run)(text, &mut NoProbe)?;
    if case.verdict.as_ref().is_some_and(|verdict| expected != [verdict.is]) {
        return Err("the verdict is wrong".into());
    }
    let before = valgrind::errors();
    let outcome: Outcome = (case.run)(text, &mut Hidden);
    let reports = valgrind::errors().saturating_sub(before);
    valgrind::publish(key);
    let outcome = outcome?;
    valgrind::publish(&outcome);
    if outcome != expected {
        return Err("the output differs from that of a run without hidden secrets".into());
    }
    Ok(reports)
}

fn line(
    case: &Case,
    found: &Result<usize, Box<dyn std::error::Error>>,
    is_right: impl Fn(usize) -> bool,
) -> bool {
    let (word, text) = match found {
        Ok(reports) if is_right(*reports) => ("ok", reports.to_string()),
        Ok(reports) => ("FAILED", reports.to_string()),
        Err(cause) => ("FAILED", cause.to_string()),
    };
    println!("  {word:<6} {text:>4}  {}", case.name);
    word == "ok"
}
