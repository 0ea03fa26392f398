//! Instruction counts by case.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;

use crate::step::Outcome;

/// The counts of each case.
#[derive(Default)]
pub(super) struct Counted(BTreeMap<String, Instructions>);

/// The minimum and maximum number of instructions, and the number of keys.
struct Instructions {
    least: u64,
    most: u64,
    keys: u64,
}

impl Counted {
    /// Reads callgrind's output file.
    pub(super) fn read(dumps: &str) -> Self {
        let mut counted = Self::default();
        let mut name = None;
        for line in dumps.lines() {
            if let Some(case) = line.strip_prefix("desc: Trigger: Client Request: ") {
                name = Some(case);
            }
            let total = line.strip_prefix("totals: ").and_then(|total| total.trim().parse().ok());
            if let (Some(case), Some(total)) = (name, total) {
                counted.add(case, total);
                name = None;
            }
        }
        counted
    }

    /// Adds the count for one more key.
    pub(super) fn add(&mut self, case: &str, total: u64) {
        let new = || Instructions { least: total, most: total, keys: 0 };
        self.0.entry(case.to_owned()).or_insert_with(new).add(total);
    }

    /// Fails unless each case ran with all keys and always took the same number of instructions. The planted branch
    /// must take different numbers.
    pub(super) fn judge(&self, all: u64) -> Outcome {
        let mut wrong = Vec::new();
        for (case, Instructions { least, most, keys }) in &self.0 {
            let is_right = if case.starts_with("a planted branch") { least < most } else { least == most };
            let is_right = is_right && *keys == all;
            let word = if is_right { "ok" } else { "FAILED" };
            println!("  {word:<6} {least} to {most} with {keys} keys  {case}");
            if !is_right {
                wrong.push(case.clone());
            }
        }
        if self.0.is_empty() {
            wrong.push("nothing was counted".to_owned());
        }
        if wrong.is_empty() { Ok(()) } else { Err(NotTheSame { wrong }.into()) }
    }
}

impl Instructions {
    fn add(&mut self, total: u64) {
        self.least = self.least.min(total);
        self.most = self.most.max(total);
        self.keys = self.keys.saturating_add(1);
    }
}

/// The number of instructions depends on the key, or a planted branch was not reported.
#[derive(Debug)]
struct NotTheSame {
    wrong: Vec<String>,
}

impl fmt::Display for NotTheSame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the number of instructions depends on the key, or a count is missing: {}",
            self.wrong.join(", ")
        )
    }
}

impl Error for NotTheSame {}

#[cfg(test)]
mod tests {
    use super::Counted;

    fn dumps(totals: [(&str, u64); 4]) -> String {
        let dump = |(case, total)| format!("desc: Trigger: Client Request: {case}\ntotals: {total}\n\n");
        totals.map(dump).concat()
    }

    #[test]
    fn one_more_instruction_fails() {
        let planted = [("a planted branch", 5), ("a planted branch", 6)];
        let [one, two] = planted;
        assert!(Counted::read(&dumps([("tc3", 7), ("tc3", 7), one, two])).judge(2).is_ok());
        assert!(Counted::read(&dumps([("tc3", 7), ("tc3", 8), one, two])).judge(2).is_err());
    }

    #[test]
    fn a_planted_branch_that_is_not_reported_fails() {
        let planted = ("a planted branch", 5);
        assert!(Counted::read(&dumps([("tc3", 7), ("tc3", 7), planted, planted])).judge(2).is_err());
        assert!(Counted::read("").judge(2).is_err());
    }

    #[test]
    fn a_key_that_was_not_counted_fails() {
        let [one, two] = [("a planted branch", 5), ("a planted branch", 6)];
        assert!(Counted::read(&dumps([("tc3", 7), ("v1", 7), one, two])).judge(2).is_err());
        assert!(Counted::read(&dumps([("tc3", 7), ("tc3", 7), one, two])).judge(3).is_err());
    }
}
