//! The emulated boards.

use std::path::Path;
use std::process::Command;

/// A board that QEMU emulates.
#[derive(Debug)]
pub struct Board {
    /// The key of the board's figures.
    pub name: &'static str,
    /// The processor.
    pub title: &'static str,
    /// The processor's target.
    pub target: &'static str,
    emulator: &'static str,
    machine: &'static [&'static str],
}

/// All boards.
#[rustfmt::skip]
pub const BOARDS: [Board; 3] = [
    Board { name: "M0", title: "Cortex-M0", target: "thumbv6m-none-eabi", emulator: "qemu-system-arm", machine: &["-M", "microbit"] },
    Board { name: "M4", title: "Cortex-M4", target: "thumbv7em-none-eabihf", emulator: "qemu-system-arm", machine: &["-M", "mps2-an386"] },
    Board { name: "RV32", title: "RV32IMC", target: "riscv32imc-unknown-none-elf", emulator: "qemu-system-riscv32", machine: &["-M", "virt", "-bios", "none"] },
];

/// A Cortex-M4.
pub const M4: &Board = &BOARDS[1];

/// A 32-bit RISC-V core.
pub const RV32: &Board = &BOARDS[2];

impl Board {
    /// The command that emulates an image. One instruction takes 2^`shift` ns, so the board's timer counts
    /// instructions and does not depend on the load of this machine. The image's command line is `words`.
    #[must_use]
    pub fn emulator(&self, image: &Path, shift: u8, words: &[String]) -> Command {
        let mut qemu = Command::new(self.emulator);
        qemu.args(self.machine).args(["-display", "none", "-monitor", "none"]);
        let mut semihosting = String::from("enable=on,target=native");
        for word in words {
            semihosting.push_str(",arg=");
            semihosting.push_str(&word.replace(',', ",,"));
        }
        qemu.args(["-icount", &format!("shift={shift}"), "-semihosting-config", &semihosting]);
        qemu.arg("-kernel").arg(image);
        qemu
    }
}
