//! The workspace as `cargo metadata` describes it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::env;
use std::error::Error;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use cargo_metadata::{MetadataCommand, Package};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::long::Figures;
use crate::step::Outcome;

/// The folders and crates of the workspace.
pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
    pub(crate) target: PathBuf,
    pub(crate) toolchain: Toolchain,
    packages: Vec<Package>,
    /// What the long tasks measured in this run.
    pub(crate) figures: RefCell<Figures>,
}

/// What rust-toolchain.toml names.
#[derive(Default, Deserialize)]
pub(crate) struct Toolchain {
    pub(crate) channel: String,
    /// Bare-metal targets: Arm without and with atomics, RISC-V, and WebAssembly.
    pub(crate) targets: Vec<String>,
}

impl Workspace {
    pub(crate) fn read() -> Outcome<Self> {
        let metadata = MetadataCommand::new().no_deps().exec()?;
        let mut workspace = Self {
            root: metadata.workspace_root.into(),
            target: metadata.target_directory.into(),
            toolchain: Toolchain::default(),
            packages: metadata.packages,
            figures: RefCell::default(),
        };
        let mut file: BTreeMap<String, Toolchain> = workspace.toml("rust-toolchain.toml")?;
        workspace.toolchain = file.remove("toolchain").ok_or("rust-toolchain.toml has no toolchain")?;
        Ok(workspace)
    }

    /// The crates without `publish = false`, which cargo reports as an empty list of registries.
    pub(crate) fn published(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|package| package.publish.is_none())
    }

    /// The published crates of the category `no-std`.
    pub(crate) fn bare(&self) -> impl Iterator<Item = &Package> {
        self.published().filter(|package| package.categories.iter().any(|it| it == "no-std"))
    }

    /// A cargo command in the root folder.
    pub(crate) fn cargo<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Command {
        let mut cargo = self.program("cargo");
        cargo.args(arguments);
        cargo
    }

    /// A command in the root folder.
    pub(crate) fn program(&self, name: impl AsRef<OsStr>) -> Command {
        let mut program = Command::new(name);
        program.current_dir(&self.root);
        // The packages configure flags, which these would replace.
        program.env_remove("RUSTFLAGS");
        // With 1, release builds are incremental too, and the figures of the images are others.
        if env::var_os("CARGO_INCREMENTAL").is_some_and(|it| it == "1") {
            program.env_remove("CARGO_INCREMENTAL");
        }
        // `cargo run` sets these variables for xtask. If they were passed on, build scripts that depend on one would
        // run again.
        for (name, _) in env::vars_os() {
            let name = name.to_string_lossy();
            if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
                program.env_remove(name.as_ref());
            }
        }
        program
    }

    /// The packages in a folder that have their own lock file.
    pub(crate) fn locked(&self, group: &str) -> Outcome<Vec<PathBuf>> {
        let mut folders = entries(&self.root.join(group))?;
        folders.retain(|folder| folder.join("Cargo.lock").exists());
        match folders.is_empty() {
            true => Err(format!("no package in {group} has a lock file").into()),
            false => Ok(folders),
        }
    }

    /// Reads a TOML file, by its path from the root folder.
    pub(crate) fn toml<T: DeserializeOwned>(&self, path: impl AsRef<Path>) -> Outcome<T> {
        let path = self.root.join(path);
        let located = |cause: &dyn Error| format!("{}: {cause}", path.display());
        let text = fs::read_to_string(&path).map_err(|cause| located(&cause))?;
        toml::from_str(&text).map_err(|cause| located(&cause).into())
    }
}

/// The paths in a folder, sorted.
pub(crate) fn entries(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder)? {
        paths.push(entry?.path());
    }
    paths.sort();
    Ok(paths)
}
