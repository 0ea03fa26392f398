//! A copy of the tree to plant defects in.

use std::error::Error;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::read;
use crate::workspace::Workspace;

/// The copy, and where it is built: nothing that was built with a defect may be taken for anything else.
pub(super) struct Copy {
    pub(super) tree: PathBuf,
    target: PathBuf,
}

impl Copy {
    /// Of the files that are, or would be, under version control, as they are now.
    pub(super) fn of(workspace: &Workspace) -> Result<Self, Box<dyn Error>> {
        let folder = workspace.target.join("gates");
        let copy = Self { tree: folder.join("tree"), target: folder.join("target") };
        if copy.tree.exists() {
            fs::remove_dir_all(&copy.tree)?;
        }
        let mut git = workspace.program("git");
        let listed = read(git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]))?;
        for name in listed.split_terminator('\0') {
            lay(&workspace.root.join(name), &copy.tree.join(name))?;
        }
        copy.share_tools(workspace)?;
        Ok(copy)
    }

    /// What setup installs is no part of the tree, and takes long to install.
    fn share_tools(&self, workspace: &Workspace) -> Result<(), Box<dyn Error>> {
        fs::create_dir_all(&self.target)?;
        for tools in ["tools", "venv"] {
            let place = self.target.join(tools);
            if !place.is_symlink() {
                symlink(workspace.target.join(tools), place)?;
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

/// With the time of now: cargo must not take what it built of an older copy for what this one gives.
fn lay(from: &Path, to: &Path) -> Result<(), Box<dyn Error>> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    // A file that is listed may have been deleted since.
    if from.exists() {
        fs::copy(from, to)?;
    }
    Ok(())
}
