//! Named steps, each announced and timed.

use std::error::Error;
use std::fmt;
use std::time::Instant;

use crate::minimums;
use crate::workspace::Workspace;

/// The result of a step or task.
pub(crate) type Outcome = Result<(), Box<dyn Error>>;

/// One part of a task, reported by its name.
pub(crate) struct Step<'a> {
    name: String,
    work: Box<dyn FnOnce() -> Outcome + 'a>,
}

impl<'a> Step<'a> {
    pub(crate) fn new(name: impl Into<String>, work: impl FnOnce() -> Outcome + 'a) -> Self {
        Self { name: name.into(), work: Box::new(work) }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn run(self) -> Outcome {
        println!("\n==> {}", self.name);
        (self.work)()
    }
}

/// The error of a step that this machine cannot run. The steps after it still run.
#[derive(Debug)]
pub(crate) struct Skipped {
    pub(crate) cause: Box<dyn Error>,
}

impl fmt::Display for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "skipped: {}", self.cause)
    }
}

impl Error for Skipped {}

/// The steps that the arguments of a task choose: all of them, the one of this name, or those with it in their name.
pub(crate) fn chosen<'a>(
    task: &str,
    mut steps: Vec<Step<'a>>,
    arguments: &[&str],
) -> Result<Vec<Step<'a>>, Box<dyn Error>> {
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

/// Installs what is missing, then runs the steps that the arguments of a task choose. If these are all steps, compares
/// their number with the minimum.
pub(crate) fn run_chosen<'a>(
    workspace: &Workspace,
    task: &str,
    missing: Vec<Step<'a>>,
    steps: Vec<Step<'a>>,
    arguments: &[&str],
) -> Outcome {
    let steps = chosen(task, steps, arguments)?;
    if !missing.is_empty() {
        run_all(task, missing)?;
    }
    let ran = run_named(task, steps)?;
    match arguments {
        [] => minimums::check(workspace, &format!("steps of {task}"), &[("steps".to_owned(), ran)].into()),
        _ => Ok(()),
    }
}

/// Runs the steps in order, then prints one line for each.
///
/// # Errors
///
/// The first failure, with the command that repeats it; the steps after it are not run.
pub(crate) fn run_all(task: &str, steps: Vec<Step<'_>>) -> Outcome {
    run_and_count(steps, |_| format!("cargo xtask {task}")).map(|_| ())
}

/// Like [`run_all`], for a task that takes a step's name. Returns how many steps ran and were not skipped.
pub(crate) fn run_named(task: &str, steps: Vec<Step<'_>>) -> Result<usize, Box<dyn Error>> {
    run_and_count(steps, |name| format!("cargo xtask {task} '{name}'"))
}

fn run_and_count(steps: Vec<Step<'_>>, repeat: impl Fn(&str) -> String) -> Result<usize, Box<dyn Error>> {
    let mut summary = Vec::new();
    let mut outcome = Ok(0_usize);
    for step in steps {
        let name = step.name.clone();
        let Ok(ran) = outcome else {
            summary.push(format!("  not run           {name}"));
            continue;
        };
        let start = Instant::now();
        let worked = step.run();
        let seconds = start.elapsed().as_secs_f64();
        let mut note = |word: &str| summary.push(format!("  {word:<7} {seconds:>6.1} s  {name}"));
        outcome = match worked.map_err(|failure| failure.downcast::<Skipped>()) {
            Ok(()) => {
                note("ok");
                Ok(ran.saturating_add(1))
            }
            Err(Ok(skipped)) => {
                note("SKIPPED");
                summary.push(format!("{:20}{skipped}", ""));
                Ok(ran)
            }
            Err(Err(failure)) => {
                note("FAILED");
                Err(format!("{failure}\nto repeat: {}", repeat(&name)).into())
            }
        };
    }
    println!("\n==> summary\n{}", summary.join("\n"));
    outcome
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::{Outcome, Skipped, Step, run_named};

    #[test]
    fn a_skipped_step_does_not_count_and_after_a_failure_no_step_is_run() {
        let ran = RefCell::new(Vec::new());
        let step = |name: &'static str, outcome: fn() -> Outcome| {
            let ran = &ran;
            Step::new(name, move || {
                ran.borrow_mut().push(name);
                outcome()
            })
        };
        let skipped = || step("skipped", || Err(Skipped { cause: "no list".into() }.into()));
        let passes = || step("passes", || Ok(()));
        let run = |steps| run_named("test", steps).map_err(|failure| failure.to_string());
        assert_eq!(run(vec![skipped(), passes()]), Ok(1));
        let failure = "the reason\nto repeat: cargo xtask test 'fails'".to_owned();
        assert_eq!(run(vec![skipped(), step("fails", || Err("the reason".into())), passes()]), Err(failure));
        assert_eq!(*ran.borrow(), ["skipped", "passes", "skipped", "fails"]);
    }
}
