//! Instructions as they were counted, key after key.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;

use crate::step::Outcome;

/// What each case took.
#[derive(Default)]
pub(super) struct Counted(BTreeMap<String, Instructions>);

/// The fewest and the most, of as many keys.
struct Instructions {
    first: u64,
    last: u64,
    keys: u64,
}

impl Counted {
    /// As callgrind writes it down.
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

    /// One more key.
    pub(super) fn add(&mut self, case: &str, total: u64) {
        let new = || Instructions { first: total, last: total, keys: 0 };
        self.0.entry(case.to_owned()).or_insert_with(new).add(total);
    }

    /// Each case was run with all keys and takes always the same; what is planted does not, or nothing
    /// was counted.
    pub(super) fn judge(&self, all: u64) -> Outcome {
        let mut wrong = Vec::new();
        for (case, Instructions { first, last, keys }) in &self.0 {
            let is_right = if case.starts_with("a planted branch") { first < last } else { first == last };
            let is_right = is_right && *keys == all;
            let word = if is_right { "ok" } else { "FAILED" };
            println!("  {word:<6} {first} to {last} with {keys} keys  {case}");
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
        self.first = self.first.min(total);
        self.last = self.last.max(total);
        self.keys = self.keys.saturating_add(1);
    }
}

/// Not every key took the same number of instructions, or what was planted was not noticed.
#[derive(Debug)]
struct NotTheSame {
    wrong: Vec<String>,
}

impl fmt::Display for NotTheSame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the number of instructions is not as it should be: {}", self.wrong.join(", "))
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
    fn one_instruction_more_is_noticed() {
        let planted = [("a planted branch", 5), ("a planted branch", 6)];
        let [one, two] = planted;
        assert!(Counted::read(&dumps([("tc3", 7), ("tc3", 7), one, two])).judge(2).is_ok());
        assert!(Counted::read(&dumps([("tc3", 7), ("tc3", 8), one, two])).judge(2).is_err());
    }

    #[test]
    fn a_count_that_notices_nothing_is_no_proof() {
        let planted = ("a planted branch", 5);
        assert!(Counted::read(&dumps([("tc3", 7), ("tc3", 7), planted, planted])).judge(2).is_err());
        assert!(Counted::read("").judge(2).is_err());
    }

    #[test]
    fn a_key_that_was_not_counted_is_noticed() {
        let [one, two] = [("a planted branch", 5), ("a planted branch", 6)];
        assert!(Counted::read(&dumps([("tc3", 7), ("v1", 7), one, two])).judge(2).is_err());
        assert!(Counted::read(&dumps([("tc3", 7), ("tc3", 7), one, two])).judge(3).is_err());
    }
}
