//! The emulated boards that images are measured on.

/// An emulated board.
pub(crate) struct Board {
    /// The key of the board's figures in sizes.toml.
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) target: &'static str,
    pub(crate) emulator: &'static str,
    pub(crate) machine: &'static [&'static str],
}

pub(crate) const BOARDS: [Board; 3] = [
    Board {
        name: "M0",
        title: "Cortex-M0",
        target: "thumbv6m-none-eabi",
        emulator: "qemu-system-arm",
        machine: &["-M", "microbit"],
    },
    Board {
        name: "M4",
        title: "Cortex-M4",
        target: "thumbv7em-none-eabihf",
        emulator: "qemu-system-arm",
        machine: &["-M", "mps2-an386"],
    },
    Board {
        name: "RV32",
        title: "RV32IMC",
        target: "riscv32imc-unknown-none-elf",
        emulator: "qemu-system-riscv32",
        machine: &["-M", "virt", "-bios", "none"],
    },
];
