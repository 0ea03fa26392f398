//! What each published crate would upload: it must build alone, say what it is, carry the
//! licences and a README, and nothing but them and its sources.

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

/// All that may stand beside the licences and the README; all but `src` is cargo's own.
const EXPECTED: [&str; 5] = ["src", "Cargo.toml", "Cargo.toml.orig", "Cargo.lock", ".cargo_vcs_info.json"];

/// Where `cargo metadata` has what the registry's page and docs.rs go by.
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
        nothing_astray(&folder)?;
    }
    builds_alone(workspace, &unpacked)
}

/// Without cargo's own verification: where one of our crates needs another, it takes that one
/// from a cache which is keyed by version alone, and so builds against what was packed before.
fn pack(workspace: &Workspace) -> Outcome {
    let mut cargo = workspace.cargo(["package", "--quiet", "--allow-dirty", "--no-verify"]);
    for member in workspace.published() {
        cargo.args(["--package", &member.name]);
    }
    run(&mut cargo)
}

/// Unpacks the crates beside each other, as a workspace in which they find each other.
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
        // `m`: packed files bear one old date, and cargo takes what is old for unchanged.
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

/// One by one, so that none lives on features that another asks for.
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

/// The licences are the workspace's own, byte for byte: a link that was packed as a link is not.
fn complete(root: &Path, unpacked: &Path) -> Result<(), Fault> {
    for license in LICENSES {
        let ours = read(&root.join(license))?;
        let packed = unpacked.join(license);
        if read(&packed)? != ours {
            return Err(Fault::NotOurs { file: packed });
        }
    }
    read(&unpacked.join(README)).map(|_| ())
}

fn nothing_astray(unpacked: &Path) -> Outcome {
    for entry in fs::read_dir(unpacked)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let mut expected = EXPECTED.iter().chain(&LICENSES).chain([&README]);
        if !expected.any(|it| **it == *name) {
            return Err(Fault::Astray { file: entry.path() }.into());
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
    NotOurs { file: PathBuf },
    Astray { file: PathBuf },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Undescribed { crate_name, field } => {
                write!(
                    f,
                    "{crate_name} will be published, but has no {}",
                    field.trim_start_matches('/').replace('/', ".")
                )
            }
            Self::Unreadable { file, cause } => {
                write!(f, "the package lacks {}: {cause}", file.display())
            }
            Self::NotOurs { file } => {
                write!(f, "{} differs from the workspace's licence", file.display())
            }
            Self::Astray { file } => write!(
                f,
                "{} has no place in a package; see `include` in the crate's manifest",
                file.display()
            ),
        }
    }
}

impl Error for Fault {}
