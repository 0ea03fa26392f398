//! `cargo xtask firmware`: builds the firmware examples and runs them in an emulator.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::command::{run, run_and_read, sum};
use crate::setup;
use crate::step::{self, Outcome, Step};
use crate::workspace::Workspace;

pub(crate) fn task(workspace: &Workspace, arguments: &[&str]) -> Outcome {
    let missing = [setup::targets(workspace)?, setup::programs(&setup::QEMU)];
    step::run_all("firmware", missing, steps(workspace, arguments)?)
}

/// Builds the image that the arguments name, or all images, and passes the arguments to the runner.
pub(crate) fn steps<'a>(workspace: &'a Workspace, arguments: &'a [&'a str]) -> Outcome<[Step<'a>; 1]> {
    let mut images: Vec<Package> = packages(workspace)?.into_iter().filter(Package::is_image).collect();
    match arguments {
        ["run" | "size", image, ..] => images.retain(|it| it.name() == *image),
        [] | ["measure" | "only", ..] => {}
        // The runner refuses other arguments, and needs no image for that.
        _ => images.clear(),
    }
    Ok([Step::new(NAME, move || {
        images.iter().try_for_each(|image| image.build(workspace))?;
        run(&mut workspace.cargo(["build", "--quiet", "--package", "firmware"]))?;
        // `cargo run` would change to the root folder, but paths are relative to the caller's folder.
        let mut firmware = Command::new(workspace.target.join("debug/firmware"));
        firmware.arg(built(workspace)).args(arguments);
        if !arguments.is_empty() {
            return run(&mut firmware);
        }
        let output = run_and_read(&mut firmware)?;
        // One line for each case on an image, and for the three hours of a device.
        let runs = ("runs".to_owned(), output.lines().filter(|line| line.starts_with("ok  ")).count());
        let figures = ("figures".to_owned(), sum(&output, "\n", " figures measured, "));
        step::check_minimums(workspace, NAME, &[runs, figures].into())
    })])
}

const NAME: &str = "firmware in an emulator";

fn built(workspace: &Workspace) -> PathBuf {
    workspace.target.join("firmware")
}

/// The image that has budgets.
const BUDGETED: &str = "cortex-m-uart";

/// A package in `examples` that is not in the workspace.
pub(crate) struct Package {
    folder: PathBuf,
}

/// The packages in `examples` with their own lock file.
pub(crate) fn packages(workspace: &Workspace) -> Outcome<Vec<Package>> {
    Ok(workspace.locked("examples")?.into_iter().map(|folder| Package { folder }).collect())
}

impl Package {
    pub(crate) fn name(&self) -> String {
        self.folder.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// Whether the package is an image for a board: those have a memory map.
    pub(crate) fn is_image(&self) -> bool {
        self.folder.join("memory.x").exists()
    }

    /// The image with budgets is also built without error sentences.
    fn build(&self, workspace: &Workspace) -> Outcome {
        let build = ["build", "--quiet", "--release", "--locked"];
        if self.name() != BUDGETED {
            return run(&mut self.cargo(workspace, &build));
        }
        run(&mut self.cargo(workspace, &build))?;
        let image = built(workspace).join("thumbv7em-none-eabihf/release").join(BUDGETED);
        fs::copy(&image, image.with_extension("terse"))?;
        run(self.cargo(workspace, &build).args(["--features", "sentences"]))
    }

    /// A cargo command in the package's folder, where its configuration is, with a target folder elsewhere.
    pub(crate) fn cargo(&self, workspace: &Workspace, arguments: &[&str]) -> Command {
        let mut cargo = workspace.cargo(arguments.iter().copied());
        cargo.current_dir(&self.folder).env("CARGO_TARGET_DIR", built(workspace));
        cargo
    }
}
