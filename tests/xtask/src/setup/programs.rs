//! Programs from Debian's packages.

use std::process::{Command, Stdio};

use crate::command::{read, run};
use crate::step::{Outcome, Step};

/// A program that accepts the option `--version`.
pub(crate) struct Program {
    pub(crate) name: &'static str,
    /// The packages that contain the program in different releases of Debian, the most common first.
    pub(crate) packages: &'static [&'static str],
}

impl Program {
    fn is_absent(&self) -> bool {
        let mut version = Command::new(self.name);
        version.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
        !version.status().is_ok_and(|status| status.success())
    }
}

/// The step that installs the programs that are missing.
pub(crate) fn missing(programs: &'static [Program]) -> Option<Step<'static>> {
    let absent: Vec<_> = programs.iter().filter(|it| it.is_absent()).collect();
    let names: Vec<&str> = absent.iter().map(|it| it.name).collect();
    let name = format!("install {} from Debian's packages", names.join(" and "));
    (!absent.is_empty()).then(|| Step::new(name, move || absent.into_iter().try_for_each(install)))
}

/// Fails without one of the programs.
pub(crate) fn required(programs: &'static [Program]) -> Outcome {
    match programs.iter().find(|it| it.is_absent()) {
        None => Ok(()),
        Some(Program { name, .. }) => {
            Err(format!("{name} cannot be started: install it with this system's package manager").into())
        }
    }
}

fn install(program: &'static Program) -> Outcome {
    apt_get(&["update", "-qq"])?;
    for package in program.packages {
        // A release of Debian may not have this package.
        if let Err(cause) = apt_get(&["install", "-y", "-qq", "--no-install-recommends", package]) {
            println!("{cause}");
        }
        if !program.is_absent() {
            return Ok(());
        }
    }
    required(std::slice::from_ref(program))
}

/// Uses `sudo` unless the user is root.
fn apt_get(arguments: &[&str]) -> Outcome {
    let is_root = read(Command::new("id").arg("-u"))?.trim() == "0";
    let mut command = Command::new(if is_root { "env" } else { "sudo" });
    run(command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get"]).args(arguments))
}
