//! Programs from Debian's packages.

use std::process::Command;

use crate::command::run;
use crate::setup::or_remedy;
use crate::step::Step;

/// A program that accepts the option `--version`, and its package, or the pattern of its packages in different releases
/// of Debian.
pub(crate) type Program = (&'static str, &'static str);

/// The emulators that run the images.
pub(crate) const QEMU: [Program; 2] =
    [("qemu-system-arm", "qemu-system-arm"), ("qemu-system-riscv32", "^qemu-system-(misc|riscv)$")];

/// Memcheck checks for constant time, callgrind counts instructions.
pub(crate) const VALGRIND: [Program; 1] = [("valgrind", "valgrind")];

/// Runs the commands of `tc3 sign --curl` in the tests of tc3-std.
pub(crate) const CURL: [Program; 1] = [("curl", "curl")];

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
            match programs.iter().find(|it| is_absent(it)) {
                None => Ok(()),
                Some((name, _)) => Err(format!("{name} still cannot be started").into()),
            }
        })
    })
}

fn is_absent((name, _): &Program) -> bool {
    let version = Command::new(name).arg("--version").output();
    !version.is_ok_and(|version| version.status.success())
}
