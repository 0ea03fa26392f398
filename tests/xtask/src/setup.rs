//! `cargo xtask setup`: installs what the tests need.
//!
//! Each part returns a step that installs something, or `None` if that is already installed. Other tasks run only the
//! parts that they need.

pub(crate) mod programs;
pub(crate) mod python;
pub(crate) mod rustup;
pub(crate) mod targets;
pub(crate) mod tools;

use std::error::Error;

use crate::step::{self, Outcome, Step};
use crate::workspace::Workspace;
use programs::{CURL, QEMU, VALGRIND};

pub(crate) fn task(workspace: &Workspace) -> Outcome {
    let steps = announced(parts(workspace)?);
    if steps.is_empty() {
        println!("setup: nothing is missing");
        return Ok(());
    }
    step::run_all("setup", steps)
}

/// The steps that install what is missing.
pub(crate) fn parts(workspace: &Workspace) -> Result<[Option<Step<'_>>; 5], Box<dyn Error>> {
    let (targets, python) = (targets::missing(workspace)?, python::missing(workspace));
    Ok([targets, python, programs::missing(&QEMU), programs::missing(&VALGRIND), programs::missing(&CURL)])
}

/// Prints what will be installed.
pub(crate) fn announced<'a>(parts: impl IntoIterator<Item = Option<Step<'a>>>) -> Vec<Step<'a>> {
    let steps: Vec<Step<'_>> = parts.into_iter().flatten().collect();
    for step in &steps {
        println!("setup will {}", step.name);
    }
    steps
}

/// Adds a remedy to the error of an installation.
fn or_remedy(installed: Outcome, remedy: &str) -> Outcome {
    installed.map_err(|cause| format!("{cause}; {remedy}").into())
}
