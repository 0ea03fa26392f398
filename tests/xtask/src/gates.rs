//! `cargo xtask gates`: plants each defect of `tests/gates/*.toml` in a copy of the tree and runs the command
//! that must fail and print why.
//!
//! `cargo xtask check` and `cargo xtask test` show that the command passes without the defect.

mod copy;

use std::error::Error;
use std::fmt;
use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;

use serde::Deserialize;

use crate::figures;
use crate::step::Outcome;
use crate::workspace::Workspace;
use copy::Copy;

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
    let copy = Copy::of(workspace)?;
    let mut open = Vec::new();
    for gate in &gates {
        match gate.holds(&copy.tree, |command| copy.cargo(workspace, command)) {
            Ok(()) => println!("holds  {}", gate.name),
            Err(broken) => {
                println!("OPEN   {}: {broken}", gate.name);
                open.push(gate.name.clone());
            }
        }
    }
    println!("{} of {} gates hold", gates.len().saturating_sub(open.len()), gates.len());
    if !open.is_empty() {
        return Err(format!("open: {}", open.join("; ")).into());
    }
    // Only a full run is recorded.
    if part.is_empty() { record(workspace, gates.len()) } else { Ok(()) }
}

fn record(workspace: &Workspace, gates: usize) -> Outcome {
    figures::record(workspace, "gates", &[("gates", u64::try_from(gates)?)])
}

/// The selected gates, in the order of their files.
fn read(folder: &Path, part: &str) -> Result<Vec<Gate>, Box<dyn Error>> {
    let entries = fs::read_dir(folder)?.map(|entry| entry.map(|it| it.path()));
    let mut files = entries.collect::<Result<Vec<_>, _>>()?;
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

impl Gate {
    /// Plants the defect, runs the command, and restores the file.
    fn holds(&self, tree: &Path, cargo: impl Fn(&[String]) -> Command) -> Result<(), Broken> {
        let place = tree.join(&self.file);
        let text = fs::read_to_string(&place).map_err(Broken::Unreadable)?;
        fs::write(&place, self.planted(&text)?).map_err(Broken::Unreadable)?;
        let ended = cargo(&self.command).output();
        // Writing sets a new modification time, so that cargo rebuilds what it built with the defect.
        fs::write(&place, text).map_err(Broken::Unreadable)?;
        let output = ended.map_err(Broken::Unreadable)?;
        let printed = [output.stdout, output.stderr].concat();
        let printed = String::from_utf8_lossy(&printed);
        if output.status.success() {
            return Err(Broken::Passed);
        }
        if printed.contains(&self.says) { Ok(()) } else { Err(Broken::silent(&printed)) }
    }

    fn planted(&self, text: &str) -> Result<String, Broken> {
        if self.from == self.to {
            return Err(Broken::NoDefect);
        }
        match text.matches(&self.from).count() {
            1 => Ok(text.replace(&self.from, &self.to)),
            times => Err(Broken::NotOnce { times }),
        }
    }
}

/// Why a gate does not hold.
#[derive(Debug)]
enum Broken {
    Unreadable(io::Error),
    NoDefect,
    NotOnce { times: usize },
    Passed,
    Silent { last: String },
}

impl Broken {
    const LAST_LINES: usize = 20;

    fn silent(printed: &str) -> Self {
        let mut last: Vec<&str> = printed.lines().rev().take(Self::LAST_LINES).collect();
        last.reverse();
        Self::Silent { last: last.join("\n") }
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(cause) => write!(f, "the defect cannot be planted: {cause}"),
            Self::NoDefect => f.write_str("`from` and `to` are the same"),
            Self::NotOnce { times } => write!(f, "`from` occurs {times} times in the file, not once"),
            Self::Passed => f.write_str("the command passed with the defect"),
            Self::Silent { last } => write!(f, "the command failed and did not print `says`:\n{last}"),
        }
    }
}

impl Error for Broken {}

#[cfg(test)]
mod tests;
