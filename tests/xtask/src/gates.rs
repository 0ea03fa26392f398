//! `cargo xtask gates`: plants each defect of `tests/gates/*.toml` in a copy of the tree and runs the command
//! that must fail and print why.
//!
//! `cargo xtask check` and `cargo xtask test` show that the command passes without the defect.

use std::error::Error;
use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use serde::Deserialize;

use crate::command::run;
use crate::figures;
use crate::step::Outcome;
use crate::workspace::Workspace;

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

/// A file of gates.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Gates {
    gate: Vec<Gate>,
}

/// Tries all gates, or those whose name contains the argument or whose file is named by it.
pub(crate) fn task(workspace: &Workspace, arguments: &[&str]) -> Outcome {
    let part = match arguments {
        [] => "",
        [part] => *part,
        _ => return Err("usage: cargo xtask gates [PART-OF-A-NAME]".into()),
    };
    let folder = workspace.root.join("tests/gates");
    let gates = read(&folder, part)?;
    if gates.is_empty() {
        let names: Vec<String> = read(&folder, "")?.into_iter().map(|gate| gate.name).collect();
        return Err(format!("no gate has `{part}` in its name; the gates are:\n{}", names.join("\n")).into());
    }
    let tree = copy(workspace)?;
    let mut open = 0_usize;
    for (number, gate) in gates.iter().enumerate() {
        print!("{} of {}: {} … ", number.saturating_add(1), gates.len(), gate.name);
        io::stdout().flush()?;
        let start = Instant::now();
        let mut cargo = workspace.cargo(gate.command.iter().map(String::as_str));
        // A target folder of its own: a build with a defect must not be reused.
        cargo.current_dir(&tree).env("CARGO_TARGET_DIR", tree.with_file_name("target"));
        let verdict = gate.holds(&tree, &mut cargo);
        println!(
            "{} after {:.0} s",
            verdict.as_ref().map_or("OPEN", |()| "holds"),
            start.elapsed().as_secs_f64()
        );
        if let Err(why) = verdict {
            println!("{why}\nto repeat: cargo xtask gates '{}'", gate.name);
            open = open.saturating_add(1);
        }
    }
    println!("{} of {} gates hold", gates.len().saturating_sub(open), gates.len());
    if open > 0 {
        return Err(format!("{open} gates are open").into());
    }
    if part.is_empty() {
        figures::record(workspace, "gates", &[("gates", u64::try_from(gates.len())?)])
    } else {
        Ok(())
    }
}

/// The selected gates, in the order of their files.
fn read(folder: &Path, part: &str) -> Result<Vec<Gate>, Box<dyn Error>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        files.push(entry?.path());
    }
    files.sort();
    let mut gates = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file)?;
        let read: Gates = toml::from_str(&text).map_err(|error| format!("{}: {error}", file.display()))?;
        let is_asked_for = file.file_stem().is_some_and(|name| name == part);
        gates.extend(read.gate.into_iter().filter(|gate| is_asked_for || gate.name.contains(part)));
    }
    Ok(gates)
}

/// Copies the files that git tracks or would track, as they are now, with new modification times, so that cargo does
/// not reuse what it built of an older copy. The copy shares the tools that setup installs.
fn copy(workspace: &Workspace) -> Result<PathBuf, Box<dyn Error>> {
    const COPY: &str = "git ls-files -z --cached --others --exclude-standard \
        | tar --create --null --files-from=- --ignore-failed-read | tar --extract --touch --directory \"$0\"";
    let folder = workspace.target.join("gates");
    let tree = folder.join("tree");
    if tree.exists() {
        fs::remove_dir_all(&tree)?;
    }
    fs::create_dir_all(&tree)?;
    run(workspace.program("sh").args(["-c", COPY]).arg(&tree))?;
    fs::create_dir_all(folder.join("target"))?;
    for name in ["tools", "venv"] {
        // Through a dangling link no gate could install a tool.
        fs::create_dir_all(workspace.target.join(name))?;
        let link = folder.join("target").join(name);
        if !link.is_symlink() {
            symlink(workspace.target.join(name), link)?;
        }
    }
    Ok(tree)
}

impl Gate {
    /// Plants the defect, runs the command, and restores the file.
    fn holds(&self, tree: &Path, command: &mut Command) -> Result<(), Box<dyn Error>> {
        let place = tree.join(&self.file);
        let text = fs::read_to_string(&place)?;
        fs::write(&place, self.planted(&text)?)?;
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

    fn planted(&self, text: &str) -> Result<String, Box<dyn Error>> {
        match text.matches(&self.from).count() {
            _ if self.from == self.to => Err("`from` and `to` are the same".into()),
            1 => Ok(text.replace(&self.from, &self.to)),
            times => Err(format!("`from` occurs {times} times in {}, not once", self.file).into()),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use std::path::Path;
    use std::process::{self, Command};
    use std::{env, fs};

    use super::{Gate, read};

    /// A gate whose command fails and prints the line if the file has a 2.
    fn verdict(from: &str, to: &str, says: &str) -> Result<(), String> {
        let tree = env::temp_dir().join(format!("gates-{}", process::id()));
        fs::create_dir_all(&tree).unwrap();
        fs::write(tree.join("file"), "one two two\n").unwrap();
        let [name, file] = ["a gate", "file"].map(str::to_owned);
        let [from, to, says] = [from, to, says].map(str::to_owned);
        let gate = Gate { name, file, from, to, command: Vec::new(), says };
        let mut shell = Command::new("sh");
        shell.current_dir(&tree).args(["-c", "if grep 2 file; then exit 1; fi"]);
        let verdict = gate.holds(&tree, &mut shell);
        let restored = fs::read_to_string(tree.join("file")).unwrap();
        fs::remove_dir_all(tree).unwrap();
        // A defect that cannot be planted leaves the file alone too.
        assert_eq!(restored, "one two two\n");
        verdict.map_err(|why| why.to_string())
    }

    #[test]
    fn a_gate_holds_only_if_the_command_fails_and_prints_why() {
        assert_eq!(verdict("one", "2", "2 two two"), Ok(()));
        for (from, to, says, why) in [
            ("two", "2", "2", "`from` occurs 2 times in file, not once"),
            ("three", "2", "2", "`from` occurs 0 times in file, not once"),
            ("one", "one", "2", "`from` and `to` are the same"),
            ("one", "three", "2", "the command passed with the defect"),
            ("one", "2", "else", "the command failed and did not print `else`:\n2 two two"),
        ] {
            assert_eq!(verdict(from, to, says), Err(why.to_owned()));
        }
    }

    #[test]
    fn every_defect_can_be_planted() {
        let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
        let gates = read(&root.join("tests/gates"), "").unwrap();
        assert!(!gates.is_empty());
        for gate in gates {
            let planted = gate.planted(&fs::read_to_string(root.join(&gate.file)).unwrap());
            assert!(planted.is_ok(), "{}: {planted:?}", gate.name);
        }
    }
}
