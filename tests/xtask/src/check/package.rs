//! What each published crate would upload: it must build alone, say what it is, carry the
//! licences and a README, and nothing but them and its sources.

use std::error::Error;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

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
    // In one command, so that crates which are on no registry yet find each other.
    let mut cargo = workspace.cargo(["package", "--quiet", "--allow-dirty"]);
    for member in workspace.published() {
        cargo.args(["--package", &member.name]);
    }
    run(&mut cargo)?;
    for member in workspace.published() {
        described(member)?;
        let folder = format!("{}-{}", member.name, member.version);
        let unpacked = workspace.target.join("package").join(folder);
        complete(&workspace.root, &unpacked)?;
        nothing_astray(&unpacked)?;
    }
    Ok(())
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
