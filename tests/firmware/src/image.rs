//! The images of the firmware examples, and the boards that QEMU emulates for them.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// A firmware example.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Image {
    CortexMUart,
    CortexMEthernet,
    Riscv32Uart,
}

/// How a board reaches the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Link {
    /// QEMU connects the UART to the server, like a modem in transparent mode.
    Uart,
    /// The board connects through a network that QEMU emulates.
    Ethernet,
}

impl Image {
    pub(crate) const ALL: [Self; 3] = [Self::CortexMUart, Self::CortexMEthernet, Self::Riscv32Uart];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::CortexMUart => "cortex-m-uart",
            Self::CortexMEthernet => "cortex-m-ethernet",
            Self::Riscv32Uart => "riscv32-uart",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|image| image.name() == name)
    }

    pub(crate) const fn link(self) -> Link {
        match self {
            Self::CortexMEthernet => Link::Ethernet,
            Self::CortexMUart | Self::Riscv32Uart => Link::Uart,
        }
    }

    /// The image in the target folder.
    pub(crate) fn path(self, target_dir: &Path) -> PathBuf {
        let target = match self {
            Self::CortexMUart | Self::CortexMEthernet => "thumbv7em-none-eabihf",
            Self::Riscv32Uart => "riscv32imc-unknown-none-elf",
        };
        target_dir.join(target).join("release").join(self.name())
    }

    /// The same image built without the feature `sentences`.
    pub(crate) fn terse(self, target_dir: &Path) -> PathBuf {
        self.path(target_dir).with_extension("terse")
    }

    /// The QEMU program and its arguments that select the board.
    pub(crate) const fn emulator(self) -> (&'static str, &'static [&'static str]) {
        match self {
            Self::CortexMUart | Self::CortexMEthernet => ("qemu-system-arm", &["-M", "mps2-an386"]),
            Self::Riscv32Uart => ("qemu-system-riscv32", &["-M", "virt", "-bios", "none"]),
        }
    }
}

impl fmt::Display for Image {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
