//! `cargo xtask mutants`: mutation testing with cargo-mutants, and then with `cargo mutate`.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::command::{run, run_by_line, run_to};
use crate::long;
use crate::setup::{self, MUTANTS};
use crate::step::{self, Outcome, Step};
use crate::workspace::Workspace;

/// The packages to mutate, and those whose tests must catch the mutants. `.cargo/mutants.toml` says which functions
/// are left out, and why.
const PACKAGES: [(&str, &[&str]); 3] = [
    ("tc3-core", &["tc3-core", "conformance"]),
    ("tc3-embedded", &["tc3-embedded"]),
    ("tc3-std", &["tc3-std"]),
];

/// Patterns of file names, each with tests that take seconds and catch most mutants there. Mutants that they miss are
/// run with all tests.
#[rustfmt::skip]
const QUICK: [(&str, &str); 10] = [
    ("tc3-core/src/response", "--lib --test=response --test=masking"),
    ("tc3-core/src/verify", "--test=verify --test=masking"),
    ("tc3-core/src/(crypto|v1/base64)", "--lib"),
    ("tc3-core/src/", "--test=vectors --test=refusals --test=limits"),
    ("tc3-core/src/", "--lib --test=verify --test=masking --test=wiping --test=engines"),
    ("tc3-embedded/src/http", "--test=http --test=logging"),
    ("tc3-embedded/src/(client|clock|deadline|entropy|signer|sntp)", "--test=client"),
    ("tc3-embedded/src/tls", "--lib -- --skip=differential --skip=wycheproof"),
    ("tc3-embedded/src/tls", "--lib --test=tls -- --skip=differential"),
    ("tc3-std/src/", "--lib --bins"),
];

/// Limits each process to 8 GB. Otherwise a mutant that allocates in an endless loop would use all memory.
const LIMITED: &str = r#"ulimit -v 8000000 && exec "$0" "$@""#;

/// The mutants of both tools that no test has to catch, by name without line and column, each with its reason.
const SURVIVORS: &str = "tests/survivors.toml";

/// The maximum number of survivors in tc3-std. Elsewhere only equivalent mutants may survive.
const TOLERATED: usize = 10;

/// Exit codes of cargo-mutants: all mutants were caught, some were missed, some timed out.
const ENDED: [i32; 3] = [0, 2, 3];

pub(crate) fn task(workspace: &Workspace, arguments: &[&str]) -> Outcome {
    let packages = PACKAGES.into_iter().map(|(package, tests)| {
        Step::new(format!("mutants of {package}"), move || {
            if arguments.is_empty() {
                return mutate(workspace, package, tests);
            }
            fs::create_dir_all(folder(workspace, package))?;
            // Arguments for cargo-mutants, such as `--re tc3-core/src/time.rs`.
            run(cargo_mutants(workspace, package, tests).args(arguments))
        })
    });
    let mut steps: Vec<_> = packages.collect();
    if arguments.is_empty() {
        steps.push(Step::new("no survivors", || judge(workspace)));
        steps.push(Step::new("cargo mutate", || cargo_mutate(workspace)));
    }
    step::run_all("mutants", [MUTANTS.missing(workspace), setup::python(workspace)], steps)
}

/// Runs the tests on each mutant, quick tests first.
fn mutate(workspace: &Workspace, package: &str, tests: &[&str]) -> Outcome {
    // Old results are invalid if the tests have changed.
    if folder(workspace, package).exists() {
        fs::remove_dir_all(folder(workspace, package))?;
    }
    fs::create_dir_all(folder(workspace, package))?;
    // Without a mutant all must pass. cargo-mutants would only run the tests of the mutated package.
    let mut cargo = workspace.cargo(["test", "--quiet", "--all-features"]);
    run(cargo.args(tests.iter().flat_map(|package| ["--package", package])))?;
    let quick = QUICK.iter().filter(|(files, _)| files.starts_with(&format!("{package}/")));
    for (files, chosen) in quick.chain([&(package, "")]) {
        let mut cargo = cargo_mutants(workspace, package, tests);
        cargo.args(["--iterate", "--re", &format!("^{files}")]);
        if chosen.is_empty() {
            // All tests, which take longer than the quick ones.
            run_to(cargo.arg("--timeout=300"), &ENDED)?;
            continue;
        }
        // libtest stops at the first failure, but takes the option only with this variable.
        cargo.arg("--cargo-arg=--config=target.'cfg(all())'.runner = ['env', 'RUSTC_BOOTSTRAP=1']");
        let (chosen, given) = chosen.split_once(" -- ").unwrap_or((chosen, ""));
        cargo.args(chosen.split_whitespace().map(|it| format!("--cargo-arg={it}")));
        let given = ["--", "-Zunstable-options", "--fail-fast"].into_iter().chain(given.split_whitespace());
        cargo.args(given.map(|it| format!("--cargo-test-arg={it}")));
        run_to(cargo.arg("--timeout=60"), &ENDED)?;
    }
    Ok(())
}

fn cargo_mutants(workspace: &Workspace, package: &str, tests: &[&str]) -> Command {
    let tool = MUTANTS.command(workspace);
    let mut cargo = workspace.program("sh");
    cargo.args(["-c", LIMITED]).arg(tool.get_program()).args(tool.get_args());
    cargo.args(["--package", package, "--no-shuffle", "--output"]).arg(folder(workspace, package));
    cargo.args(tests.iter().flat_map(|package| ["--test-package", package]));
    // Dependencies are built once and reused by later runs. No other task may build in this folder, because
    // cargo could reuse a crate that was built from a mutant.
    cargo.env("CARGO_TARGET_DIR", workspace.target.join("mutants/build"));
    cargo.env("TC3_PYTHON", setup::interpreter(workspace));
    cargo
}

fn folder(workspace: &Workspace, package: &str) -> PathBuf {
    workspace.target.join("mutants").join(package)
}

/// Reads what the last run of each package has left. A timeout counts as caught.
fn judge(workspace: &Workspace) -> Outcome {
    let (mut tested, mut missed) = (BTreeMap::new(), Vec::new());
    for (package, _) in PACKAGES {
        let read = |list| fs::read_to_string(folder(workspace, package).join("mutants.out").join(list));
        let mut count = read("missed.txt")?.lines().count();
        for list in ["previously_caught.txt", "caught.txt", "unviable.txt", "timeout.txt"] {
            count = count.saturating_add(read(list)?.lines().count());
        }
        tested.insert(package.to_owned(), count);
        missed.extend(read("missed.txt")?.lines().map(without_position));
    }
    step::check_minimums(workspace, "mutants", &tested)?;
    compare(&workspace.toml(SURVIVORS)?, &missed)?;
    tested.insert("survivors".to_owned(), missed.len());
    long::record(workspace, "mutants", tested)
}

/// `file: what` of `file:line:column: what`.
fn without_position(mutant: &str) -> String {
    let (place, what) = mutant.split_once(": ").unwrap_or((mutant, ""));
    format!("{}: {what}", place.split(':').next().unwrap_or_default())
}

fn compare(listed: &BTreeMap<String, String>, missed: &[String]) -> Result<(), String> {
    let new =
        missed.iter().filter(|it| !listed.contains_key(*it)).map(|it| format!("no test fails for {it}"));
    // `cargo mutate` looks for its own names, which have an arrow.
    let absent = listed.keys().filter(|it| !it.contains(" => ") && !missed.contains(it));
    let absent = absent.map(|it| format!("not a survivor: {it}"));
    let is_in_std = |name: &str| name.starts_with("tc3-std/");
    let unexplained = listed.iter().filter(|(name, reason)| {
        let start = if is_in_std(name) { "" } else { "Equivalent: " };
        reason.strip_prefix(start).is_none_or(str::is_empty)
    });
    let unexplained = unexplained.map(|(name, _)| format!("its reason may not be: {name}"));
    let mut wrong: Vec<String> = new.chain(absent).chain(unexplained).collect();
    let in_std = listed.keys().filter(|name| is_in_std(name)).count();
    if in_std > TOLERATED {
        wrong.push(format!("{in_std} survivors in tc3-std, at most {TOLERATED} may be"));
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}

/// Runs `cargo mutate`, which fails if a mutant survives, and counts its mutants.
fn cargo_mutate(workspace: &Workspace) -> Outcome {
    let mut tested = BTreeMap::<String, usize>::new();
    let mut cargo = workspace.cargo(["mutate"]);
    run_by_line(cargo.env("TC3_PYTHON", setup::interpreter(workspace)), |line| {
        println!("{line}");
        // `caught tc3-core/src/time.rs:18: …`
        if let Some((package, _)) = line.split_once(' ').and_then(|(_, file)| file.split_once("/src/")) {
            let count = tested.entry(package.to_owned()).or_default();
            *count = count.saturating_add(1);
        }
    })?;
    step::check_minimums(workspace, "mutants of cargo mutate", &tested)
}
