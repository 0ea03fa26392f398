//! The copy of the tree that defects are planted in.

use std::error::Error;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::read;
use crate::workspace::Workspace;

/// The copy, with its own target folder: a build with a defect must not be reused.
pub(super) struct Copy {
    pub(super) tree: PathBuf,
    target: PathBuf,
}

impl Copy {
    /// Copies the files that git tracks or would track, as they are now.
    pub(super) fn of(workspace: &Workspace) -> Result<Self, Box<dyn Error>> {
        let folder = workspace.target.join("gates");
        let copy = Self { tree: folder.join("tree"), target: folder.join("target") };
        if copy.tree.exists() {
            fs::remove_dir_all(&copy.tree)?;
        }
        let mut git = workspace.program("git");
        let listed = read(git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]))?;
        for name in listed.split_terminator('\0') {
            copy_file(&workspace.root.join(name), &copy.tree.join(name))?;
        }
        copy.share_tools(&workspace.target)?;
        Ok(copy)
    }

    /// Links to the tools that setup installs. Creates the linked folders first, because through a dangling link
    /// no gate could install a tool.
    fn share_tools(&self, target: &Path) -> Result<(), Box<dyn Error>> {
        fs::create_dir_all(&self.target)?;
        for tools in ["tools", "venv"].map(Path::new) {
            let (shared, place) = (target.join(tools), self.target.join(tools));
            fs::create_dir_all(&shared)?;
            if !place.is_symlink() {
                symlink(shared, place)?;
            }
        }
        Ok(())
    }

    pub(super) fn cargo(&self, workspace: &Workspace, arguments: &[String]) -> Command {
        let mut cargo = workspace.cargo(arguments.iter().map(String::as_str));
        cargo.current_dir(&self.tree).env("CARGO_TARGET_DIR", &self.target);
        cargo
    }
}

/// The copy gets a new modification time, so that cargo does not reuse what it built of an older copy.
fn copy_file(from: &Path, to: &Path) -> Result<(), Box<dyn Error>> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    // git lists a deleted file until the deletion is staged.
    if from.exists() {
        fs::copy(from, to)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by panic")]

    use super::*;
    use std::{env, process};

    #[test]
    fn a_gate_can_install_a_tool_that_is_not_installed_yet() {
        let folder = env::temp_dir().join(format!("gates-tools-{}", process::id()));
        let copy = Copy { tree: folder.join("tree"), target: folder.join("copy") };
        for _ in 0..2 {
            copy.share_tools(&folder.join("target")).unwrap();
        }
        fs::write(copy.target.join("tools/one"), "").unwrap();
        assert!(folder.join("target/tools/one").exists());
        fs::remove_dir_all(folder).unwrap();
    }
}
