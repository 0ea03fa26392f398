//! `cargo mutate [--shard=K/N] [--list] [FILE…]`: changes the three crates in the ways that cargo-mutants does not,
//! one change at a time, and names the changes that no test notices.
//!
//! Deletes statements, drops halves of conditions, guards and the bodies of `if`, and changes constants. A file is
//! named by its path or a part of it. `survivors.toml` lists what may survive, and why.
#![allow(clippy::print_stdout, reason = "a program for the terminal")]

mod find;
mod run;

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Instant;

use find::Mutant;
use run::{Copy, Outcome, PARTS, Part, Verdict};
use serde::Deserialize;

/// A mutant that may survive.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Survivor {
    file: String,
    /// As it is printed, without the line.
    change: String,
    reason: String,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Survivors {
    #[serde(default)]
    survivor: Vec<Survivor>,
}

struct Source {
    part: &'static Part,
    file: String,
    content: String,
    mutants: Vec<Mutant>,
}

impl Source {
    /// The change in one line: where it is, and what becomes what.
    fn change(&self, mutant: &Mutant) -> String {
        let line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let from = line(self.content.get(mutant.bytes.clone()).unwrap_or_default());
        format!("in {}: `{from}` becomes `{}`", mutant.within, line(&mutant.replacement))
    }

    fn changed(&self, mutant: &Mutant) -> String {
        let mut content = self.content.clone();
        content.replace_range(mutant.bytes.clone(), &mutant.replacement);
        content
    }
}

/// The files of the three crates whose path contains one of `names`, or all.
fn sources(workspace: &Path, names: &[String]) -> Outcome<Vec<Source>> {
    let mut sources = Vec::new();
    for part in &PARTS {
        let folder = format!("{}/src", part.package);
        let listed = Command::new("git").current_dir(workspace).args(["ls-files", &folder]).output()?;
        for file in String::from_utf8(listed.stdout)?.lines() {
            let is_wanted = names.is_empty() || names.iter().any(|name| file.contains(name.as_str()));
            if !is_wanted || !file.ends_with(".rs") || file.ends_with("/fuzzing.rs") {
                continue;
            }
            let content = fs::read_to_string(workspace.join(file))?;
            let mutants = find::mutants(&content)?;
            sources.push(Source { part, file: file.to_owned(), content, mutants });
        }
    }
    Ok(sources)
}

fn main() -> ExitCode {
    match task() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("mutate: {error}");
            ExitCode::FAILURE
        }
    }
}

fn task() -> Outcome {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize()?;
    let (options, names): (Vec<_>, Vec<_>) = env::args().skip(1).partition(|it| it.starts_with("--"));
    let (mut is_list, mut shard) = (false, (1, 1));
    for option in &options {
        match option.split_once('=') {
            None if option == "--list" => is_list = true,
            Some(("--shard", value)) => {
                let (k, n) = value.split_once('/').ok_or("a shard is K/N")?;
                shard = (k.parse::<usize>()?, n.parse::<usize>()?);
            }
            _ => return Err(format!("unknown option {option}").into()),
        }
    }
    let survivors: Survivors =
        toml::from_str(&fs::read_to_string(workspace.join("tests/mutate/survivors.toml"))?)?;
    let sources = sources(&workspace, &names)?;
    check_list(&survivors.survivor, &sources, names.is_empty())?;
    let all = sources.iter().flat_map(|source| source.mutants.iter().map(move |mutant| (source, mutant)));
    let chosen = all.enumerate().filter(|(index, _)| index.checked_rem(shard.1) == shard.0.checked_sub(1));
    let chosen: Vec<_> = chosen.map(|(_, it)| it).collect();
    if chosen.is_empty() {
        return Err("nothing to test".into());
    }
    if is_list {
        for (source, mutant) in &chosen {
            println!("{}:{}: {}", source.file, mutant.line, source.change(mutant));
        }
        println!("{} mutants", chosen.len());
        return Ok(());
    }
    let copy = Copy::new(&workspace)?;
    for part in
        PARTS.iter().filter(|part| chosen.iter().any(|(source, _)| source.part.package == part.package))
    {
        if copy.run(part)? != Verdict::Survived {
            return Err(format!("the tests of {} fail without a mutant", part.package).into());
        }
    }
    let mut counts = BTreeMap::from([("unviable", 0_usize), ("caught", 0), ("listed", 0), ("survived", 0)]);
    for (source, mutant) in &chosen {
        let (start, change) = (Instant::now(), source.change(mutant));
        let is_listed = survivors.survivor.iter().any(|it| it.file == source.file && it.change == change);
        let verdict = match copy.verdict(source.part, &source.file, &source.changed(mutant))? {
            Verdict::Unviable => "unviable",
            Verdict::Caught => "caught",
            Verdict::Survived if is_listed => "listed",
            Verdict::Survived => "survived",
        };
        if let Some(count) = counts.get_mut(verdict) {
            *count = count.saturating_add(1);
        }
        println!("{verdict} {}:{}: {change} ({} s)", source.file, mutant.line, start.elapsed().as_secs());
    }
    println!("{counts:?}");
    let count = |verdict| counts.get(verdict).copied().unwrap_or_default();
    match (count("survived"), count("caught")) {
        (0, 0) => Err("no mutant was caught: the tests ran nothing".into()),
        (0, _) => Ok(()),
        (survived, _) => Err(format!("{survived} survived").into()),
    }
}

/// Checks that each listed survivor has a reason and is still a mutant.
fn check_list(survivors: &[Survivor], sources: &[Source], is_all: bool) -> Outcome {
    for Survivor { file, change, reason } in survivors {
        let source = sources.iter().find(|source| source.file == *file);
        let exists =
            source.map_or(!is_all, |it| it.mutants.iter().any(|mutant| it.change(mutant) == *change));
        if !exists || reason.is_empty() {
            return Err(format!("survivors.toml: {file} has no mutant {change}, or it has no reason").into());
        }
    }
    Ok(())
}
