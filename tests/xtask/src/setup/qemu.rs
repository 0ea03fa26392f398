//! The emulators that run the firmware examples.

use std::env;
use std::error::Error;
use std::fmt;
use std::process::{Command, Stdio};

use crate::command::{read, run};
use crate::setup::Unmet;
use crate::step::{Outcome, Skipped, Step};

/// Each emulator, and the Debian packages that it has been in, the usual one first.
const EMULATORS: [(&str, &[&str]); 2] = [
    ("qemu-system-arm", &["qemu-system-arm"]),
    ("qemu-system-riscv32", &["qemu-system-misc", "qemu-system-riscv"]),
];

/// The step that installs the emulators this machine lacks.
pub(crate) fn missing() -> Option<Step<'static>> {
    let absent: Vec<&str> =
        absent().map(|(_, packages)| packages.first().copied().unwrap_or_default()).collect();
    let name = format!("install the Debian packages {}", absent.join(", "));
    (!absent.is_empty()).then(|| Step::new(name, || install().or_else(skipped)))
}

/// Whether firmware can be run; without an emulator it is skipped.
pub(crate) fn required() -> Outcome {
    match absent().next() {
        None => Ok(()),
        Some((program, _)) => skipped(StillAbsent { program }.into()),
    }
}

/// A machine that cannot have an emulator does without. That of the CI can.
fn skipped(cause: Box<dyn Error>) -> Outcome {
    if env::var_os("CI").is_some() { Err(cause) } else { Err(Skipped { cause }.into()) }
}

fn absent() -> impl Iterator<Item = (&'static str, &'static [&'static str])> {
    EMULATORS.into_iter().filter(|(program, _)| !starts(program))
}

fn starts(program: &str) -> bool {
    let version = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    version.is_ok_and(|status| status.success())
}

fn install() -> Outcome {
    let unmet = |cause| Unmet { cause, remedy: "install QEMU for Arm and RISC-V in this system's way" };
    run(&mut apt_get(&["update", "-qq"])?).map_err(unmet)?;
    for (program, packages) in absent() {
        for package in packages {
            if !starts(program) {
                let install = ["install", "-y", "-qq", "--no-install-recommends", package];
                run(&mut apt_get(&install)?).map_err(unmet)?;
            }
        }
    }
    match absent().next() {
        None => Ok(()),
        Some((program, _)) => Err(StillAbsent { program }.into()),
    }
}

/// As root; anybody else has to be allowed to be.
fn apt_get(arguments: &[&str]) -> Result<Command, Box<dyn Error>> {
    let is_root = read(Command::new("id").arg("-u"))?.trim() == "0";
    let words = ["sudo", "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"];
    let mut words = words.iter().skip(usize::from(is_root));
    let mut command = Command::new(words.next().unwrap_or(&""));
    command.args(words).args(arguments);
    Ok(command)
}

/// An emulator that cannot be started.
#[derive(Debug)]
struct StillAbsent {
    program: &'static str,
}

impl fmt::Display for StillAbsent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} cannot be started on this machine", self.program)
    }
}

impl Error for StillAbsent {}
