//! Subcommands of cargo in pinned versions, installed in the target folder.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::command::run;
use crate::setup::or_remedy;
use crate::step::{Outcome, Step};
use crate::workspace::Workspace;

/// A subcommand of cargo.
pub(crate) struct Tool {
    /// The name of the package and the program, such as `cargo-deny`.
    pub(crate) name: &'static str,
    pub(crate) version: &'static str,
}

pub(crate) const DENY: Tool = Tool { name: "cargo-deny", version: "0.20.2" };
pub(crate) const FUZZ: Tool = Tool { name: "cargo-fuzz", version: "0.13.2" };
pub(crate) const HACK: Tool = Tool { name: "cargo-hack", version: "0.6.46" };
pub(crate) const LLVM_COV: Tool = Tool { name: "cargo-llvm-cov", version: "0.9.1" };
pub(crate) const MUTANTS: Tool = Tool { name: "cargo-mutants", version: "27.1.0" };

/// The step that installs the tool, unless cargo's list of what it has installed names this version.
pub(crate) fn missing<'a>(tool: &'a Tool, workspace: &'a Workspace) -> Option<Step<'a>> {
    let (Tool { name, version }, folder) = (tool, folder(workspace));
    let list = fs::read_to_string(folder.join(".crates.toml")).unwrap_or_default();
    let what = format!("install {name} {version} into {}", folder.display());
    (!list.contains(&format!("\"{name} {version} ("))).then(|| Step::new(what, || install(tool, workspace)))
}

/// The tool as cargo would start it, with the subcommand's name.
pub(crate) fn command(tool: &Tool, workspace: &Workspace) -> Command {
    let mut command = workspace.program(folder(workspace).join("bin").join(tool.name));
    command.arg(tool.name.trim_start_matches("cargo-"));
    command
}

fn install(tool: &Tool, workspace: &Workspace) -> Outcome {
    // A debug build, because an optimised build takes longer than all runs.
    let install = ["install", "--quiet", "--locked", "--debug", "--force", "--version", tool.version];
    let mut cargo = workspace.cargo(install);
    cargo.arg("--root").arg(folder(workspace)).arg(tool.name).env("CARGO_PROFILE_DEV_DEBUG", "0");
    or_remedy(run(&mut cargo), "cargo must reach its registry, and a C compiler is needed")
}

fn folder(workspace: &Workspace) -> PathBuf {
    workspace.target.join("tools")
}
