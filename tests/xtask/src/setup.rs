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
    let (targets, curl) = (targets::missing(workspace)?, programs::missing(&CURL));
    Ok([targets, python::missing(workspace), qemu::missing(), valgrind::missing(), curl])
}

/// Runs the commands of `tc3 sign --curl` in the tests of tc3-std.
const CURL: [programs::Program; 1] = [("curl", "curl")];

/// Prints what will be installed.
pub(crate) fn announced<'a>(parts: impl IntoIterator<Item = Option<Step<'a>>>) -> Vec<Step<'a>> {
    let steps: Vec<Step<'_>> = parts.into_iter().flatten().collect();
    for step in &steps {
        println!("setup will {}", step.name());
    }
    steps
}

/// Adds a remedy to the error of an installation.
fn or_remedy(installed: Outcome, remedy: &str) -> Outcome {
    installed.map_err(|cause| format!("{cause}; {remedy}").into())
}

/// The emulators that run the firmware examples.
pub(crate) mod qemu {
    use super::programs::{self, Program};
    use crate::step::{Outcome, Step};

    const EMULATORS: [Program; 2] =
        [("qemu-system-arm", "qemu-system-arm"), ("qemu-system-riscv32", "^qemu-system-(misc|riscv)$")];

    pub(crate) fn missing() -> Option<Step<'static>> {
        programs::missing(&EMULATORS)
    }

    pub(crate) fn required() -> Outcome {
        programs::required(&EMULATORS)
    }
}

/// Valgrind: memcheck checks for constant time, callgrind counts instructions.
pub(crate) mod valgrind {
    use super::programs::{self, Program};
    use crate::step::{Outcome, Step};

    const VALGRIND: [Program; 1] = [("valgrind", "valgrind")];

    pub(crate) fn missing() -> Option<Step<'static>> {
        programs::missing(&VALGRIND)
    }

    pub(crate) fn required() -> Outcome {
        programs::required(&VALGRIND)
    }
}
