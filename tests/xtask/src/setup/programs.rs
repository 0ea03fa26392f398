//! Programs from Debian's packages.

use std::process::Command;

use crate::command::run;
use crate::setup::or_remedy;
use crate::step::{Outcome, Step};

/// A program that accepts the option `--version`, and its package, or the pattern of its packages in different releases
/// of Debian.
pub(crate) type Program = (&'static str, &'static str);

/// Uses `sudo` unless the user is root.
const INSTALL: &str = r#"
    [ "$(id -u)" = 0 ] || sudo=sudo
    $sudo apt-get update -qq
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
"#;

/// The step that installs the programs that are missing.
pub(crate) fn missing(programs: &'static [Program]) -> Option<Step<'static>> {
    let (names, packages): (Vec<&str>, Vec<&str>) = programs.iter().copied().filter(is_absent).unzip();
    let name = format!("install {} from Debian's packages", names.join(" and "));
    (!names.is_empty()).then(|| {
        Step::new(name, move || {
            let installed = run(Command::new("sh").args(["-ec", INSTALL, "sh"]).args(packages));
            or_remedy(installed, "install them with this system's package manager")?;
            required(programs)
        })
    })
}

/// Fails without one of the programs.
pub(crate) fn required(programs: &'static [Program]) -> Outcome {
    match programs.iter().copied().find(is_absent) {
        None => Ok(()),
        Some((name, _)) => {
            Err(format!("{name} cannot be started: install it with this system's package manager").into())
        }
    }
}

fn is_absent((name, _): &Program) -> bool {
    let version = Command::new(name).arg("--version").output();
    !version.is_ok_and(|version| version.status.success())
}
