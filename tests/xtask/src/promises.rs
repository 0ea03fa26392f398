//! `cargo xtask promises`: each sentence of the documents that promises something, and what would fail
//! if it were not kept, as `tests/promises.toml` has them.
//!
//! Both ways: what is in the table is in the document word for word, and a section that promises holds
//! nothing that is not in the table. Each test that is named is there; `cargo xtask test`, which runs
//! them, sees that it ran.

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

/// What keeps the promises.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Promises {
    /// The sections, by document, that hold nothing but promises and their limits.
    sections: BTreeMap<String, Vec<String>>,
    promise: Vec<Promise>,
    limit: Vec<Limit>,
}

/// A text that promises something.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Promise {
    #[serde(rename = "in")]
    document: String,
    says: String,
    /// `package::target::test`, a step of a task: `xtask TASK: STEP`, or a long task: `xtask TASK`.
    kept_by: Vec<String>,
}

/// A text among the promises that promises nothing: it says what is not done, or why.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Limit {
    #[serde(rename = "in")]
    document: String,
    says: String,
}

/// The tests are only listed, not run.
pub(crate) fn task(workspace: &Workspace) -> Outcome {
    let look = || check(workspace, &ran::list(workspace)?);
    step::run_all("promises", vec![Step::new("promises", look)])
}

/// Whether the documents and the table fit, and all that is named is among the tests.
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

/// The steps of the tasks that every change has to pass, and the long tasks, as they are named.
fn steps(workspace: &Workspace) -> Result<Vec<String>, Box<dyn Error>> {
    let check = crate::check::steps(workspace)?;
    let check = check.iter().map(|step| format!("xtask check: {}", step.name()));
    let test = crate::test::after_the_tests(workspace)?;
    let test = test.iter().map(|step| format!("xtask test: {}", step.name()));
    // By its name: how long it runs, or how much of it there is, is said elsewhere.
    let long = crate::long::LONG.iter().filter_map(|task| task.split(' ').next());
    Ok(check.chain(test).chain(long.map(|name| format!("xtask {name}"))).collect())
}

impl Promises {
    /// What one of a document and the table has, and the other has not.
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

    /// What is said to stand in a document that nobody looks at.
    fn elsewhere(&self) -> Vec<String> {
        let limits = self.limit.iter().map(|it| &it.document);
        let named = self.promise.iter().map(|it| &it.document).chain(limits);
        let unknown = named.filter(|name| !self.sections.contains_key(*name));
        unknown.map(|name| format!("`{name}` is not among the documents")).collect()
    }

    /// All that is said to stand in a document, the longest first: one text may hold another.
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
            return vec![format!("nothing keeps: {}", self.says)];
        }
        let there = |name: &&String| tests.contains(*name) || steps.contains(*name);
        let absent = self.kept_by.iter().filter(|name| !there(name));
        absent.map(|name| format!("`{name}` did not run, and would keep: {}", self.says)).collect()
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
    fn a_promise_that_nothing_keeps_is_told() {
        assert_eq!(promise(&[]).unkept(&Tests::new(), &[]), ["nothing keeps: It signs."]);
    }

    #[test]
    fn a_test_that_did_not_run_keeps_nothing() {
        let ran = Tests::from(["core::lib::it_signs".to_owned()]);
        let steps = ["xtask check: docs".to_owned()];
        assert!(promise(&["core::lib::it_signs", "xtask check: docs"]).unkept(&ran, &steps).is_empty());
        assert_eq!(
            promise(&["core::lib::it_sings"]).unkept(&ran, &steps),
            ["`core::lib::it_sings` did not run, and would keep: It signs."]
        );
    }
}
