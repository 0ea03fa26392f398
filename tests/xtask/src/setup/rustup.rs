//! What only rustup can install: nightly, the standard library's sources and LLVM's tools.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::command::{read, run};
use crate::setup::Unmet;
use crate::step::{Outcome, Step};

const NIGHTLY: &str = "nightly";

/// A file of the standard library's sources, relative to the sysroot.
const SOURCES: &str = "lib/rustlib/src/rust/library/Cargo.lock";

/// The step that installs nightly and its `rust-src`, if one is missing.
pub(crate) fn nightly() -> Option<Step<'static>> {
    let complete = sysroot(NIGHTLY).is_some_and(|it| it.join(SOURCES).exists());
    let name = "install a nightly compiler and its rust-src by rustup";
    (!complete).then(|| Step::new(name, install_nightly))
}

fn install_nightly() -> Outcome {
    // An installed nightly is not updated: recorded figures belong to it.
    match sysroot(NIGHTLY) {
        Some(_) => rustup(&["component", "add", "rust-src", "--toolchain", NIGHTLY]),
        None => rustup(&["toolchain", "install", NIGHTLY, "--profile", "minimal", "--component", "rust-src"]),
    }
}

/// The step that adds `rust-src` to the default toolchain, if it is missing.
pub(crate) fn sources() -> Option<Step<'static>> {
    let has = sysroot_in_use().is_some_and(|it| it.join(SOURCES).exists());
    let name = "add rust-src to the compiler in use by rustup";
    (!has).then(|| Step::new(name, || rustup(&["component", "add", "rust-src"])))
}

/// The step that adds `llvm-tools` to the default toolchain, if they are missing.
pub(crate) fn llvm_tools() -> Option<Step<'static>> {
    let name = "add llvm-tools to the compiler in use by rustup";
    (!has_llvm_tools()).then(|| Step::new(name, || rustup(&["component", "add", "llvm-tools"])))
}

fn has_llvm_tools() -> bool {
    let hosts = sysroot_in_use().and_then(|it| fs::read_dir(it.join("lib/rustlib")).ok());
    hosts.is_some_and(|hosts| hosts.flatten().any(|host| host.path().join("bin/llvm-cov").exists()))
}

/// Makes a command use the nightly toolchain.
pub(crate) fn with_nightly(command: &mut Command) -> &mut Command {
    // `cargo run` sets these to the default toolchain.
    command.env("RUSTUP_TOOLCHAIN", NIGHTLY).env_remove("CARGO").env_remove("RUSTC")
}

/// The step that installs a release of the compiler, unless it is installed.
pub(crate) fn missing_release(release: &'static str) -> Option<Step<'static>> {
    let name = format!("install the compiler {release} by rustup");
    let has = is_in_use(release) || sysroot(release).is_some();
    (!has).then(|| Step::new(name, || rustup(&["toolchain", "install", release, "--profile", "minimal"])))
}

/// Makes a command use this release.
pub(crate) fn with_release<'c>(command: &'c mut Command, release: &str) -> &'c mut Command {
    if is_in_use(release) {
        return command;
    }
    command.env("RUSTUP_TOOLCHAIN", release).env_remove("CARGO").env_remove("RUSTC")
}

fn is_in_use(release: &str) -> bool {
    let version = read(Command::new("rustc").arg("--version")).unwrap_or_default();
    version.split(' ').nth(1) == Some(release)
}

fn sysroot(toolchain: &str) -> Option<PathBuf> {
    printed(Command::new("rustc").env("RUSTUP_TOOLCHAIN", toolchain))
}

fn sysroot_in_use() -> Option<PathBuf> {
    printed(&mut Command::new("rustc"))
}

fn printed(rustc: &mut Command) -> Option<PathBuf> {
    // Prevents rustup from installing a missing toolchain here, and hides its error.
    rustc.args(["--print", "sysroot"]).env("RUSTUP_AUTO_INSTALL", "0").stderr(Stdio::null());
    let output = rustc.output().ok().filter(|output| output.status.success())?;
    Some(PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()))
}

fn rustup(arguments: &[&str]) -> Outcome {
    run(Command::new("rustup").args(arguments))
        .map_err(|cause| Unmet { cause, remedy: "rustup is needed, and must reach its server" }.into())
}
