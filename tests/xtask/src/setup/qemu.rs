//! The emulators that run the firmware examples.

use crate::setup::apt::{self, Program};
use crate::step::{Outcome, Step};

const EMULATORS: [Program; 2] = [
    Program { name: "qemu-system-arm", packages: &["qemu-system-arm"] },
    Program { name: "qemu-system-riscv32", packages: &["qemu-system-misc", "qemu-system-riscv"] },
];

/// The step that installs the emulators, if one is missing.
pub(crate) fn missing() -> Option<Step<'static>> {
    apt::missing(&EMULATORS, "install QEMU for Arm and RISC-V with this system's package manager")
}

/// Fails, or skips the step, without an emulator.
pub(crate) fn required() -> Outcome {
    apt::required(&EMULATORS)
}
