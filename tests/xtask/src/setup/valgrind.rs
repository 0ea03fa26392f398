//! Valgrind: memcheck checks for constant time, callgrind counts instructions.

use crate::setup::apt::{self, Program};
use crate::step::{Outcome, Step};

const VALGRIND: [Program; 1] = [Program { name: "valgrind", packages: &["valgrind"] }];

/// The step that installs valgrind, if it is missing.
pub(crate) fn missing() -> Option<Step<'static>> {
    apt::missing(&VALGRIND, "install valgrind with this system's package manager")
}

/// Fails, or skips the step, without valgrind.
pub(crate) fn required() -> Outcome {
    apt::required(&VALGRIND)
}
