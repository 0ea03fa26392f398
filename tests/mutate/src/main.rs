//! `cargo mutate [--list] [--shard=K/N] [FILE…]`: changes the three crates in ways that cargo-mutants does not, one
//! change at a time, and names the changes that no test notices. A file is named by a part of its path.
//!
//! It deletes statements, halves of conditions and the bodies of `if`, and changes constants.
//! `survivors.toml` lists what may survive, and why.

mod find;

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::path::Path;
use std::process::{Command, Stdio};
use std::{env, fs};

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// Each package with its runs of cargo after the quick one.
const PARTS: [(&str, &[&str]); 3] = [
    ("tc3-core", &["test --package=tc3-core --tests", "test --package=conformance --tests"]),
    ("tc3-embedded", &["test --package=tc3-embedded --tests"]),
    ("tc3-std", &["test --package=tc3-std --tests"]),
];

/// The tests that catch most mutants of a file, by a part of its path.
const QUICK: [(&str, &str); 7] = [
    ("tc3-core/src/response", "test --package=tc3-core --test=response"),
    ("tc3-core/src/verify", "test --package=tc3-core --test=verify"),
    ("tc3-core/src/time", "test --package=tc3-core --lib"),
    ("tc3-core", "test --package=tc3-core --test=long_lived"),
    ("tc3-embedded/src/http", "test --package=tc3-embedded --test=http"),
    ("tc3-embedded", "test --package=tc3-embedded --lib"),
    ("tc3-std", "test --package=tc3-std --lib --bins"),
];

/// Ends an endless mutant, and one that takes all memory.
const LIMITED: &str = r#"ulimit -v 8000000 && exec timeout --kill-after=5 300 cargo "$@""#;

/// What may survive: for each file, the change as it is printed, and the reason.
type Survivors = BTreeMap<String, BTreeMap<String, String>>;

fn main() -> Outcome {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize()?;
    let (options, names): (Vec<_>, Vec<_>) = env::args().skip(1).partition(|it| it.starts_with("--"));
    let is_list = options.iter().any(|it| it == "--list");
    let shard = options.iter().find_map(|it| it.strip_prefix("--shard=")?.split_once('/'));
    let shard: (usize, usize) =
        shard.map_or(Ok((0, 1)), |(k, n)| k.parse().and_then(|k| Ok((k, n.parse()?))))?;
    if options.len() > usize::from(is_list).saturating_add(usize::from(shard.1 > 1)) {
        return Err(format!("unknown option in {options:?}").into());
    }
    let listed = fs::read_to_string(workspace.join("tests/mutate/survivors.toml"))?;
    let mut survivors: Survivors = toml::from_str(&listed)?;
    let copy = workspace.join("target/mutate/tree");
    if !is_list {
        make(&workspace, &copy)?;
    }
    let (mut index, mut counts) = (0_usize, BTreeMap::<_, usize>::new());
    for (package, tests) in PARTS {
        let mut is_checked = is_list;
        for file in files(&workspace, &format!("{package}/src/*.rs"))? {
            let is_named = names.is_empty() || names.iter().any(|name| file.contains(name.as_str()));
            if !is_named || ["/tests", "fuzzing", "wycheproof"].iter().any(|it| file.contains(it)) {
                continue;
            }
            let quick = QUICK.iter().find(|(part, _)| file.starts_with(part)).map_or("test", |(_, run)| run);
            let check = format!("check --package={package}");
            let runs: Vec<_> = [&check, quick].into_iter().chain(tests.iter().copied()).collect();
            let source = fs::read_to_string(workspace.join(&file))?;
            let may_survive = survivors.remove(&file).unwrap_or_default();
            let mut unused: BTreeSet<_> = may_survive.keys().cloned().collect();
            for mutant in find::mutants(&source)? {
                let change = mutant.describe(&source);
                unused.remove(&change);
                index = index.saturating_add(1);
                if index.checked_rem(shard.1) != shard.0.checked_rem(shard.1) {
                    continue;
                }
                if !is_checked && verdict(&copy, &runs)? != "survived" {
                    return Err(format!("the tests of {package} fail without a mutant").into());
                }
                is_checked = true;
                let verdict = if is_list {
                    "listed"
                } else if may_survive.get(&change).is_some_and(|reason| !reason.is_empty()) {
                    "accepted"
                } else {
                    fs::write(copy.join(&file), mutant.apply(&source))?;
                    let verdict = verdict(&copy, &runs);
                    fs::write(copy.join(&file), &source)?;
                    verdict?
                };
                println!("{verdict} {file}:{}: {change}", mutant.line);
                counts.entry(verdict).and_modify(|count| *count = count.saturating_add(1)).or_insert(1);
            }
            if let Some(change) = unused.first() {
                return Err(format!("survivors.toml: {file} has no mutant {change}").into());
            }
        }
    }
    if names.is_empty() && !survivors.is_empty() {
        return Err(format!("survivors.toml: no such file: {:?}", survivors.keys()).into());
    }
    println!("{counts:?}");
    match (counts.get("survived"), counts.get("caught")) {
        _ if is_list && !counts.is_empty() => Ok(()),
        (None, Some(_)) => Ok(()),
        (None, None) => Err("no mutant was caught: the tests ran nothing".into()),
        (Some(count), _) => Err(format!("{count} survived").into()),
    }
}

fn files(workspace: &Path, pattern: &str) -> Outcome<Vec<String>> {
    let mut git = Command::new("git");
    git.current_dir(workspace).args([
        "ls-files",
        "--cached",
        "--others",
        "--exclude-standard",
        "--",
        pattern,
    ]);
    Ok(String::from_utf8(git.output()?.stdout)?.lines().map(str::to_owned).collect())
}

/// Makes the copy in which files are changed.
fn make(workspace: &Path, copy: &Path) -> Outcome {
    if copy.exists() {
        fs::remove_dir_all(copy)?;
    }
    for name in files(workspace, ".")? {
        let (from, to) = (workspace.join(&name), copy.join(&name));
        fs::create_dir_all(to.parent().ok_or("a file without a folder")?)?;
        // A removed file is still listed until that is committed.
        if from.exists() {
            fs::copy(from, to)?;
        }
    }
    Ok(())
}

/// Runs cargo until it fails; the first run only compiles.
fn verdict(copy: &Path, runs: &[&str]) -> Outcome<&'static str> {
    for (run, failed) in runs.iter().zip(["unviable", "caught", "caught", "caught"]) {
        let mut shell = Command::new("sh");
        shell.args(["-c", LIMITED, "cargo"]).args(run.split(' '));
        shell.args(["--quiet", "--offline", "--all-features", "--profile=mutants"]);
        shell.current_dir(copy).env("CARGO_TARGET_DIR", copy.join("../build"));
        shell.env("CARGO_INCREMENTAL", "0").stdout(Stdio::null()).stderr(Stdio::null());
        if !shell.status()?.success() {
            return Ok(failed);
        }
    }
    Ok("survived")
}
