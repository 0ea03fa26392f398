//! What the measurements of images share: boards, the emulator, ELF files, figures and tables.

mod board;
mod elf;
mod emulator;
mod figures;
mod table;

pub use board::{BOARDS, Board, M4, RV32};
pub use elf::{Code, Elf};
pub use emulator::{LIMIT, Run, output, replaced, run};
pub use figures::Figures;
pub use table::{Section, cell, table, thousands};

use std::error::Error;

/// A result that names what went wrong.
pub type Result<T> = std::result::Result<T, Box<dyn Error>>;
