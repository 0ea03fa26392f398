//! `cargo xtask promises`: compares the promises of README.md and SECURITY.md with `tests/promises.toml`, which
//! names the tests that would fail if a promise were broken.
//!
//! Each sentence in the table must be in its document. Each sentence in the listed sections of a document must be
//! in the table. Each named test must exist; `cargo xtask test` checks that it ran.

mod document;
pub(crate) mod ran;

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;

use serde::Deserialize;

use crate::step::{self, Outcome, Step};
use crate::workspace::Workspace;
use document::Section;
use ran::Tests;

/// The file `tests/promises.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Promises {
    /// The sections, by document, in which each sentence needs an entry.
    sections: BTreeMap<String, Vec<String>>,
    promise: Vec<Promise>,
    limit: Vec<Limit>,
}

/// A sentence that promises something.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Promise {
    #[serde(rename = "in")]
    document: String,
    says: String,
    /// `package::target::test`, a step of a task: `xtask TASK: STEP`, or a long task: `xtask TASK`.
    kept_by: Vec<String>,
}

/// A sentence in a section of promises that promises nothing.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Limit {
    #[serde(rename = "in")]
    document: String,
    says: String,
}

/// Lists the tests without running them.
pub(crate) fn task(workspace: &Workspace) -> Outcome {
    let compare = || check(workspace, &ran::list(workspace)?);
    step::run_all("promises", vec![Step::new("promises", compare)])
}

/// Compares the documents with the table, and looks for each named test and step.
pub(crate) fn check(workspace: &Workspace, tests: &Tests) -> Outcome {
    let table = workspace.root.join("tests/promises.toml");
    let promises: Promises = toml::from_str(&fs::read_to_string(table)?)?;
    let mut wrong = Vec::new();
    for (name, sections) in &promises.sections {
        let text = fs::read_to_string(workspace.root.join(name))?;
        wrong.extend(promises.differences(name, &text, sections));
    }
    let steps = steps(workspace)?;
    wrong.extend(promises.promise.iter().flat_map(|promise| promise.unkept(tests, &steps)));
    wrong.extend(promises.elsewhere());
    if !wrong.is_empty() {
        return Err(format!("tests/promises.toml:\n{}", wrong.join("\n")).into());
    }
    println!("{} promises are kept", promises.promise.len());
    Ok(())
}

/// The names of all steps that every change must pass, and of the long tasks.
fn steps(workspace: &Workspace) -> Result<Vec<String>, Box<dyn Error>> {
    let check = crate::check::steps(workspace)?;
    let check = check.iter().map(|step| format!("xtask check: {}", step.name()));
    let test = crate::test::after_the_tests(workspace)?;
    let test = test.iter().map(|step| format!("xtask test: {}", step.name()));
    // Without the task's arguments.
    let long = crate::long::LONG.iter().filter_map(|task| task.split(' ').next());
    Ok(check.chain(test).chain(long.map(|name| format!("xtask {name}"))).collect())
}

impl Promises {
    /// Sentences that are only in the document or only in the table.
    fn differences(&self, name: &str, text: &str, sections: &[String]) -> Vec<String> {
        let says = self.of(name);
        let absent = document::absent(text, &says);
        let mut wrong: Vec<String> = absent.iter().map(|it| format!("{name} does not say: {it}")).collect();
        for title in sections {
            match Section::find(text, title) {
                None => wrong.push(format!("{name} has no section `{title}`")),
                Some(section) => wrong.extend(
                    section
                        .without(&says)
                        .iter()
                        .map(|it| format!("{name}: {title}: not in the table: {it}")),
                ),
            }
        }
        wrong
    }

    /// Names of unknown documents in the entries.
    fn elsewhere(&self) -> Vec<String> {
        let limits = self.limit.iter().map(|it| &it.document);
        let named = self.promise.iter().map(|it| &it.document).chain(limits);
        let unknown = named.filter(|name| !self.sections.contains_key(*name));
        unknown.map(|name| format!("`{name}` is not among the documents")).collect()
    }

    /// The entries of a document, the longest first, because one sentence can contain another.
    fn of(&self, document: &str) -> Vec<&str> {
        let promises = self.promise.iter().filter(|it| it.document == document).map(|it| &it.says);
        let limits = self.limit.iter().filter(|it| it.document == document).map(|it| &it.says);
        let mut says: Vec<&str> = promises.chain(limits).map(String::as_str).collect();
        says.sort_by_key(|it| std::cmp::Reverse(it.len()));
        says
    }
}

impl Promise {
    fn unkept(&self, tests: &Tests, steps: &[String]) -> Vec<String> {
        if self.kept_by.is_empty() {
            return vec![format!("no test is named for: {}", self.says)];
        }
        let there = |name: &&String| tests.contains(*name) || steps.contains(*name);
        let absent = self.kept_by.iter().filter(|name| !there(name));
        absent.map(|name| format!("`{name}` did not run, which is named for: {}", self.says)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Promise;
    use super::ran::Tests;

    fn promise(kept_by: &[&str]) -> Promise {
        let kept_by = kept_by.iter().map(|name| (*name).to_owned()).collect();
        Promise { document: "README.md".to_owned(), says: "It signs.".to_owned(), kept_by }
    }

    #[test]
    fn a_promise_without_a_test_is_reported() {
        assert_eq!(promise(&[]).unkept(&Tests::new(), &[]), ["no test is named for: It signs."]);
    }

    #[test]
    fn a_promise_whose_test_did_not_run_is_reported() {
        let ran = Tests::from(["core::lib::it_signs".to_owned()]);
        let steps = ["xtask check: docs".to_owned()];
        assert!(promise(&["core::lib::it_signs", "xtask check: docs"]).unkept(&ran, &steps).is_empty());
        assert_eq!(
            promise(&["core::lib::it_sings"]).unkept(&ran, &steps),
            ["`core::lib::it_sings` did not run, which is named for: It signs."]
        );
    }
}
