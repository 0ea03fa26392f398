//! `cargo xtask gates`: plants each defect of `tests/gates/*.toml` in a copy of the tree and runs the command
//! that must fail and print why.
//!
//! `cargo xtask check` and `cargo xtask test` show that the command passes without the defect.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde::Deserialize;

use crate::command::run;
use crate::long;
use crate::step::{self, Outcome, Step};
use crate::workspace::{Workspace, entries};

/// A defect and the command that must fail.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Gate {
    /// A sentence that describes the defect.
    name: String,
    /// The path from the root folder.
    file: String,
    /// The string to replace. It must occur exactly once in the file.
    from: String,
    to: String,
    /// The arguments of cargo.
    command: Vec<String>,
    /// What the output must contain.
    says: String,
}

/// Copies the files that git tracks or would track, as they are now, with new modification times, so that cargo does
/// not reuse what it built of an older copy. The copy shares the tools that setup installs. `$0` is the target folder.
const COPY: &str = r#"
    set -e
    rm -rf "$0/gates/tree"
    mkdir -p "$0/gates/tree" "$0/gates/target" "$0/tools" "$0/venv"
    ln -sfn "$0/tools" "$0/venv" "$0/gates/target"
    git ls-files -z --cached --others --exclude-standard |
        tar --create --null --files-from=- --ignore-failed-read |
        tar --extract --touch --directory "$0/gates/tree"
"#;

/// Tries all gates, or those whose file or name contains the argument.
pub(crate) fn task(workspace: &Workspace, arguments: &[&str]) -> Outcome {
    let tree = &workspace.target.join("gates/tree");
    let steps = read(workspace)?.into_iter().map(|(name, gate)| {
        let mut cargo = workspace.cargo(gate.command.iter().map(String::as_str));
        // A target folder of its own: a build with a defect must not be reused.
        cargo.current_dir(tree).env("CARGO_TARGET_DIR", tree.with_file_name("target"));
        Step::new(name, move || gate.holds(tree, cargo))
    });
    let steps = step::chosen("gates", steps.collect(), arguments)?;
    run(workspace.program("sh").args(["-c", COPY]).arg(&workspace.target))?;
    let (count, mut open) = (steps.len(), Vec::new());
    for step in steps {
        let name = step.name.clone();
        if let Err(why) = (step.work)() {
            println!("OPEN: {why}\nto repeat: cargo xtask gates '{name}'");
            open.push(name);
        }
    }
    if !open.is_empty() {
        return Err(format!("{} gates are open:\n{}", open.len(), open.join("\n")).into());
    }
    long::record(workspace, "gates", [("gates", count)])
}

/// All gates, each named by its file and its sentence.
fn read(workspace: &Workspace) -> Outcome<Vec<(String, Gate)>> {
    let mut gates = Vec::new();
    for file in entries(&workspace.root.join("tests/gates"))? {
        let part = file.file_stem().unwrap_or_default().display().to_string();
        let read: BTreeMap<String, Vec<Gate>> = workspace.toml(&file)?;
        gates.extend(read.into_values().flatten().map(|gate| (format!("{part}: {}", gate.name), gate)));
    }
    Ok(gates)
}

impl Gate {
    /// Plants the defect, runs the command, and restores the file.
    fn holds(&self, tree: &Path, mut command: Command) -> Outcome {
        let place = tree.join(&self.file);
        let text = fs::read_to_string(&place)?;
        let times = text.matches(&self.from).count();
        if times != 1 || self.from == self.to {
            return Err(
                format!("{} has `from` {times} times, not once, or `to` is the same", self.file).into()
            );
        }
        fs::write(&place, text.replace(&self.from, &self.to))?;
        let ended = command.output();
        // Writing sets a new modification time, so that cargo rebuilds what it built with the defect.
        fs::write(&place, text)?;
        let output = ended?;
        let printed = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        if output.status.success() {
            return Err("the command passed with the defect".into());
        }
        if printed.contains(&self.says) {
            return Ok(());
        }
        let lines: Vec<&str> = printed.lines().collect();
        let last = lines.get(lines.len().saturating_sub(20)..).unwrap_or_default().join("\n");
        Err(format!("the command failed and did not print `{}`:\n{last}", self.says).into())
    }
}
