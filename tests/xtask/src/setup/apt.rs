//! Programs from Debian's packages.

use std::env;
use std::error::Error;
use std::fmt;
use std::process::{Command, Stdio};

use crate::command::{read, run};
use crate::setup::Unmet;
use crate::step::{Outcome, Skipped, Step};

/// A program that accepts the option `--version`.
pub(crate) struct Program {
    pub(crate) name: &'static str,
    /// The packages that contain the program in different releases of Debian, the most common first.
    pub(crate) packages: &'static [&'static str],
}

/// The step that installs the programs that are missing.
pub(crate) fn missing(programs: &'static [Program], remedy: &'static str) -> Option<Step<'static>> {
    let absent: Vec<&str> =
        absent(programs).map(|it| it.packages.first().copied().unwrap_or_default()).collect();
    let name = format!("install the Debian packages {}", absent.join(", "));
    (!absent.is_empty()).then(|| Step::new(name, move || install(programs, remedy).or_else(skipped)))
}

/// Fails, or skips the step, if a program is missing.
pub(crate) fn required(programs: &'static [Program]) -> Outcome {
    still_absent(programs).or_else(skipped)
}

/// A missing program fails in CI and skips the step elsewhere.
fn skipped(cause: Box<dyn Error>) -> Outcome {
    if env::var_os("CI").is_some() { Err(cause) } else { Err(Skipped { cause }.into()) }
}

fn absent(programs: &'static [Program]) -> impl Iterator<Item = &'static Program> {
    programs.iter().filter(|it| !it.starts())
}

fn still_absent(programs: &'static [Program]) -> Outcome {
    match absent(programs).next() {
        None => Ok(()),
        Some(Program { name, .. }) => Err(StillAbsent { name }.into()),
    }
}

impl Program {
    fn starts(&self) -> bool {
        let mut version = Command::new(self.name);
        version.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
        version.status().is_ok_and(|status| status.success())
    }
}

fn install(programs: &'static [Program], remedy: &'static str) -> Outcome {
    let unmet = |cause| Unmet { cause, remedy };
    run(&mut apt_get(&["update", "-qq"])?).map_err(unmet)?;
    for program in absent(programs) {
        for package in program.packages {
            if !program.starts() {
                let install = ["install", "-y", "-qq", "--no-install-recommends", package];
                run(&mut apt_get(&install)?).map_err(unmet)?;
            }
        }
    }
    still_absent(programs)
}

/// Uses `sudo` unless the user is root.
fn apt_get(arguments: &[&str]) -> Result<Command, Box<dyn Error>> {
    let is_root = read(Command::new("id").arg("-u"))?.trim() == "0";
    let words = ["sudo", "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"];
    let mut words = words.iter().skip(usize::from(is_root));
    let mut command = Command::new(words.next().unwrap_or(&""));
    command.args(words).args(arguments);
    Ok(command)
}

/// A program that cannot be started.
#[derive(Debug)]
struct StillAbsent {
    name: &'static str,
}

impl fmt::Display for StillAbsent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} cannot be started on this machine", self.name)
    }
}

impl Error for StillAbsent {}
