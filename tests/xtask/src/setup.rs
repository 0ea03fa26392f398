//! `cargo xtask setup`: what the tests need and a machine may lack.
//!
//! Each part answers "is something missing?" with the step that installs it, so that running
//! setup twice does nothing the second time, and `check` and `test` can run it themselves.

pub(crate) mod apt;
pub(crate) mod debian;
pub(crate) mod python;
pub(crate) mod qemu;
#[allow(dead_code, reason = "the long tasks use it, each as it comes")]
pub(crate) mod rustup;
pub(crate) mod targets;
#[allow(dead_code, reason = "the long tasks use it, each as it comes")]
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

/// The steps that install what is missing of all that the tests need.
pub(crate) fn parts(workspace: &Workspace) -> Result<[Option<Step<'_>>; 5], Box<dyn Error>> {
    let targets = targets::missing(workspace)?;
    Ok([targets, rustup::sources(), python::missing(workspace), qemu::missing(), valgrind::missing()])
}

/// The steps that install something, after saying what they will do.
pub(crate) fn announced<'a>(parts: impl IntoIterator<Item = Option<Step<'a>>>) -> Vec<Step<'a>> {
    let steps: Vec<Step<'_>> = parts.into_iter().flatten().collect();
    for step in &steps {
        println!("setup will {}", step.name());
    }
    steps
}

/// Something setup could not install, and what would let it.
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
