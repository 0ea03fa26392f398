//! Named steps, each announced and timed.

mod apart;

use std::collections::BTreeMap;
use std::error::Error;
use std::time::{Duration, Instant};
use std::{env, fmt};

use crate::workspace::Workspace;

/// The result of a step or task.
pub(crate) type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// One part of a task, reported by its name.
pub(crate) struct Step<'a> {
    pub(crate) name: String,
    pub(crate) work: Box<dyn FnOnce() -> Outcome + 'a>,
    /// Whether a whole run may run the step at any time, in a process of its own: it needs nothing that another step
    /// makes, and changes nothing that another one reads.
    pub(crate) is_apart: bool,
}

impl<'a> Step<'a> {
    pub(crate) fn new(name: impl Into<String>, work: impl FnOnce() -> Outcome + 'a) -> Self {
        Self { name: name.into(), work: Box::new(work), is_apart: false }
    }

    pub(crate) fn apart(self) -> Self {
        Self { is_apart: true, ..self }
    }
}

/// The error of a step that this machine cannot run. The steps after it still run.
#[derive(Debug)]
pub(crate) struct Skipped(pub(crate) Box<dyn Error>);

impl fmt::Display for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "skipped: {}", self.0)
    }
}

impl Error for Skipped {}

/// The steps that the arguments of a task choose: all of them, the one of this name, or those with it in their name.
pub(crate) fn chosen<'a>(task: &str, mut steps: Vec<Step<'a>>, arguments: &[&str]) -> Outcome<Vec<Step<'a>>> {
    let part = match arguments {
        [] => return Ok(steps),
        [part] => *part,
        _ => return Err(format!("usage: cargo xtask {task} [PART-OF-A-NAME]").into()),
    };
    let names: Vec<String> = steps.iter().map(|step| step.name.clone()).collect();
    let is_name = names.iter().any(|name| name == part);
    steps.retain(|step| if is_name { step.name == part } else { step.name.contains(part) });
    match steps.is_empty() {
        true => Err(format!("no step has `{part}` in its name; the steps are:\n{}", names.join("\n")).into()),
        false => Ok(steps),
    }
}

/// Installs what is missing, then runs the steps that the arguments of a task choose. If these are all steps, runs them
/// on two cores, and compares their number with the minimum.
pub(crate) fn run_chosen<'a>(
    workspace: &Workspace,
    task: &str,
    missing: impl IntoIterator<Item = Option<Step<'a>>>,
    steps: Vec<Step<'a>>,
    arguments: &[&str],
) -> Outcome {
    let missing = announced(missing);
    let steps = chosen(task, steps, arguments)?;
    if !missing.is_empty() {
        run_all(task, [], missing)?;
    }
    let repeat = |name: &str| format!("cargo xtask {task} '{name}'");
    if !arguments.is_empty() {
        return run_and_count(steps, &repeat).map(|_| ());
    }
    let ran = apart::run_and_count(steps, &repeat, &[env::current_exe()?, task.into()])?;
    check_minimums(workspace, &format!("steps of {task}"), &[("steps".to_owned(), ran)].into())
}

/// Prints what will be installed.
fn announced<'a>(missing: impl IntoIterator<Item = Option<Step<'a>>>) -> Vec<Step<'a>> {
    missing.into_iter().flatten().inspect(|step| println!("setup will {}", step.name)).collect()
}

/// Installs what is missing, runs the steps in order, and prints one line for each. The first failure is the error,
/// with the command that repeats it; the steps after it are not run.
pub(crate) fn run_all<'a>(
    task: &str,
    missing: impl IntoIterator<Item = Option<Step<'a>>>,
    steps: impl IntoIterator<Item = Step<'a>>,
) -> Outcome {
    let steps = announced(missing).into_iter().chain(steps).collect();
    run_and_count(steps, &|_| format!("cargo xtask {task}")).map(|_| ())
}

/// Like [`run_all`], with a command that depends on the step's name. Returns how many steps ran and were not skipped.
pub(crate) fn run_and_count(steps: Vec<Step<'_>>, repeat: Repeat<'_>) -> Outcome<usize> {
    let mut report = Report::default();
    steps.into_iter().for_each(|step| report.run(step, repeat));
    report.end()
}

/// Makes the command that repeats the step of a name.
pub(crate) type Repeat<'a> = &'a dyn Fn(&str) -> String;

/// How the steps so far have ended.
#[derive(Default)]
pub(crate) struct Report {
    lines: Vec<String>,
    ran: usize,
    pub(crate) failure: Option<String>,
}

impl Report {
    /// Runs a step, unless one before it has failed.
    pub(crate) fn run(&mut self, step: Step<'_>, repeat: Repeat<'_>) {
        if self.failure.is_some() {
            return self.lines.push(format!("  not run           {}", step.name));
        }
        println!("\n==> {}", step.name);
        let start = Instant::now();
        let outcome = (step.work)();
        self.add(&step.name, start.elapsed(), outcome, repeat);
    }

    /// Adds a step that has ended.
    pub(crate) fn add(&mut self, name: &str, time: Duration, outcome: Outcome, repeat: Repeat<'_>) {
        let mut note =
            |word: &str| self.lines.push(format!("  {word:<7} {:>6.1} s  {name}", time.as_secs_f64()));
        match outcome.map_err(|failure| failure.downcast::<Skipped>()) {
            Ok(()) => {
                note("ok");
                self.ran = self.ran.saturating_add(1);
            }
            Err(Ok(skipped)) => {
                note("SKIPPED");
                self.lines.push(format!("{:20}{skipped}", ""));
            }
            Err(Err(failure)) => {
                note("FAILED");
                self.failure.get_or_insert_with(|| format!("{failure}\nto repeat: {}", repeat(name)));
            }
        }
    }

    /// Prints a line for each step. Returns how many ran and were not skipped.
    pub(crate) fn end(self) -> Outcome<usize> {
        println!("\n==> summary\n{}", self.lines.join("\n"));
        self.failure.map_or(Ok(self.ran), |failure| Err(failure.into()))
    }
}

type Counts = BTreeMap<String, usize>;

/// Compares the counts of one kind with `tests/minimums.toml`, the least that a whole run must run, in both directions.
pub(crate) fn check_minimums(workspace: &Workspace, kind: &str, counts: &Counts) -> Outcome {
    let mut all: BTreeMap<String, Counts> = workspace.toml("tests/minimums.toml")?;
    let minimums = all.remove(kind).unwrap_or_default();
    let less = minimums.iter().filter_map(|(name, least)| {
        let count = counts.get(name).copied().unwrap_or_default();
        (count < *least).then(|| format!("{name}: {count} ran, at least {least} must"))
    });
    let new = counts.iter().filter(|(name, _)| !minimums.contains_key(*name));
    let new = new.map(|(name, count)| format!("{name} has no minimum, and {count} ran"));
    let wrong: Vec<String> = less.chain(new).collect();
    match wrong.is_empty() {
        true => Ok(()),
        false => Err(format!("tests/minimums.toml: {kind}: {}", wrong.join("; ")).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Outcome, Skipped, Step, Workspace, run_chosen};

    #[test]
    fn a_skipped_step_does_not_fail_and_does_not_count_towards_the_minimum() -> Outcome {
        let workspace = Workspace::read()?;
        let skipped = || Step::new("skipped", || Err(Skipped("no list".into()).into()));
        let run = |part: &[&str]| {
            let steps = vec![skipped(), Step::new("passes", || Ok(())), skipped()];
            run_chosen(&workspace, "test", [], steps, part).map_err(|failure| failure.to_string())
        };
        assert_eq!(run(&[""]), Ok(()));
        let wrong = run(&[]).err().unwrap_or_default();
        assert!(wrong.starts_with("tests/minimums.toml: steps of test: steps: 1 ran, at least "), "{wrong}");
        Ok(())
    }
}
