//! Valgrind: memcheck follows secrets through a program, and callgrind counts instructions.

use crate::setup::apt::{self, Program};
use crate::step::{Outcome, Step};

const VALGRIND: [Program; 1] = [Program { name: "valgrind", packages: &["valgrind"] }];

/// The step that installs it where it is missing.
pub(crate) fn missing() -> Option<Step<'static>> {
    apt::missing(&VALGRIND, "install valgrind in this system's way")
}

/// Whether it is there; what needs it is skipped without.
pub(crate) fn required() -> Outcome {
    apt::required(&VALGRIND)
}
