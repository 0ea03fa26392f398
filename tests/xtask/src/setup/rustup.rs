//! The compilers: the one of rust-toolchain.toml, which rustup brings by itself, and nightly.

use std::error::Error;
use std::process::{Command, Stdio};

use crate::command::{read, run};
use crate::setup::or_remedy;
use crate::step::{Outcome, Step};
use crate::workspace::Workspace;

const NIGHTLY: &str = "nightly";

/// Fails with another compiler than the one of rust-toolchain.toml, because the figures belong to that one.
pub(crate) fn is_pinned(workspace: &Workspace) -> Outcome {
    let (pinned, release) = (&workspace.toolchain.channel, release_in_use()?);
    if release == *pinned {
        return Ok(());
    }
    Err(format!("this is rustc {release}, and rust-toolchain.toml names {pinned}: see CONTRIBUTING.md")
        .into())
}

/// The version of the compiler in use, such as `1.95.0`.
pub(crate) fn release_in_use() -> Result<String, Box<dyn Error>> {
    let version = read(Command::new("rustc").arg("--version"))?;
    Ok(version.split(' ').nth(1).unwrap_or_default().to_owned())
}

/// The step that installs nightly, if it is missing. An installed one is not updated: recorded figures belong to it.
pub(crate) fn nightly() -> Option<Step<'static>> {
    let mut rustc = Command::new("rustc");
    // Prevents rustup from installing it here, and hides its error.
    with_nightly(&mut rustc).env("RUSTUP_AUTO_INSTALL", "0").stdout(Stdio::null()).stderr(Stdio::null());
    let has = rustc.arg("--version").status().is_ok_and(|status| status.success());
    (!has).then(|| {
        Step::new("install a nightly compiler by rustup", || {
            let install = ["toolchain", "install", NIGHTLY, "--profile", "minimal"];
            let installed = run(Command::new("rustup").args(install));
            or_remedy(installed, "rustup is needed, and must reach its server")
        })
    })
}

/// Makes a command use the nightly compiler.
pub(crate) fn with_nightly(command: &mut Command) -> &mut Command {
    // `cargo run` sets the other two to the compiler in use.
    command.env("RUSTUP_TOOLCHAIN", NIGHTLY).env_remove("CARGO").env_remove("RUSTC")
}
