//! `cargo xtask mutants`: changes the code in every small way, and demands that a test notices.

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

/// What is changed, and whose tests have to notice; which files and what is left out, and why,
/// says `.cargo/mutants.toml`.
const PARTS: [Part; 2] = [
    Part {
        package: "tc3-core",
        tests: &["tc3-core", "conformance"],
        quick: &[
            ("src/response", "--lib --test=response --test=logging"),
            ("src/verify", "--test=verify --test=claims --test=rejections --test=masking --test=logging"),
            ("src/time", "--lib --test=calendar"),
            ("src/(base64|hash|hmac)", "--lib"),
            ("src/", "--test=vectors --test=refusals"),
            (
                "src/",
                "--lib --test=limits --test=buffers --test=masking --test=wiping --test=logging --test=v1",
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
    /// The start of some files' names, and the tests that notice most in them: built and run alone,
    /// they take seconds. What they miss is shown to all tests.
    quick: &'static [(&'static str, &'static str)],
}

/// After the quick ones, all tests, for what they missed in any file.
const ALL: (&str, &str) = ("", "");

/// Starts what follows with at most 8 GB of addresses for each process. A change that never ends may
/// collect without end, and would take all the machine's memory before its time is up; to be out of
/// memory is noticed as any other failure.
const LIMITED: &str = r#"ulimit -v 8000000 && exec "$0" "$@""#;

/// What cargo-mutants ends with: nothing was missed, something was, something never ended.
const CAUGHT: i32 = 0;
const MISSED: i32 = 2;
const TIMEOUT: i32 = 3;

/// The changes by how they ended, each on a line.
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
            // Those of cargo-mutants, such as `--re tc3-core/src/time.rs`.
            run(cargo_mutants(workspace, part).args(arguments))
        }));
    }
    if arguments.is_empty() {
        steps.push(Step::new("no survivors", || record(workspace, &ends.borrow())));
    }
    step::run_all("mutants", steps)
}

/// Shows each change to the tests, the quick ones first, and counts how they end.
///
/// That all of them pass without a change has to be seen before: cargo-mutants would run those of
/// the changed package alone.
fn mutate(workspace: &Workspace, part: &Part) -> Result<Ends, Box<dyn Error>> {
    let folder = folder(workspace, part);
    // What an earlier run caught says nothing about the tests as they are now.
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
        // No change may pass for one that never ends because all tests take their time.
        cargo.args(["--baseline=skip", if tests.is_empty() { "--timeout=300" } else { "--timeout=60" }]);
        // What follows `--` is for the tests, not for what builds them.
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
    // Kept, or the packages from the registry would be built for each run. Nothing else may build
    // there: cargo would take what was built of the last change for the code as it is.
    cargo.env("CARGO_TARGET_DIR", workspace.target.join("mutants/build"));
    cargo
}

fn folder(workspace: &Workspace, part: &Part) -> PathBuf {
    workspace.target.join("mutants").join(part.package)
}

impl Ends {
    /// Adds what one run of cargo-mutants came to; missed is what the last one missed.
    fn add(&mut self, folder: &Path) -> Outcome {
        let names = |list| fs::read_to_string(folder.join("mutants.out").join(list));
        let caught = names("caught.txt")? + &names("timeout.txt")?;
        // A change that never ends is noticed; the next run would wait for it again.
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
    if missed.is_empty() { Ok(()) } else { Err(format!("no test notices:\n{missed}").into()) }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::LIMITED;
    use crate::command::heard;

    #[test]
    fn no_change_can_take_all_the_memory_of_the_machine() {
        let said = heard(Command::new("sh").args(["-c", LIMITED, "sh", "-c", "ulimit -v; echo $0", "it"]));
        assert_eq!(said.map_err(|it| it.to_string()), Ok("8000000\nit\n".to_owned()));
    }
}
