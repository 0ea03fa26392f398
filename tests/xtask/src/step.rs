//! Named steps, each announced and timed.

use std::error::Error;
use std::fmt;
use std::time::{Duration, Instant};

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

/// Runs the steps in order, then prints one line for each.
///
/// # Errors
///
/// The first failure; the steps after it are not run.
pub(crate) fn run_all(task: &str, steps: Vec<Step<'_>>) -> Outcome {
    let mut summary = Vec::new();
    let mut outcome = Ok(());
    for Step { name, work } in steps {
        if outcome.is_err() {
            summary.push(line("not run", None, &name));
            continue;
        }
        println!("\n==> {name}");
        let start = Instant::now();
        let worked = work();
        let mut note = |word, name| summary.push(line(word, Some(start.elapsed()), name));
        match worked.map_err(|failure| failure.downcast::<Skipped>()) {
            Ok(()) => note("ok", &name),
            Err(Ok(skipped)) => {
                println!("{skipped}");
                note("SKIPPED", &format!("{name}: {}", skipped.cause));
            }
            Err(Err(failure)) => {
                note("FAILED", &name);
                outcome = Err(failure);
            }
        }
    }
    println!("\n==> {task}: summary");
    for line in summary {
        println!("{line}");
    }
    outcome
}

fn line(word: &str, duration: Option<Duration>, name: &str) -> String {
    let seconds = duration.map_or(String::new(), |it| format!("{:.1} s", it.as_secs_f64()));
    format!("  {word:<7} {seconds:>8}  {name}")
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::{Skipped, Step, run_all};

    #[test]
    fn the_first_failure_is_returned_and_later_steps_are_not_run() {
        let ran = RefCell::new(Vec::new());
        let step = |name: &'static str, fails: Option<&'static str>| {
            let ran = &ran;
            Step::new(name, move || {
                ran.borrow_mut().push(name);
                fails.map_or(Ok(()), |reason| Err(reason.into()))
            })
        };
        let steps = vec![step("first", None), step("second", Some("the reason")), step("third", None)];
        let outcome = run_all("test", steps).map_err(|failure| failure.to_string());
        assert_eq!(outcome, Err("the reason".to_owned()));
        assert_eq!(*ran.borrow(), ["first", "second"]);
    }

    #[test]
    fn the_steps_after_a_skipped_step_are_run() {
        let ran = RefCell::new(false);
        let steps = vec![
            Step::new("first", || Err(Skipped { cause: "no emulator".into() }.into())),
            Step::new("second", || {
                *ran.borrow_mut() = true;
                Ok(())
            }),
        ];
        assert!(run_all("test", steps).is_ok());
        assert!(*ran.borrow());
    }
}
