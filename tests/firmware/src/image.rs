//! The images of the firmware examples.

use std::path::{Path, PathBuf};
use std::process::Command;

use measure::{Board, M4, RV32};

/// A firmware example, and the board that the emulator runs it on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Image {
    pub(crate) name: &'static str,
    pub(crate) board: &'static Board,
    /// Whether the board connects through a network that QEMU emulates. If not, QEMU connects its UART to the
    /// server, like a modem in transparent mode.
    pub(crate) has_ethernet: bool,
}

const CORTEX_M_UART: Image = Image { name: "cortex-m-uart", board: M4, has_ethernet: false };
/// The same without error sentences.
pub(crate) const TERSE: Image = Image { name: "cortex-m-uart.terse", ..CORTEX_M_UART };
pub(crate) const CORTEX_M_ETHERNET: Image =
    Image { name: "cortex-m-ethernet", board: M4, has_ethernet: true };
const RISCV32_UART: Image = Image { name: "riscv32-uart", board: RV32, has_ethernet: false };

pub(crate) const IMAGES: &[Image] = &[CORTEX_M_UART, CORTEX_M_ETHERNET, RISCV32_UART];
pub(crate) const WITH_UART: &[Image] = &[CORTEX_M_UART, RISCV32_UART];
pub(crate) const WITHOUT_SENTENCES: &[Image] = &[TERSE];
pub(crate) const WITH_ETHERNET: &[Image] = &[CORTEX_M_ETHERNET];

/// The image that has budgets.
pub(crate) const BUDGETED: Image = CORTEX_M_UART;

/// The host's loopback, as the emulated network addresses it.
pub(crate) const HOST: &str = "connect=10.0.2.2";

impl Image {
    pub(crate) fn named(name: &str) -> Option<Self> {
        IMAGES.iter().copied().find(|image| image.name == name)
    }

    /// The image in the target folder.
    pub(crate) fn path(self, folder: &Path) -> PathBuf {
        folder.join(self.board.target).join("release").join(self.name)
    }

    /// The command that runs the image with these parameters. QEMU connects a UART to `server` (`HOST:PORT`).
    pub(crate) fn emulator(self, folder: &Path, server: &str, words: &[String]) -> Command {
        let words = [&["firmware".to_owned()], words].concat();
        let mut qemu = self.board.emulator(&self.path(folder), 0, &words);
        if self.has_ethernet {
            qemu.args(["-serial", "null", "-nic", "user,model=lan9118,id=net"]);
        } else {
            qemu.args(["-serial", &format!("tcp:{server}")]);
        }
        qemu
    }
}
