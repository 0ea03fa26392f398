//! `cargo mutate [--list] [--also=LIST] [FILE…]`: changes the three crates in ways that cargo-mutants does not, one
//! change at a time, and names the changes that no test notices. A file is named by a part of its path. LIST is what
//! `cargo mutants --list --json` prints: its changes are made too.
//!
//! It deletes statements, halves of conditions and the bodies of `if`, and changes constants.
//! `tests/survivors.toml` lists what may survive, and why.

mod arms;
mod find;

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

use arms::Arms;
use find::{Listed, Mutant};

/// Each package with its runs of `cargo test` after the quick one.
const PACKAGES: [(&str, &[&str]); 3] = [
    ("tc3-core", &["--package=tc3-core --tests", "--package=conformance --tests"]),
    ("tc3-embedded", &["--package=tc3-embedded --tests"]),
    ("tc3-std", &["--package=tc3-std --tests"]),
];

/// The tests that catch most mutants of a file, by the start of its path.
const QUICK: [(&str, &str); 8] = [
    ("tc3-core/src/response", "--package=tc3-core --test=response"),
    ("tc3-core/src/verify", "--package=tc3-core --test=verify"),
    ("tc3-core/src/time", "--package=tc3-core --lib"),
    ("tc3-core/", "--package=conformance --test=vectors --test=refusals --test=limits"),
    ("tc3-embedded/src/http", "--package=tc3-embedded --test=http"),
    ("tc3-embedded/src/tls", "--package=tc3-embedded --lib -- --skip=differential"),
    ("tc3-embedded/", "--package=tc3-embedded --test=client"),
    ("tc3-std/", "--package=tc3-std --lib --bins"),
];

/// The roots of the crates.
const ROOTS: [&str; 4] =
    ["tc3-core/src/lib.rs", "tc3-embedded/src/lib.rs", "tc3-std/src/lib.rs", "tc3-std/src/bin/tc3/main.rs"];

/// Ends a mutant that waits for ever, computes for ever or takes all memory.
const LIMITED: &str =
    r#"ulimit -v 8000000 && ulimit -t "$0" && exec timeout --kill-after=5 900 cargo test "$@""#;

/// Ends each test program at its first failure. libtest takes the option only with this variable.
const FAIL_FAST: [&str; 2] = ["-Zunstable-options", "--fail-fast"];
const RUNNER: &str = "target.'cfg(all())'.runner = ['env', 'RUSTC_BOOTSTRAP=1']";

/// Makes the copy in which files are changed. With old modification times, cargo could reuse a mutant.
const COPY: &str = r#"
    rm -rf "$0" && mkdir -p "$0" &&
    tar --create --exclude=./target --exclude=./.git . | tar --extract --touch --directory "$0"
"#;

/// Lists the source files of a package that are in the product.
const FIND: &str = r#"
    find "$0/src" -name '*.rs' ! -path '*/tests*' ! -path '*fuzzing*' ! -path '*wycheproof*' | sort
"#;

struct File {
    path: String,
    source: String,
    mutants: Vec<(usize, Mutant)>,
    quick: &'static str,
}

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize()?;
    let (options, names): (Vec<_>, Vec<_>) = env::args().skip(1).partition(|it| it.starts_with("--"));
    let is_list = options.iter().any(|it| it == "--list");
    let mut listed = Vec::new();
    for list in options.iter().filter_map(|it| it.strip_prefix("--also=")) {
        listed.append(&mut serde_json::from_str::<Vec<Listed>>(&fs::read_to_string(list)?)?);
    }
    let accepted: BTreeMap<String, String> =
        toml::from_str(&fs::read_to_string(workspace.join("tests/survivors.toml"))?)?;
    let is_chosen = |path: &str| names.is_empty() || names.iter().any(|name| path.contains(name.as_str()));
    // The names of cargo-mutants have no arrow.
    let is_made = |name: &str| !listed.is_empty() || name.contains(" => ");
    let mut unused: BTreeSet<_> =
        accepted.keys().filter(|it| is_chosen(it) && is_made(it)).cloned().collect();
    let target = env::var_os("CARGO_TARGET_DIR").map_or(workspace.join("target"), PathBuf::from);
    let tree = Tree { copy: target.join("mutate/tree") };
    let mut shell = Command::new("sh");
    shell.current_dir(&workspace).args(["-c", COPY]).arg(&tree.copy);
    if !is_list && !shell.status()?.success() {
        return Err(format!("could not copy the workspace to {}", tree.copy.display()).into());
    }
    let mut counts = BTreeMap::<_, usize>::new();
    let mut number = 0_usize;
    for (package, tests) in PACKAGES {
        let mut files = Vec::new();
        let paths = Command::new("sh").current_dir(&workspace).args(["-c", FIND, package]).output()?.stdout;
        for path in String::from_utf8(paths)?.lines() {
            if !is_chosen(path) {
                continue;
            }
            let (_, quick) = QUICK.iter().find(|(part, _)| path.starts_with(part)).ok_or("no quick test")?;
            let source = fs::read_to_string(workspace.join(path))?;
            let (mine, rest) = listed.into_iter().partition(|it: &Listed| it.file == path);
            listed = rest;
            let mut mutants = Vec::new();
            for mutant in find::mutants(&source, &mine)? {
                number = number.saturating_add(1);
                mutants.push((number, mutant));
            }
            files.push(File { path: path.to_owned(), source, mutants, quick });
        }
        let mut report = |verdict, file: &File, mutant: &Mutant| {
            let name = format!("{}: {}", file.path, mutant.change);
            let is_accepted = verdict != "caught" && accepted.contains_key(&name);
            let verdict = if is_accepted && verdict == "survived" { "accepted" } else { verdict };
            if is_accepted {
                unused.remove(&name);
            }
            println!("{verdict} {}:{}: {}", file.path, mutant.line, mutant.change);
            counts.entry(verdict).and_modify(|count| *count = count.saturating_add(1)).or_insert(1);
        };
        // Those that cannot be built together, or may survive there, are built alone.
        let mut alone = Vec::new();
        let unviable = if is_list { BTreeSet::new() } else { tree.build_together(&files)? };
        let mut checked = BTreeSet::new();
        for file in &files {
            if !is_list && checked.insert(file.quick) {
                tree.check(file.quick, tests)?;
            }
            for (number, mutant) in &file.mutants {
                if is_list {
                    report("listed", file, mutant);
                } else if unviable.contains(number) {
                    report("unviable", file, mutant);
                } else if mutant.body.is_some() && tree.verdict(*number, file.quick, tests)? == "caught" {
                    report("caught", file, mutant);
                } else {
                    alone.push((file, mutant));
                }
            }
        }
        if !is_list {
            tree.wrap_roots("", "")?;
        }
        for file in files.iter().filter(|_| !is_list) {
            fs::write(tree.copy.join(&file.path), &file.source)?;
        }
        for (file, mutant) in alone {
            fs::write(tree.copy.join(&file.path), mutant.source(&file.source, &(0..file.source.len())))?;
            let verdict = tree.verdict(0, file.quick, tests)?;
            fs::write(tree.copy.join(&file.path), &file.source)?;
            report(verdict, file, mutant);
        }
    }
    println!("{counts:?}");
    if !unused.is_empty() {
        return Err(format!("tests/survivors.toml lists what is no survivor: {unused:#?}").into());
    }
    match counts.get("survived") {
        Some(count) => Err(format!("{count} survived").into()),
        None if is_list || counts.contains_key("caught") => Ok(()),
        None => Err("no mutant was caught: the tests ran nothing".into()),
    }
}

struct Tree {
    copy: PathBuf,
}

impl Tree {
    /// Builds all mutants that are in a function, and returns those that do not compile.
    fn build_together(&self, files: &[File]) -> Result<BTreeSet<usize>> {
        let mut unviable = BTreeSet::new();
        loop {
            let mut arms = BTreeMap::new();
            for file in files {
                let viable = file.mutants.iter().filter(|(number, _)| !unviable.contains(number));
                let viable: Vec<_> = viable.map(|(number, mutant)| (*number, mutant)).collect();
                let made = Arms::new(&file.source, &viable);
                fs::write(self.copy.join(&file.path), &made.source)?;
                arms.insert(file.path.as_str(), made);
            }
            self.wrap_roots(arms::START, arms::END)?;
            let mut cargo = Command::new("cargo");
            cargo.args(["check", "--message-format=short", "--keep-going"]);
            cargo.args(["--package=tc3-core", "--package=tc3-embedded", "--package=tc3-std"]);
            let output = self.common(&mut cargo).output()?;
            if output.status.success() {
                return Ok(unviable);
            }
            let errors = String::from_utf8(output.stderr)?;
            let before = unviable.len();
            for error in errors.lines().filter(|it| it.contains(": error")) {
                // `tc3-core/src/time.rs:18:5: error[E0308]: …`
                let mut parts = error.split(':');
                let arms = parts.next().and_then(|path| arms.get(path));
                let line = parts.next().and_then(|line| line.parse().ok());
                unviable.extend(arms.zip(line).and_then(|(arms, line)| arms.at(line)));
            }
            if unviable.len() == before {
                return Err(errors.into());
            }
        }
    }

    fn wrap_roots(&self, start: &str, end: &str) -> Result<()> {
        for root in ROOTS {
            let source = fs::read_to_string(self.copy.join(root))?;
            let source = source.strip_prefix(arms::START).unwrap_or(&source);
            let source = source.strip_suffix(arms::END).unwrap_or(source);
            fs::write(self.copy.join(root), [start, source, end].concat())?;
        }
        Ok(())
    }

    /// Builds and runs all tests without a mutant.
    fn check(&self, quick: &str, tests: &[&str]) -> Result<()> {
        for run in tests {
            let mut cargo = Command::new("cargo");
            cargo.args(["test", "--no-run"]).args(run.split(' '));
            self.common(&mut cargo).args(["--quiet", "--config", RUNNER]).status()?;
        }
        match self.verdict(0, quick, tests)? {
            "survived" => Ok(()),
            _ => Err(format!("tests fail without a mutant: {tests:?}").into()),
        }
    }

    /// Builds the quick test, then runs tests until one fails.
    fn verdict(&self, number: usize, quick: &str, tests: &[&str]) -> Result<&'static str> {
        let (quick, given) = quick.split_once(" -- ").unwrap_or((quick, ""));
        let build = format!("{quick} --no-run");
        let runs = [(build.as_str(), "", "unviable", "600"), (quick, given, "caught", "3")];
        let last = tests.len().saturating_sub(1);
        let seconds = |index| if index == last { "60" } else { "15" };
        let all = tests.iter().enumerate().map(|(index, tests)| (*tests, "", "caught", seconds(index)));
        for (run, given, failed, seconds) in runs.into_iter().skip(usize::from(number != 0)).chain(all) {
            let mut shell = Command::new("sh");
            shell.args(["-c", LIMITED, seconds]).args(run.split(' '));
            self.common(&mut shell).args(["--quiet", "--config", RUNNER]);
            shell.arg("--").args(FAIL_FAST).args(given.split_whitespace());
            shell.env(arms::CHOICE, number.to_string()).stdout(Stdio::null()).stderr(Stdio::null());
            if !shell.status()?.success() {
                return Ok(failed);
            }
        }
        Ok("survived")
    }

    fn common<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        command.args(["--offline", "--all-features", "--profile=mutants"]);
        command.current_dir(&self.copy).env("CARGO_TARGET_DIR", self.copy.join("../build"));
        // The crates may then use what only an unstable compiler has, and a mutant need not be free of warnings.
        command
            .env("RUSTC_BOOTSTRAP", "tc3_core,tc3_embedded,tc3_std,tc3")
            .env("RUSTFLAGS", "--cap-lints=allow");
        // A body with many arms needs much stack.
        command.env("RUST_MIN_STACK", "67108864").env("CARGO_INCREMENTAL", "1")
    }
}
