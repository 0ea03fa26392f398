//! The packages that would be published: each must build alone, be described, and contain the licences,
//! a README, its sources and nothing else.

use std::error::Error;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::command::run;
use crate::step::Outcome;
use crate::workspace::{Member, Workspace};

const LICENSES: [&str; 2] = ["LICENSE-APACHE", "LICENSE-MIT"];

const README: &str = "README.md";

/// What a package may contain besides the licences and the README. All but `src` is written by cargo.
const EXPECTED: [&str; 5] = ["src", "Cargo.toml", "Cargo.toml.orig", "Cargo.lock", ".cargo_vcs_info.json"];

/// The fields of `cargo metadata` that the registry and docs.rs show.
const DESCRIPTION: [&str; 7] =
    ["/description", "/license", "/readme", "/rust_version", "/keywords", "/categories", "/metadata/docs/rs"];

pub(crate) fn check(workspace: &Workspace) -> Outcome {
    let unpacked = workspace.target.join("package/unpacked");
    pack(workspace)?;
    unpack(workspace, &unpacked)?;
    for member in workspace.published() {
        described(member)?;
        let folder = unpacked.join(folder_of(member));
        complete(&workspace.root, &folder)?;
        nothing_else(&folder)?;
    }
    builds_alone(workspace, &unpacked)
}

/// Skips cargo's own verification, which could build against an older package of another crate of this
/// workspace: its cache is keyed by version alone.
fn pack(workspace: &Workspace) -> Outcome {
    let mut cargo = workspace.cargo(["package", "--quiet", "--allow-dirty", "--no-verify"]);
    for member in workspace.published() {
        cargo.args(["--package", &member.name]);
    }
    run(&mut cargo)
}

/// Unpacks the crates into one workspace, where they depend on each other.
fn unpack(workspace: &Workspace, unpacked: &Path) -> Outcome {
    if unpacked.exists() {
        fs::remove_dir_all(unpacked)?;
    }
    fs::create_dir_all(unpacked)?;
    let mut members = Vec::new();
    let mut patches = Vec::new();
    for member in workspace.published() {
        let folder = folder_of(member);
        let packed = format!("package/{folder}.crate");
        // `m` sets new modification times. With those in the package, cargo would treat changed files as unchanged.
        let mut tar = Command::new("tar");
        tar.arg("-xzmf").arg(workspace.target.join(packed));
        run(tar.arg("-C").arg(unpacked))?;
        patches.push(format!("{} = {{ path = \"{folder}\" }}\n", member.name));
        members.push(format!("\"{folder}\""));
    }
    let manifest = format!(
        "[workspace]\nresolver = \"3\"\nmembers = [{}]\n\n[patch.crates-io]\n{}",
        members.join(", "),
        patches.concat()
    );
    fs::write(unpacked.join("Cargo.toml"), manifest)?;
    fs::copy(workspace.root.join("Cargo.lock"), unpacked.join("Cargo.lock"))?;
    Ok(())
}

/// Builds one crate at a time, so that no crate relies on features that another crate enables.
fn builds_alone(workspace: &Workspace, unpacked: &Path) -> Outcome {
    for member in workspace.published() {
        let mut cargo = workspace.cargo(["check", "--quiet", "--package", &member.name]);
        cargo.arg("--target-dir").arg(&workspace.target);
        run(cargo.current_dir(unpacked))?;
    }
    Ok(())
}

fn folder_of(member: &Member) -> String {
    format!("{}-{}", member.name, member.version)
}

fn described(member: &Member) -> Result<(), Fault> {
    let is_there = |field: &&str| match member.manifest.pointer(field) {
        None | Some(Value::Null) => false,
        Some(value) => *value != json!([]),
    };
    match DESCRIPTION.iter().find(|field| !is_there(field)) {
        None => Ok(()),
        Some(field) => Err(Fault::Undescribed { crate_name: member.name.clone(), field }),
    }
}

/// The licences must equal the workspace's, byte for byte; a package that contains a symbolic link fails.
fn complete(root: &Path, unpacked: &Path) -> Result<(), Fault> {
    for license in LICENSES {
        let ours = read(&root.join(license))?;
        let packed = unpacked.join(license);
        if read(&packed)? != ours {
            return Err(Fault::OtherLicence { file: packed });
        }
    }
    read(&unpacked.join(README)).map(|_| ())
}

fn nothing_else(unpacked: &Path) -> Outcome {
    for entry in fs::read_dir(unpacked)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let mut expected = EXPECTED.iter().chain(&LICENSES).chain([&README]);
        if !expected.any(|it| **it == *name) {
            return Err(Fault::Unexpected { file: entry.path() }.into());
        }
    }
    Ok(())
}

fn read(path: &Path) -> Result<Vec<u8>, Fault> {
    fs::read(path).map_err(|cause| Fault::Unreadable { file: path.to_path_buf(), cause })
}

/// What is wrong with a package.
#[derive(Debug)]
enum Fault {
    Undescribed { crate_name: String, field: &'static str },
    Unreadable { file: PathBuf, cause: io::Error },
    OtherLicence { file: PathBuf },
    Unexpected { file: PathBuf },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Undescribed { crate_name, field } => {
                write!(
                    f,
                    "{crate_name} is published and has no `{}`",
                    field.trim_start_matches('/').replace('/', ".")
                )
            }
            Self::Unreadable { file, cause } => {
                write!(f, "the package lacks {}: {cause}", file.display())
            }
            Self::OtherLicence { file } => {
                write!(f, "{} differs from the workspace's licence", file.display())
            }
            Self::Unexpected { file } => write!(
                f,
                "{} does not belong in a package; see `include` in the crate's manifest",
                file.display()
            ),
        }
    }
}

impl Error for Fault {}
