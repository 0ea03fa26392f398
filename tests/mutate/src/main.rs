//! `cargo mutate [--list] [FILE…]`: changes the three crates in ways that cargo-mutants does not, one change at a
//! time, and names the changes that no test notices. A file is named by a part of its path.
//!
//! It deletes statements, halves of conditions and the bodies of `if`, and changes constants.
//! `tests/survivors.toml` lists what may survive, and why.

mod find;

use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

/// Each package with its runs of `cargo test` after the quick one.
const PACKAGES: [(&str, &[&str]); 3] = [
    (
        "tc3-core",
        &[
            "--package=tc3-core --tests",
            "--package=conformance --test=vectors --test=refusals --test=limits",
            "--package=conformance --tests",
        ],
    ),
    ("tc3-embedded", &["--package=tc3-embedded --tests"]),
    ("tc3-std", &["--package=tc3-std --tests"]),
];

/// The tests that catch most mutants of a file, by the start of its path.
const QUICK: [(&str, &str); 8] = [
    ("tc3-core/src/response", "--package=tc3-core --test=response"),
    ("tc3-core/src/verify", "--package=tc3-core --test=verify"),
    ("tc3-core/src/time", "--package=tc3-core --lib"),
    ("tc3-core/", "--package=tc3-core --test=long_lived"),
    ("tc3-embedded/src/http", "--package=tc3-embedded --test=http"),
    ("tc3-embedded/src/tls", "--package=tc3-embedded --lib -- --skip=differential"),
    ("tc3-embedded/", "--package=tc3-embedded --test=client"),
    ("tc3-std/", "--package=tc3-std --lib --bins"),
];

/// Ends a mutant that waits for ever, computes for ever or takes all memory.
const LIMITED: &str =
    r#"ulimit -v 8000000 && ulimit -t 60 && exec timeout --kill-after=5 900 cargo test "$@""#;

/// Ends each test program at its first failure. libtest takes the option only with this variable.
const FAIL_FAST: [&str; 2] = ["-Zunstable-options", "--fail-fast"];
const RUNNER: &str = "target.'cfg(all())'.runner = ['env', 'RUSTC_BOOTSTRAP=1']";

/// Makes the copy in which files are changed. With old modification times, cargo could reuse a mutant.
const COPY: &str = r#"
    rm -rf "$0" && mkdir -p "$0" &&
    tar --create --exclude=./target --exclude=./.git . | tar --extract --touch --directory "$0"
"#;

fn main() -> Result<(), Box<dyn Error>> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize()?;
    let (options, names): (Vec<_>, Vec<_>) = env::args().skip(1).partition(|it| it == "--list");
    let is_list = !options.is_empty();
    let listed = fs::read_to_string(workspace.join("tests/survivors.toml"))?;
    let listed: BTreeMap<String, String> = toml::from_str(&listed)?;
    // The names of cargo-mutants have no arrow.
    let mut unused: Vec<_> = listed.keys().filter(|it| it.contains(" => ")).collect();
    let target = env::var_os("CARGO_TARGET_DIR").map_or(workspace.join("target"), PathBuf::from);
    let copy = target.join("mutate/tree");
    let mut shell = Command::new("sh");
    shell.current_dir(&workspace).args(["-c", COPY]).arg(&copy);
    if !is_list && !shell.status()?.success() {
        return Err(format!("could not copy the workspace to {}", copy.display()).into());
    }
    let mut counts = BTreeMap::<_, usize>::new();
    for (package, tests) in PACKAGES {
        let mut is_checked = is_list;
        let files = Command::new("sh").current_dir(&workspace).args(["-c", FIND, package]).output()?.stdout;
        for file in String::from_utf8(files)?.lines() {
            if !names.is_empty() && !names.iter().any(|name| file.contains(name.as_str())) {
                continue;
            }
            let (_, quick) = QUICK.iter().find(|(part, _)| file.starts_with(part)).ok_or("no quick test")?;
            let source = fs::read_to_string(workspace.join(file))?;
            for mutant in find::mutants(&source)? {
                let name = format!("{file}: {}", mutant.change);
                unused.retain(|it| **it != name);
                if !is_checked && verdict(&copy, quick, tests)? != "survived" {
                    return Err(format!("the tests of {package} fail without a mutant").into());
                }
                is_checked = true;
                let verdict = if is_list {
                    "listed"
                } else if listed.contains_key(&name) {
                    "accepted"
                } else {
                    fs::write(copy.join(file), &mutant.source)?;
                    let verdict = verdict(&copy, quick, tests);
                    fs::write(copy.join(file), &source)?;
                    verdict?
                };
                println!("{verdict} {file}:{}: {}", mutant.line, mutant.change);
                counts.entry(verdict).and_modify(|count| *count = count.saturating_add(1)).or_insert(1);
            }
        }
    }
    println!("{counts:?}");
    if names.is_empty() && !unused.is_empty() {
        return Err(format!("no mutant has the names in tests/survivors.toml: {unused:#?}").into());
    }
    match counts.get("survived") {
        Some(count) => Err(format!("{count} survived").into()),
        None if is_list || counts.contains_key("caught") => Ok(()),
        None => Err("no mutant was caught: the tests ran nothing".into()),
    }
}

/// Lists the source files of a package that are in the product.
const FIND: &str = r#"
    find "$0/src" -name '*.rs' ! -path '*/tests*' ! -path '*fuzzing*' ! -path '*wycheproof*' | sort
"#;

/// Builds the quick test, then runs tests until one fails.
fn verdict(copy: &Path, quick: &str, tests: &[&str]) -> Result<&'static str, Box<dyn Error>> {
    let (quick, given) = quick.split_once(" -- ").unwrap_or((quick, ""));
    let build = format!("{quick} --no-run");
    let runs = [(build.as_str(), "", "unviable"), (quick, given, "caught")].into_iter();
    for (run, given, failed) in runs.chain(tests.iter().map(|tests| (*tests, "", "caught"))) {
        let mut shell = Command::new("sh");
        shell.args(["-c", LIMITED, "cargo"]).args(run.split(' '));
        shell.args(["--quiet", "--offline", "--all-features", "--profile=mutants", "--config", RUNNER]);
        shell.arg("--").args(FAIL_FAST).args(given.split_whitespace());
        shell.current_dir(copy).env("CARGO_TARGET_DIR", copy.join("../build"));
        shell.env("CARGO_INCREMENTAL", "1").stdout(Stdio::null()).stderr(Stdio::null());
        if !shell.status()?.success() {
            return Ok(failed);
        }
    }
    Ok("survived")
}
