//! Builds the images of tests/footprint, runs them and reads their ELF files.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use object::elf::{SHF_ALLOC, SHF_WRITE, SHT_NOBITS};
use object::read::elf::ElfFile32;
use object::{Object, ObjectSection, SectionFlags};

use crate::command::{read, run};
use crate::step::Outcome;
use crate::workspace::Workspace;

use super::board::{BOARDS, Board};

/// Which `core` an image is linked with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Core {
    /// Built with the image, at its opt-level.
    Built,
    /// Installed by rustup.
    Prebuilt,
}

/// One way of building all images.
#[derive(Clone, Copy)]
pub(crate) struct Build {
    /// The opt-level.
    pub(crate) level: &'static str,
    /// Whether SHA-256 is compiled as a loop instead of unrolled.
    pub(crate) is_compact: bool,
    pub(crate) core: Core,
    /// A feature of the package; empty for none.
    pub(crate) feature: &'static str,
}

/// The figures of an image: bytes and instructions.
pub(crate) struct Measured {
    pub(crate) flash: u64,
    pub(crate) statics: u64,
    pub(crate) stack: u64,
    pub(crate) instructions: u64,
    /// What the image wrote after its figures.
    pub(crate) output: String,
}

impl Measured {
    pub(crate) fn less(self, empty: &Self) -> Self {
        Self {
            flash: self.flash.saturating_sub(empty.flash),
            statics: self.statics.saturating_sub(empty.statics),
            instructions: self.instructions.saturating_sub(empty.instructions),
            ..self
        }
    }
}

/// The output of `rustc --version`.
pub(crate) fn compiler() -> Result<String, Box<dyn Error>> {
    Ok(read(Command::new("rustc").arg("--version"))?.trim().to_owned())
}

impl Build {
    /// Builds the images for all boards.
    pub(crate) fn build(&self, workspace: &Workspace, bins: &[&str]) -> Outcome {
        let mut cargo = workspace.cargo(["build", "--quiet", "--locked", "--release"]);
        cargo.current_dir(workspace.root.join("tests/footprint"));
        cargo.args(BOARDS.iter().flat_map(|board| ["--target", board.target]));
        cargo.arg("--target-dir").arg(self.folder(workspace));
        cargo.args(bins.iter().flat_map(|bin| ["--bin", bin]));
        cargo.args(["--features", self.feature]).env("CARGO_PROFILE_RELEASE_OPT_LEVEL", self.level);
        if !self.is_compact {
            // Replaces the flags of the package's configuration.
            cargo.env("RUSTFLAGS", "--cfg=sha2_backend_soft=\"unrolled\"");
        }
        if self.core == Core::Built {
            // A stable compiler refuses `-Zbuild-std` without this.
            cargo.arg("-Zbuild-std=core").env("RUSTC_BOOTSTRAP", "1");
        }
        run(&mut cargo)
    }

    /// Flash and static RAM, in bytes.
    pub(crate) fn size(
        &self,
        workspace: &Workspace,
        board: &Board,
        bin: &str,
    ) -> Result<(u64, u64), Box<dyn Error>> {
        let bytes = fs::read(self.image(workspace, board, bin))?;
        let elf: ElfFile32<'_> = ElfFile32::parse(&*bytes)?;
        let (mut flash, mut statics) = (0_u64, 0_u64);
        for section in elf.sections() {
            let SectionFlags::Elf { sh_flags, sh_type } = section.flags() else { continue };
            // The runtimes' linker scripts reserve these sections. They contain neither code nor statics.
            if !sh_flags.contains(SHF_ALLOC) || matches!(section.name()?, ".heap" | ".stack") {
                continue;
            }
            if sh_type != SHT_NOBITS {
                flash = flash.saturating_add(section.size());
            }
            if sh_flags.contains(SHF_WRITE) {
                statics = statics.saturating_add(section.size());
            }
        }
        Ok((flash, statics))
    }

    pub(crate) fn run(
        &self,
        workspace: &Workspace,
        board: &Board,
        bin: &str,
    ) -> Result<Measured, Box<dyn Error>> {
        let (flash, statics) = self.size(workspace, board, bin)?;
        let output = self.emulate(workspace, board, bin)?;
        let (instructions, rest) = instructions(&output)?;
        let (stack, output) = figure(rest, "stack ")?;
        Ok(Measured { flash, statics, stack, instructions, output: output.to_owned() })
    }

    /// Runs the image and returns its output.
    pub(crate) fn emulate(
        &self,
        workspace: &Workspace,
        board: &Board,
        bin: &str,
    ) -> Result<String, Box<dyn Error>> {
        emulate(board, &self.image(workspace, board, bin))
    }

    pub(crate) fn image(&self, workspace: &Workspace, board: &Board, bin: &str) -> PathBuf {
        self.folder(workspace).join(board.target).join("release").join(bin)
    }

    /// Each kind of build has its own target folder, so that builds do not invalidate each other.
    fn folder(&self, workspace: &Workspace) -> PathBuf {
        let hash = if self.is_compact { "compact" } else { "unrolled" };
        let core = if self.core == Core::Built { "built" } else { "prebuilt" };
        workspace.target.join("footprint").join(format!("{}-{hash}-{core}", self.level))
    }
}

/// Runs an image and returns its output.
///
/// # Errors
///
/// The image ended with a failure, or did not end.
pub(crate) fn emulate(board: &Board, image: &Path) -> Result<String, Box<dyn Error>> {
    let mut qemu = Command::new(board.emulator);
    qemu.args(board.machine).args(["-display", "none", "-monitor", "none", "-serial", "none"]);
    // With `shift=7` an instruction takes 2^7 = 128 ns, so elapsed time counts instructions.
    qemu.args(["-icount", "shift=7", "-semihosting-config", "enable=on,target=native", "-kernel"]);
    qemu.arg(image).stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = qemu.spawn()?;
    let start = Instant::now();
    while child.try_wait()?.is_none() {
        if start.elapsed() > LIMIT {
            child.kill()?;
        }
        thread::sleep(Duration::from_millis(5));
    }
    let output = child.wait_with_output()?;
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        Ok(printed)
    } else {
        Err(format!("{} ended with {}: {printed}", image.display(), output.status).into())
    }
}

/// The instructions in an image's output, and the rest of it.
pub(crate) fn instructions(output: &str) -> Result<(u64, &str), Box<dyn Error>> {
    figure(output, "instructions ")
}

const LIMIT: Duration = Duration::from_secs(60);

/// The hexadecimal number after a name in the first line, and the lines after it.
fn figure<'s>(output: &'s str, name: &str) -> Result<(u64, &'s str), Box<dyn Error>> {
    let (line, rest) = output.split_once('\n').unwrap_or((output, ""));
    let digits = line.strip_prefix(name).ok_or_else(|| format!("`{line}` is not `{name}…`"))?;
    Ok((u64::from_str_radix(digits, 16)?, rest))
}
