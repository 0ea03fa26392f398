//! The packages that would be published: each must build alone, and contain the licences, a README, its sources and
//! nothing else.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use cargo_metadata::Package;

use crate::command::run;
use crate::step::Outcome;
use crate::workspace::{Workspace, entries};

/// What a package contains, sorted, beside [`COMMIT`].
const EXPECTED: [&str; 7] =
    ["Cargo.lock", "Cargo.toml", "Cargo.toml.orig", "LICENSE-APACHE", "LICENSE-MIT", "README.md", "src"];

/// Only in packages that are made in a clone.
const COMMIT: &str = ".cargo_vcs_info.json";

/// Builds one crate at a time, so that no crate relies on features that another crate enables.
pub(crate) fn check(workspace: &Workspace) -> Outcome {
    let unpacked = workspace.target.join("package/unpacked");
    unpack(workspace, &unpacked)?;
    for member in workspace.published() {
        let folder = unpacked.join(folder_of(member));
        let mut names = entries(&folder)?;
        names.iter_mut().for_each(|path| *path = path.strip_prefix(&folder).unwrap_or(path).to_owned());
        names.retain(|name| name != Path::new(COMMIT));
        if names != EXPECTED.map(PathBuf::from) {
            return Err(format!("the package of {} contains {names:?}, not {EXPECTED:?}", member.name).into());
        }
        let mut cargo = workspace.cargo(["check", "--quiet", "--package", &member.name]);
        cargo.arg("--target-dir").arg(&workspace.target);
        run(cargo.current_dir(&unpacked))?;
    }
    Ok(())
}

/// Unpacks the crates into one workspace, where they depend on each other.
///
/// Cargo's own verification could build against an older package of another crate of this workspace: its cache is
/// keyed by version alone.
fn unpack(workspace: &Workspace, unpacked: &Path) -> Outcome {
    let mut cargo = workspace.cargo(["package", "--quiet", "--allow-dirty", "--no-verify"]);
    run(cargo.args(workspace.published().flat_map(|member| ["--package", &member.name])))?;
    fs::create_dir_all(unpacked)?;
    let folders: Vec<String> = workspace.published().map(folder_of).collect();
    let mut manifest = format!("[workspace]\nresolver = \"3\"\nmembers = {folders:?}\n\n[patch.crates-io]\n");
    for member in workspace.published() {
        let folder = folder_of(member);
        manifest += &format!("{} = {{ path = \"{folder}\" }}\n", member.name);
        let archive = format!("{folder}.crate");
        let (packed, known) = (workspace.target.join("package").join(&archive), unpacked.join(&archive));
        // Cargo need not build what is unchanged.
        if fs::read(&known).ok() == Some(fs::read(&packed)?) {
            continue;
        }
        if unpacked.join(&folder).exists() {
            fs::remove_dir_all(unpacked.join(&folder))?;
        }
        // `m` sets new modification times. With those in the package, cargo would treat changed files as unchanged.
        run(Command::new("tar").arg("-xzmf").arg(&packed).arg("-C").arg(unpacked))?;
        fs::copy(packed, known)?;
    }
    fs::write(unpacked.join("Cargo.toml"), manifest)?;
    fs::copy(workspace.root.join("Cargo.lock"), unpacked.join("Cargo.lock"))?;
    Ok(())
}

fn folder_of(member: &Package) -> String {
    format!("{}-{}", member.name, member.version)
}
