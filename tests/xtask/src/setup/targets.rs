//! The bare-metal targets and the standard library's sources. rust-toolchain.toml names them, so that rustup installs
//! them with the compiler. This is for machines where rustup did not or cannot: `RUSTUP_AUTO_INSTALL=0`, or no way
//! to its server.

use std::env;
use std::error::Error;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::command::{read, run};
use crate::setup::{or_remedy, rustup};
use crate::step::{Outcome, Step};
use crate::workspace::Workspace;

/// Arm without and with atomics, RISC-V, and WebAssembly.
pub(crate) const BARE: [&str; 4] =
    ["thumbv6m-none-eabi", "thumbv7em-none-eabihf", "riscv32imc-unknown-none-elf", "wasm32-unknown-unknown"];

const DEBIAN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/setup/debian.sh");

/// The step that installs the targets that are missing.
pub(crate) fn missing(_: &Workspace) -> Result<Option<Step<'static>>, Box<dyn Error>> {
    let absent = absent()?;
    let name = format!("add {} by rustup, or else from Debian's rust-src", absent.join(", "));
    Ok((!absent.is_empty()).then(|| Step::new(name, move || install(&absent))))
}

fn install(targets: &[&str]) -> Outcome {
    by_rustup_or_debian(&[&["target", "add"], targets].concat(), targets)?;
    match absent()?.as_slice() {
        [] => Ok(()),
        [target, ..] => Err(format!(
            "{target} has no `core` after setup; `rustup target remove {target}`, then run setup again"
        )
        .into()),
    }
}

/// Calls rustup with these arguments. If that fails, installs Debian's sources, and the targets built from them.
pub(super) fn by_rustup_or_debian(arguments: &[&str], targets: &[&str]) -> Outcome {
    let Err(cause) = run(Command::new("rustup").args(arguments).env("RUST_BACKTRACE", "0")) else {
        return Ok(());
    };
    println!("{cause}; taking Debian's sources instead");
    let mut debian = Command::new(DEBIAN);
    debian.arg(env::temp_dir().join("tc3-rust-src")).arg(sysroot()?).arg(rustup::release_in_use()?);
    let built = run(debian.args(targets));
    or_remedy(built, "let rustup reach its server, or run where Debian has this compiler's rust-src")
}

fn sysroot() -> Result<PathBuf, Box<dyn Error>> {
    Ok(PathBuf::from(read(Command::new("rustc").args(["--print", "sysroot"]))?.trim()))
}

fn absent() -> Result<Vec<&'static str>, Box<dyn Error>> {
    let rustlib = sysroot()?.join("lib/rustlib");
    let has_core = |target: &&str| {
        fs::read_dir(rustlib.join(target).join("lib")).is_ok_and(|entries| {
            entries.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with("libcore-"))
        })
    };
    Ok(BARE.into_iter().filter(|target| !has_core(target)).collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use super::{BARE, Workspace};
    use crate::setup::rustup;

    #[test]
    fn rustup_is_asked_for_the_same_targets() {
        let file = rustup::file(&Workspace::read().unwrap()).unwrap();
        let targets = file.get("toolchain").and_then(|it| it.get("targets")).unwrap();
        assert_eq!(targets.clone().try_into::<Vec<String>>().unwrap(), BARE);
    }
}
