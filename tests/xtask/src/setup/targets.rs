//! The bare-metal targets, installed by rustup, or built from the standard library's sources if rustup cannot
//! download them.

use std::error::Error;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::{read, run};
use crate::setup::{Unmet, debian};
use crate::step::{Outcome, Step};
use crate::workspace::Workspace;

/// Arm without and with atomics, RISC-V, and WebAssembly.
pub(crate) const BARE: [&str; 4] =
    ["thumbv6m-none-eabi", "thumbv7em-none-eabihf", "riscv32imc-unknown-none-elf", "wasm32-unknown-unknown"];

/// The step that installs the targets that are missing.
pub(crate) fn missing(workspace: &Workspace) -> Result<Option<Step<'_>>, Box<dyn Error>> {
    let toolchain = Toolchain::in_use()?;
    let absent = toolchain.absent();
    if absent.is_empty() {
        return Ok(None);
    }
    let name = format!(
        "add to {}: {} (by rustup, or else built from Debian's rust-src)",
        toolchain.sysroot.display(),
        absent.join(", ")
    );
    Ok(Some(Step::new(name, move || install(workspace, &toolchain, &absent))))
}

fn install(workspace: &Workspace, toolchain: &Toolchain, absent: &[&str]) -> Outcome {
    let mut rustup = Command::new("rustup");
    rustup.args(["target", "add"]).args(absent).env("RUST_BACKTRACE", "0");
    if let Err(cause) = run(&mut rustup) {
        println!("{cause}; building the targets from Debian's sources instead");
        from_sources(workspace, toolchain, absent).map_err(|cause| Unmet {
            cause,
            remedy: "let rustup reach its server, or run where Debian has this compiler's rust-src",
        })?;
    }
    match toolchain.absent().as_slice() {
        [] => Ok(()),
        [target, ..] => Err(StillAbsent { target }.into()),
    }
}

fn from_sources(workspace: &Workspace, toolchain: &Toolchain, absent: &[&str]) -> Outcome {
    debian::library(&workspace.target.join("rust-src"), toolchain)?;
    build(&workspace.target.join("bare"), toolchain, absent)
}

/// Builds `core` and `alloc` for the targets and copies them into the toolchain.
fn build(scratch: &Path, toolchain: &Toolchain, absent: &[&str]) -> Outcome {
    if scratch.exists() {
        fs::remove_dir_all(scratch)?;
    }
    fs::create_dir_all(scratch.join("src"))?;
    fs::write(scratch.join("src/lib.rs"), "#![no_std]\n")?;
    fs::write(scratch.join("Cargo.toml"), SEED)?;
    let mut cargo = Command::new("cargo");
    cargo
        .args(["build", "--quiet", "--release", "-Zbuild-std=core,alloc"])
        .args(["--target-dir", "target"])
        .current_dir(scratch)
        // A stable compiler refuses `-Zbuild-std` without this.
        .env("RUSTC_BOOTSTRAP", "1")
        // As in rustup's libraries, for link-time optimisation.
        .env("RUSTFLAGS", "-Cembed-bitcode=yes");
    for target in absent {
        cargo.args(["--target", target]);
    }
    run(&mut cargo)?;
    for target in absent {
        let built = scratch.join("target").join(target).join("release/deps");
        install_libraries(&built, &toolchain.rustlib().join(target))?;
    }
    Ok(fs::remove_dir_all(scratch)?)
}

const SEED: &str = r#"[package]
name = "seed"
version = "0.0.0"
edition = "2024"

[profile.release]
panic = "abort"

[workspace]
"#;

/// Copies the libraries to a folder and renames it, so that no partial copy is seen.
fn install_libraries(built: &Path, place: &Path) -> Outcome {
    let partial = place.with_extension("partial");
    if partial.exists() {
        fs::remove_dir_all(&partial)?;
    }
    fs::create_dir_all(partial.join("lib"))?;
    for entry in fs::read_dir(built)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default();
        let is_library = path.extension().is_some_and(|it| it == "rlib");
        if is_library && !name.to_string_lossy().starts_with("libseed") {
            fs::copy(&path, partial.join("lib").join(name))?;
        }
    }
    Ok(fs::rename(&partial, place)?)
}

/// The default toolchain.
pub(crate) struct Toolchain {
    pub(crate) sysroot: PathBuf,
    /// The version, such as `1.95.0`.
    pub(crate) release: String,
}

impl Toolchain {
    fn in_use() -> Result<Self, Box<dyn Error>> {
        let sysroot = read(Command::new("rustc").args(["--print", "sysroot"]))?;
        let version = read(Command::new("rustc").args(["--version", "--verbose"]))?;
        let release = version.lines().find_map(|line| line.strip_prefix("release: "));
        Ok(Self { sysroot: PathBuf::from(sysroot.trim()), release: release.unwrap_or_default().to_owned() })
    }

    pub(crate) fn rustlib(&self) -> PathBuf {
        self.sysroot.join("lib/rustlib")
    }

    fn absent(&self) -> Vec<&'static str> {
        BARE.into_iter().filter(|target| !has_core(&self.rustlib().join(target).join("lib"))).collect()
    }
}

fn has_core(folder: &Path) -> bool {
    fs::read_dir(folder).is_ok_and(|entries| {
        entries.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with("libcore-"))
    })
}

/// Every command succeeded, but the target has no `core`.
#[derive(Debug)]
struct StillAbsent {
    target: &'static str,
}

impl fmt::Display for StillAbsent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { target } = self;
        write!(f, "{target} has no `core` after setup; `rustup target remove {target}`, then run setup again")
    }
}

impl Error for StillAbsent {}
