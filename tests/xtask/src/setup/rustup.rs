//! What only rustup can install: nightly, the standard library's sources and LLVM's tools.

use std::error::Error;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::command::{read, run};
use crate::setup::{or_remedy, targets};
use crate::step::{Outcome, Step};
use crate::workspace::Workspace;

const NIGHTLY: &str = "nightly";

/// A file of the standard library's sources, relative to the sysroot.
const SOURCES: &str = "lib/rustlib/src/rust/library/Cargo.lock";

/// The file `rust-toolchain.toml`.
pub(crate) fn file(workspace: &Workspace) -> Result<toml::Table, Box<dyn Error>> {
    Ok(fs::read_to_string(workspace.root.join("rust-toolchain.toml"))?.parse()?)
}

/// Fails with another compiler than the one of rust-toolchain.toml, because the figures belong to that one.
pub(crate) fn is_pinned(workspace: &Workspace) -> Outcome {
    let (file, release) = (file(workspace)?, release_in_use()?);
    let pinned = file.get("toolchain").and_then(|it| it.get("channel")).and_then(toml::Value::as_str);
    if pinned == Some(&release) {
        return Ok(());
    }
    let pinned = pinned.unwrap_or("no channel");
    Err(format!("this is rustc {release}, and rust-toolchain.toml names {pinned}: see CONTRIBUTING.md")
        .into())
}

/// The version of the compiler in use, such as `1.95.0`.
pub(crate) fn release_in_use() -> Result<String, Box<dyn Error>> {
    let version = read(Command::new("rustc").arg("--version"))?;
    Ok(version.split(' ').nth(1).unwrap_or_default().to_owned())
}

/// The step that installs nightly and its `rust-src`, if one is missing.
pub(crate) fn nightly() -> Option<Step<'static>> {
    let nightly = sysroot(Some(NIGHTLY));
    let complete = nightly.as_ref().is_some_and(|it| it.join(SOURCES).exists());
    let name = "install a nightly compiler and its rust-src by rustup";
    // An installed nightly is not updated: recorded figures belong to it.
    let arguments: &[&str] = match nightly {
        Some(_) => &["component", "add", "rust-src", "--toolchain", NIGHTLY],
        None => &["toolchain", "install", NIGHTLY, "--profile", "minimal", "--component", "rust-src"],
    };
    (!complete).then(|| Step::new(name, || rustup(arguments)))
}

/// The step that adds `rust-src` to the compiler in use, if it is missing.
pub(crate) fn sources() -> Option<Step<'static>> {
    let has = || sysroot(None).is_some_and(|it| it.join(SOURCES).exists());
    let name = "add rust-src by rustup, or else from Debian";
    (!has()).then(|| {
        Step::new(name, move || {
            // Another step may have added it.
            if has() { Ok(()) } else { targets::by_rustup_or_debian(&["component", "add", "rust-src"], &[]) }
        })
    })
}

/// The step that adds `llvm-tools` to the compiler in use, if they are missing.
pub(crate) fn llvm_tools() -> Option<Step<'static>> {
    let hosts = sysroot(None).and_then(|it| fs::read_dir(it.join("lib/rustlib")).ok());
    let has =
        hosts.is_some_and(|hosts| hosts.flatten().any(|host| host.path().join("bin/llvm-cov").exists()));
    let name = "add llvm-tools to the compiler in use by rustup";
    (!has).then(|| Step::new(name, || rustup(&["component", "add", "llvm-tools"])))
}

/// Makes a command use the nightly toolchain.
pub(crate) fn with_nightly(command: &mut Command) -> &mut Command {
    with(command, NIGHTLY)
}

/// The step that installs a release of the compiler, unless it is installed.
pub(crate) fn missing_release(release: &'static str) -> Option<Step<'static>> {
    let name = format!("install the compiler {release} by rustup");
    let has = is_in_use(release) || sysroot(Some(release)).is_some();
    (!has).then(|| Step::new(name, || rustup(&["toolchain", "install", release, "--profile", "minimal"])))
}

/// Makes a command use this release.
pub(crate) fn with_release<'c>(command: &'c mut Command, release: &str) -> &'c mut Command {
    if is_in_use(release) { command } else { with(command, release) }
}

fn with<'c>(command: &'c mut Command, toolchain: &str) -> &'c mut Command {
    // `cargo run` sets these to the compiler in use.
    command.env("RUSTUP_TOOLCHAIN", toolchain).env_remove("CARGO").env_remove("RUSTC")
}

fn is_in_use(release: &str) -> bool {
    release_in_use().is_ok_and(|it| it == release)
}

/// The sysroot of a toolchain if it is installed, or of the compiler in use.
fn sysroot(toolchain: Option<&str>) -> Option<PathBuf> {
    let mut rustc = Command::new("rustc");
    rustc.envs(toolchain.map(|it| ("RUSTUP_TOOLCHAIN", it)));
    // Prevents rustup from installing a missing toolchain here, and hides its error.
    rustc.args(["--print", "sysroot"]).env("RUSTUP_AUTO_INSTALL", "0").stderr(Stdio::null());
    let output = rustc.output().ok().filter(|output| output.status.success())?;
    Some(PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()))
}

fn rustup(arguments: &[&str]) -> Outcome {
    or_remedy(run(Command::new("rustup").args(arguments)), "rustup is needed, and must reach its server")
}
