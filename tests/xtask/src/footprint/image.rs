//! Builds the images of tests/footprint and runs them.

use std::path::{Path, PathBuf};

use measure::{BOARDS, Board, Elf, output};

use crate::command::run;
use crate::step::Outcome;
use crate::workspace::Workspace;

/// One way of building all images.
#[derive(Clone, Copy)]
pub(crate) struct Build {
    /// The opt-level.
    pub(crate) level: &'static str,
    /// Whether SHA-256 is compiled as a loop instead of unrolled.
    pub(crate) is_compact: bool,
    /// Whether `core` is built with the image, at its opt-level, or the one that rustup installed is used.
    pub(crate) builds_core: bool,
    /// A feature of the package; empty for none.
    pub(crate) feature: &'static str,
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
        if self.builds_core {
            // A stable compiler refuses `-Zbuild-std` without this.
            cargo.arg("-Zbuild-std=core").env("RUSTC_BOOTSTRAP", "1");
        }
        run(&mut cargo)
    }

    pub(crate) fn elf(&self, workspace: &Workspace, board: &Board, bin: &str) -> Outcome<Elf> {
        Elf::read(&self.image(workspace, board, bin))
    }

    /// Runs an image that must write this. Returns bytes of flash, static RAM and stack, and instructions, and what the
    /// image wrote.
    pub(crate) fn run(
        &self,
        workspace: &Workspace,
        board: &Board,
        bin: &str,
        writes: &str,
    ) -> Outcome<([u64; 4], String)> {
        let (flash, statics) = self.elf(workspace, board, bin)?.size()?;
        let image = self.image(workspace, board, bin);
        let output = emulate(board, &image)?;
        let (instructions, rest) = figure(&image, &output, "instructions ")?;
        let (stack, written) = figure(&image, rest, "stack ")?;
        if !written.contains(writes) {
            return Err(format!("{} wrote something else than\n{writes}\n{written}", image.display()).into());
        }
        Ok(([flash, statics, stack, instructions], written.to_owned()))
    }

    pub(crate) fn image(&self, workspace: &Workspace, board: &Board, bin: &str) -> PathBuf {
        self.folder(workspace).join(board.target).join("release").join(bin)
    }

    /// The kinds of SHA-256 and of `core`.
    pub(crate) fn kinds(&self) -> [&'static str; 2] {
        let hash = if self.is_compact { "compact" } else { "unrolled" };
        [hash, if self.builds_core { "built" } else { "prebuilt" }]
    }

    /// Each kind of build has its own target folder, so that builds neither invalidate nor wait for each other.
    fn folder(&self, workspace: &Workspace) -> PathBuf {
        let [hash, core] = self.kinds();
        let name = [self.level, hash, core, self.feature].join("-");
        workspace.target.join("footprint").join(name.trim_end_matches('-'))
    }
}

/// Runs an image and returns its output. With `shift=7` elapsed time counts instructions. Fails if the image ends with
/// a failure, does not end, or prints nothing.
pub(crate) fn emulate(board: &Board, image: &Path) -> Outcome<String> {
    let output = output(board.emulator(image, 7, &[]).args(["-serial", "none"]));
    Ok(output.map_err(|cause| format!("{} {cause}", image.display()))?)
}

/// The number of instructions that an image printed.
pub(crate) fn instructions(board: &Board, image: &Path) -> Outcome<u64> {
    Ok(figure(image, &emulate(board, image)?, "instructions ")?.0)
}

/// The hexadecimal number after a name in the first line, and the lines after it.
fn figure<'s>(image: &Path, output: &'s str, name: &str) -> Outcome<(u64, &'s str)> {
    let (line, rest) = output.split_once('\n').unwrap_or((output, ""));
    let digits = line.strip_prefix(name);
    let digits = digits.ok_or_else(|| format!("{} printed `{line}`, not `{name}…`", image.display()))?;
    Ok((u64::from_str_radix(digits, 16)?, rest))
}
