//! `cargo xtask mutants`: mutation testing with cargo-mutants.

use std::cell::RefCell;
use std::error::Error;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::{run, run_to};
use crate::figures;
use crate::setup;
use crate::setup::tools::{self, MUTANTS};
use crate::step::{self, Outcome, Step};
use crate::workspace::Workspace;

/// The packages to mutate. `.cargo/mutants.toml` says which files and functions are left out, and why.
const PARTS: [Part; 2] = [
    Part {
        package: "tc3-core",
        tests: &["tc3-core", "conformance"],
        quick: &[
            ("src/response", "--lib --test=response --test=logging"),
            ("src/verify", "--test=verify --test=rejections --test=masking --test=logging"),
            ("src/time", "--lib --test=calendar"),
            ("src/(crypto|v1/base64)", "--lib"),
            ("src/", "--test=vectors --test=refusals"),
            (
                "src/",
                "--lib --test=limits --test=buffers --test=masking --test=wiping --test=logging --test=requests",
            ),
        ],
    },
    Part {
        package: "tc3-embedded",
        tests: &["tc3-embedded"],
        quick: &[
            ("src/http", "--test=http --test=logging"),
            ("src/(clock|sntp)", "--test=clock --test=sntp --test=logging"),
            ("src/tls/", "--lib -- --skip=differential --skip=wycheproof"),
            ("src/tls/", "--lib --test=tls -- --skip=differential"),
        ],
    },
];

struct Part {
    package: &'static str,
    tests: &'static [&'static str],
    /// Patterns of file names, each with the tests that catch most mutants there. These tests take seconds.
    /// Mutants that they miss are run with all tests.
    quick: &'static [(&'static str, &'static str)],
}

/// All tests, for the mutants in any file that the quick tests missed.
const ALL: (&str, &str) = ("", "");

/// Limits each process to 8 GB. Otherwise a mutant that allocates in an endless loop would use all memory.
const LIMITED: &str = r#"ulimit -v 8000000 && exec "$0" "$@""#;

// Exit codes of cargo-mutants.
const CAUGHT: i32 = 0;
const MISSED: i32 = 2;
const TIMEOUT: i32 = 3;

/// The mutants by outcome, one on each line.
#[derive(Default)]
struct Ends {
    caught: String,
    unviable: String,
    missed: String,
}

pub(crate) fn task(workspace: &Workspace, arguments: &[&str]) -> Outcome {
    let ends = RefCell::new(Vec::new());
    let mut steps = setup::announced([tools::missing(&MUTANTS, workspace)]);
    for part in &PARTS {
        let name = format!("mutants of {}", part.package);
        let ends = &ends;
        steps.push(Step::new(name, move || {
            if arguments.is_empty() {
                ends.borrow_mut().push((part, mutate(workspace, part)?));
                return Ok(());
            }
            fs::create_dir_all(folder(workspace, part))?;
            // Arguments for cargo-mutants, such as `--re tc3-core/src/time.rs`.
            run(cargo_mutants(workspace, part).args(arguments))
        }));
    }
    if arguments.is_empty() {
        steps.push(Step::new("no survivors", || record(workspace, &ends.borrow())));
    }
    step::run_all("mutants", steps)
}

/// Runs the tests on each mutant, quick tests first.
///
/// All tests must pass without a mutant. This is checked here because cargo-mutants would only run the tests of
/// the mutated package.
fn mutate(workspace: &Workspace, part: &Part) -> Result<Ends, Box<dyn Error>> {
    let folder = folder(workspace, part);
    // Old results are invalid if the tests have changed.
    match fs::remove_dir_all(&folder) {
        Err(cause) if cause.kind() != ErrorKind::NotFound => return Err(cause.into()),
        _ => fs::create_dir_all(&folder)?,
    }
    let mut cargo = workspace.cargo(["test", "--quiet", "--all-features"]);
    run(cargo.args(part.tests.iter().flat_map(|package| ["--package", package])))?;
    let mut ends = Ends::default();
    for (files, tests) in part.quick.iter().chain([&ALL]) {
        let mut cargo = cargo_mutants(workspace, part);
        cargo.args(["--iterate", "--re", &format!("^{}/{files}", part.package)]);
        // All tests take longer than the quick ones.
        cargo.args(["--baseline=skip", if tests.is_empty() { "--timeout=300" } else { "--timeout=60" }]);
        // The arguments after `--` go to the tests, not to cargo.
        let (chosen, given) = tests.split_at(tests.find(" -- ").unwrap_or(tests.len()));
        cargo.args(chosen.split_whitespace().map(|it| format!("--cargo-arg={it}")));
        cargo.args(given.split_whitespace().map(|it| format!("--cargo-test-arg={it}")));
        run_to(&mut cargo, &[CAUGHT, MISSED, TIMEOUT])?;
        ends.add(&folder)?;
    }
    if ends.caught.is_empty() {
        return Err(format!("nothing in {} was tested", part.package).into());
    }
    Ok(ends)
}

fn cargo_mutants(workspace: &Workspace, part: &Part) -> Command {
    let tool = tools::command(&MUTANTS, workspace);
    let mut cargo = workspace.program("sh");
    cargo.args(["-c", LIMITED]).arg(tool.get_program()).args(tool.get_args());
    cargo.args(["--package", part.package, "--no-shuffle", "--output"]).arg(folder(workspace, part));
    cargo.args(part.tests.iter().flat_map(|package| ["--test-package", package]));
    // Dependencies are built once and reused by later runs. No other task may build in this folder, because
    // cargo could reuse a crate that was built from a mutant.
    cargo.env("CARGO_TARGET_DIR", workspace.target.join("mutants/build"));
    cargo
}

fn folder(workspace: &Workspace, part: &Part) -> PathBuf {
    workspace.target.join("mutants").join(part.package)
}

impl Ends {
    /// Adds the outcomes of one run of cargo-mutants. Replaces `missed`, because each run retries those mutants.
    fn add(&mut self, folder: &Path) -> Outcome {
        let names = |list| fs::read_to_string(folder.join("mutants.out").join(list));
        let caught = names("caught.txt")? + &names("timeout.txt")?;
        // A timeout counts as caught. Otherwise the next run would retry the mutant.
        fs::write(folder.join("mutants.out/caught.txt"), &caught)?;
        self.caught.push_str(&caught);
        self.unviable.push_str(&names("unviable.txt")?);
        self.missed = names("missed.txt")?;
        Ok(())
    }

    fn counts(&self) -> [(&'static str, usize); 4] {
        let Self { caught, unviable, missed } = self;
        let [caught, unviable, missed] = [caught, unviable, missed].map(|names| names.lines().count());
        let mutants = [caught, unviable, missed].iter().sum();
        [("mutants", mutants), ("caught", caught), ("unviable", unviable), ("missed", missed)]
    }
}

fn record(workspace: &Workspace, parts: &[(&Part, Ends)]) -> Outcome {
    let mut figures = Vec::new();
    for (part, ends) in parts {
        for (name, count) in ends.counts() {
            figures.push((format!("{} {name}", part.package), u64::try_from(count)?));
        }
    }
    let figures: Vec<_> = figures.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    figures::record(workspace, "mutants", &figures)?;
    let missed: String = parts.iter().map(|(_, ends)| ends.missed.as_str()).collect();
    if missed.is_empty() { Ok(()) } else { Err(format!("no test fails for:\n{missed}").into()) }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::LIMITED;
    use crate::command::run_and_read;

    #[test]
    fn the_memory_of_a_mutant_is_limited() {
        let output =
            run_and_read(Command::new("sh").args(["-c", LIMITED, "sh", "-c", "ulimit -v; echo $0", "it"]));
        assert_eq!(output.map_err(|it| it.to_string()), Ok("8000000\nit\n".to_owned()));
    }
}
