//! Runs the tests on a copy of the workspace.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

pub(crate) type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// A crate and its tests: the arguments of `cargo`, the quickest first.
pub(crate) struct Part {
    pub(crate) package: &'static str,
    stages: &'static [&'static str],
}

pub(crate) const PARTS: [Part; 3] = [
    Part {
        package: "tc3-core",
        stages: &[
            "check --package=tc3-core",
            "test --package=tc3-core --lib --test=long_lived --test=verify --test=requests",
            "test --package=tc3-core --tests",
            "test --package=conformance",
        ],
    },
    Part {
        package: "tc3-embedded",
        stages: &[
            "check --package=tc3-embedded",
            "test --package=tc3-embedded --lib",
            "test --package=tc3-embedded --tests",
        ],
    },
    Part {
        package: "tc3-std",
        stages: &[
            "check --package=tc3-std",
            "test --package=tc3-std --lib --bins",
            "test --package=tc3-std --tests",
        ],
    },
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Does not compile.
    Unviable,
    /// A test failed, or ran too long.
    Caught,
    Survived,
}

/// A copy of the workspace in which files may be changed.
pub(crate) struct Copy {
    pub(crate) root: PathBuf,
}

/// Longer than any test run without a mutant, which stops an endless one.
const SECONDS: &str = "300";
/// Limits each process to 8 GB. Otherwise a mutant that allocates in an endless loop would use all memory.
const LIMITED: &str = r#"ulimit -v 8000000 && exec timeout --kill-after=5 "$0" "$@""#;

impl Copy {
    /// Copies every file that git knows, unless the copy has it already: cargo rebuilds what is newer.
    pub(crate) fn new(workspace: &Path) -> Outcome<Self> {
        let root = workspace.join("target/mutate/tree");
        let listed = Command::new("git")
            .current_dir(workspace)
            .args(["ls-files", "-co", "--exclude-standard"])
            .output()?;
        for name in String::from_utf8(listed.stdout)?.lines() {
            let (from, to) = (workspace.join(name), root.join(name));
            let Ok(content) = fs::read(&from) else { continue };
            if fs::read(&to).is_ok_and(|copied| copied == content) {
                continue;
            }
            fs::create_dir_all(to.parent().ok_or("a file without a folder")?)?;
            fs::write(to, content)?;
        }
        Ok(Self { root })
    }

    /// Whether the tests notice that a file has this content.
    pub(crate) fn verdict(&self, part: &Part, file: &str, content: &str) -> Outcome<Verdict> {
        let path = self.root.join(file);
        let original = fs::read_to_string(&path)?;
        fs::write(&path, content)?;
        let verdict = self.run(part);
        fs::write(&path, original)?;
        verdict
    }

    /// Runs each stage until one fails.
    pub(crate) fn run(&self, part: &Part) -> Outcome<Verdict> {
        for (index, stage) in part.stages.iter().enumerate() {
            let mut shell = Command::new("sh");
            shell.args(["-c", LIMITED, SECONDS, "cargo"]).args(stage.split(' '));
            shell.args(["--quiet", "--offline", "--all-features", "--profile=mutants"]);
            shell.current_dir(&self.root).env("CARGO_TARGET_DIR", self.root.join("../build"));
            shell.env("CARGO_INCREMENTAL", "0").stdout(Stdio::null()).stderr(Stdio::null());
            if !shell.status()?.success() {
                return Ok(if index == 0 { Verdict::Unviable } else { Verdict::Caught });
            }
        }
        Ok(Verdict::Survived)
    }
}
