//! `cargo xtask gates`: plants the defects of `tests/gates/*.toml`, one after the other, and demands of
//! the command that is said to notice that it fails, and that it says why.
//!
//! Everything happens in a copy of the tree. That the command passes without the defect is the business
//! of `cargo xtask check` and `cargo xtask test`.

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

/// A defect, and who is to notice.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Gate {
    /// A sentence.
    name: String,
    /// Where the defect is planted, from the root folder.
    file: String,
    /// What is there; it has to be there once.
    from: String,
    /// What comes in its place.
    to: String,
    /// The arguments of cargo.
    command: Vec<String>,
    /// What is among its last words.
    says: String,
}

/// What a file of gates holds.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Gates {
    gate: Vec<Gate>,
}

/// Of all gates, or of those that have this in their name or are in the file of this name.
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
        return Err(format!("no gate has `{part}` in its name; there are:\n{}", names.join("\n")).into());
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
    // A part of them is not their number.
    if part.is_empty() { record(workspace, gates.len()) } else { Ok(()) }
}

fn record(workspace: &Workspace, gates: usize) -> Outcome {
    figures::record(workspace, "gates", &[("gates", u64::try_from(gates)?)])
}

/// The gates of all files, those of one file together.
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
    /// Plants the defect, lets the command look, and takes the defect out again.
    fn holds(&self, tree: &Path, cargo: impl Fn(&[String]) -> Command) -> Result<(), Broken> {
        let place = tree.join(&self.file);
        let text = fs::read_to_string(&place).map_err(Broken::Unreadable)?;
        fs::write(&place, self.planted(&text)?).map_err(Broken::Unreadable)?;
        let ended = cargo(&self.command).output();
        // Written anew rather than with its old time: what was built with the defect must be built again.
        fs::write(&place, text).map_err(Broken::Unreadable)?;
        let output = ended.map_err(Broken::Unreadable)?;
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        if output.status.success() {
            return Err(Broken::Passed);
        }
        if said.contains(&self.says) { Ok(()) } else { Err(Broken::says(&said)) }
    }

    fn planted(&self, text: &str) -> Result<String, Broken> {
        if self.from == self.to {
            return Err(Broken::NoDefect);
        }
        match text.matches(&self.from).count() {
            1 => Ok(text.replace(&self.from, &self.to)),
            times => Err(Broken::Text { times }),
        }
    }
}

/// Why a gate proves nothing.
#[derive(Debug)]
enum Broken {
    Unreadable(io::Error),
    NoDefect,
    Text { times: usize },
    Passed,
    Silent { last: String },
}

impl Broken {
    const LAST_LINES: usize = 20;

    fn says(said: &str) -> Self {
        let mut last: Vec<&str> = said.lines().rev().take(Self::LAST_LINES).collect();
        last.reverse();
        Self::Silent { last: last.join("\n") }
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(cause) => write!(f, "the defect cannot be planted: {cause}"),
            Self::NoDefect => f.write_str("`from` and `to` are the same"),
            Self::Text { times } => write!(f, "the text to be changed is there {times} times, not once"),
            Self::Passed => f.write_str("the command passed with the defect"),
            Self::Silent { last } => write!(f, "the command failed without the words:\n{last}"),
        }
    }
}

impl Error for Broken {}

#[cfg(test)]
mod tests;
