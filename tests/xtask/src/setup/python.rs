//! A Python environment with the official SDK, as an independent client for the tests.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::run;
use crate::setup::or_remedy;
use crate::step::{Outcome, Step};
use crate::workspace::Workspace;

const PACKAGES: &str = "tencentcloud-sdk-python-common==3.1.195";

/// Says which packages the environment has. Written last: without it the environment is incomplete.
const STAMP: &str = "installed";

/// The interpreter that can import the SDK after setup.
pub(crate) fn interpreter(workspace: &Workspace) -> PathBuf {
    workspace.target.join("venv/bin/python")
}

/// The step that creates the environment, unless it has these packages.
pub(crate) fn missing(workspace: &Workspace) -> Option<Step<'_>> {
    let folder = workspace.target.join("venv");
    let complete = fs::read_to_string(folder.join(STAMP)).is_ok_and(|installed| installed == PACKAGES);
    let name = format!("install {PACKAGES} into {}", folder.display());
    (!complete).then(|| Step::new(name, move || install(workspace, &folder)))
}

fn install(workspace: &Workspace, folder: &Path) -> Outcome {
    let venv = run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(folder));
    or_remedy(venv, "python3 with its venv module is needed (Debian: apt-get install python3-venv)")?;
    let pip = run(Command::new(interpreter(workspace)).args(["-m", "pip", "install", "--quiet", PACKAGES]));
    or_remedy(pip, "pip must reach a package index: see `pip config list`")?;
    Ok(fs::write(folder.join(STAMP), PACKAGES)?)
}
