//! A Python environment with the official SDK, as an independent client for the tests.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::command::run;
use crate::setup::or_remedy;
use crate::step::{Outcome, Step};
use crate::workspace::Workspace;

const PACKAGES: &str = "tencentcloud-sdk-python-common==3.1.195";

/// The interpreter that can import the SDK after setup.
pub(crate) fn interpreter(workspace: &Workspace) -> PathBuf {
    workspace.target.join("venv/bin/python")
}

/// Says which packages the environment has. Written last: without it the environment is incomplete.
fn stamp(workspace: &Workspace) -> PathBuf {
    workspace.target.join("venv/installed")
}

/// The step that creates the environment, unless it has these packages.
pub(crate) fn missing(workspace: &Workspace) -> Option<Step<'_>> {
    let complete = interpreter(workspace).exists()
        && fs::read_to_string(stamp(workspace)).is_ok_and(|installed| installed == PACKAGES);
    let name = format!("install {PACKAGES} into {}", workspace.target.join("venv").display());
    (!complete).then(|| Step::new(name, || install(workspace)))
}

fn install(workspace: &Workspace) -> Outcome {
    let venv =
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(workspace.target.join("venv")));
    or_remedy(venv, "python3 with its venv module is needed (Debian: apt-get install python3-venv)")?;
    let pip = run(Command::new(interpreter(workspace)).args(["-m", "pip", "install", "--quiet", PACKAGES]));
    or_remedy(pip, "pip must reach a package index: see `pip config list`")?;
    Ok(fs::write(stamp(workspace), PACKAGES)?)
}
