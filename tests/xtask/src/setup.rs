//! `cargo xtask setup`: installs what the tests need.
//!
//! Each part returns a step that installs something, or `None` if that is already installed. Other tasks run only
//! the parts that they need.

pub(crate) mod apt;
pub(crate) mod debian;
pub(crate) mod python;
pub(crate) mod qemu;
#[allow(dead_code, reason = "only some tasks use all of it")]
pub(crate) mod rustup;
pub(crate) mod targets;
#[allow(dead_code, reason = "only some tasks use all of it")]
pub(crate) mod tools;
pub(crate) mod valgrind;

use std::error::Error;
use std::fmt;

use crate::step::{self, Outcome, Step};
use crate::workspace::Workspace;

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
    let targets = targets::missing(workspace)?;
    Ok([targets, rustup::sources(), python::missing(workspace), qemu::missing(), valgrind::missing()])
}

/// Prints what will be installed.
pub(crate) fn announced<'a>(parts: impl IntoIterator<Item = Option<Step<'a>>>) -> Vec<Step<'a>> {
    let steps: Vec<Step<'_>> = parts.into_iter().flatten().collect();
    for step in &steps {
        println!("setup will {}", step.name());
    }
    steps
}

/// A failed installation, with a remedy.
#[derive(Debug)]
pub(crate) struct Unmet {
    pub(crate) cause: Box<dyn Error>,
    pub(crate) remedy: &'static str,
}

impl fmt::Display for Unmet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.cause, self.remedy)
    }
}

impl Error for Unmet {}
