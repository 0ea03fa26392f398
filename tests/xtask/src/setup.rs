//! `cargo xtask setup`: installs what the tests need.
//!
//! Each part returns a step that installs something, or `None` if that is already installed. Other tasks run only the
//! parts that they need.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

use crate::command::{read, run};
use crate::step::{self, Outcome, Step};
use crate::workspace::{Workspace, entries};

pub(crate) fn task(workspace: &Workspace) -> Outcome {
    let parts = parts(workspace)?;
    if parts.iter().all(Option::is_none) {
        println!("setup: nothing is missing");
        return Ok(());
    }
    step::run_all("setup", parts, [])
}

/// The steps that install what is missing.
pub(crate) fn parts(workspace: &Workspace) -> Outcome<[Option<Step<'_>>; 5]> {
    let (targets, python) = (targets(workspace)?, python(workspace));
    Ok([targets, python, programs(&QEMU), programs(&VALGRIND), programs(&CURL)])
}

/// Adds a remedy to the error of an installation.
fn or_remedy(installed: Outcome, remedy: &str) -> Outcome {
    installed.map_err(|cause| format!("{cause}; {remedy}").into())
}

/// A program that accepts the option `--version`, and its package, or the pattern of its packages in different releases
/// of Debian.
type Program = (&'static str, &'static str);

/// The emulators that run the images.
pub(crate) const QEMU: [Program; 2] =
    [("qemu-system-arm", "qemu-system-arm"), ("qemu-system-riscv32", "^qemu-system-(misc|riscv)$")];

/// Memcheck checks for constant time, callgrind counts instructions.
pub(crate) const VALGRIND: [Program; 1] = [("valgrind", "valgrind")];

/// Runs the commands of `tc3 sign --curl` in the tests of tc3-std.
const CURL: [Program; 1] = [("curl", "curl")];

/// Uses `sudo` unless the user is root.
const INSTALL: &str = r#"
    [ "$(id -u)" = 0 ] || sudo=sudo
    $sudo apt-get update -qq
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
"#;

/// The step that installs the programs that are missing.
pub(crate) fn programs(programs: &'static [Program]) -> Option<Step<'static>> {
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

/// The official SDK, as an independent client for the tests.
const SDK: &str = "tencentcloud-sdk-python-common==3.1.195";

/// Says which packages the environment has. Written last: without it the environment is incomplete.
const STAMP: &str = "installed";

/// The interpreter that can import the SDK after setup.
pub(crate) fn interpreter(workspace: &Workspace) -> PathBuf {
    workspace.target.join("venv/bin/python")
}

/// The step that creates a Python environment with the SDK, unless there is one.
pub(crate) fn python(workspace: &Workspace) -> Option<Step<'_>> {
    let folder = workspace.target.join("venv");
    let complete = fs::read_to_string(folder.join(STAMP)).is_ok_and(|installed| installed == SDK);
    let name = format!("install {SDK} into {}", folder.display());
    (!complete).then(|| Step::new(name, move || install_python(workspace, &folder)))
}

fn install_python(workspace: &Workspace, folder: &Path) -> Outcome {
    let venv = run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(folder));
    or_remedy(venv, "python3 with its venv module is needed (Debian: apt-get install python3-venv)")?;
    let pip = run(Command::new(interpreter(workspace)).args(["-m", "pip", "install", "--quiet", SDK]));
    or_remedy(pip, "pip must reach a package index: see `pip config list`")?;
    Ok(fs::write(folder.join(STAMP), SDK)?)
}

/// Fails with another compiler than the one of rust-toolchain.toml, because the figures belong to that one.
pub(crate) fn is_pinned(workspace: &Workspace) -> Outcome {
    let (pinned, release) = (&workspace.toolchain.channel, release_in_use()?);
    if release == *pinned {
        return Ok(());
    }
    Err(format!("this is rustc {release}, and rust-toolchain.toml names {pinned}: see CONTRIBUTING.md")
        .into())
}

/// The version of the compiler in use, such as `1.95.0`.
fn release_in_use() -> Outcome<String> {
    let version = read(Command::new("rustc").arg("--version"))?;
    Ok(version.split(' ').nth(1).unwrap_or_default().to_owned())
}

const NIGHTLY: &str = "nightly";

/// The step that installs nightly, if it is missing. An installed one is not updated: recorded figures belong to it.
pub(crate) fn nightly() -> Option<Step<'static>> {
    let mut rustc = Command::new("rustc");
    // Prevents rustup from installing it here, and hides its error.
    with_nightly(&mut rustc).env("RUSTUP_AUTO_INSTALL", "0").stdout(Stdio::null()).stderr(Stdio::null());
    let has = rustc.arg("--version").status().is_ok_and(|status| status.success());
    (!has).then(|| {
        Step::new("install a nightly compiler by rustup", || {
            let install = ["toolchain", "install", NIGHTLY, "--profile", "minimal"];
            let installed = run(Command::new("rustup").args(install));
            or_remedy(installed, "rustup is needed, and must reach its server")
        })
    })
}

/// Makes a command use the nightly compiler.
pub(crate) fn with_nightly(command: &mut Command) -> &mut Command {
    // `cargo run` sets the other two to the compiler in use.
    command.env("RUSTUP_TOOLCHAIN", NIGHTLY).env_remove("CARGO").env_remove("RUSTC")
}

const DEBIAN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/setup/debian.sh");

/// A target's component of rustup is this and its name.
const TARGET: &str = "rust-std-";

/// The step that installs the bare-metal targets and the standard library's sources that are missing.
/// rust-toolchain.toml names them, so that rustup installs them with the compiler. This is for machines where rustup
/// did not or cannot: `RUSTUP_AUTO_INSTALL=0`, or no way to its server.
pub(crate) fn targets(workspace: &Workspace) -> Outcome<Option<Step<'_>>> {
    let absent = absent(workspace)?;
    let name = format!("add {} by rustup, or else from Debian's rust-src", absent.join(", "));
    Ok((!absent.is_empty()).then(|| Step::new(name, move || install_targets(workspace, &absent))))
}

fn install_targets(workspace: &Workspace, components: &[String]) -> Outcome {
    let mut rustup = Command::new("rustup");
    rustup.args(["component", "add"]).args(components);
    if let Err(cause) = run(rustup.env("RUST_BACKTRACE", "0")) {
        println!("{cause}; taking Debian's sources instead");
        let mut debian = Command::new(DEBIAN);
        debian.arg(env::temp_dir().join("tc3-rust-src")).arg(sysroot()?).arg(release_in_use()?);
        let built = run(debian.args(components.iter().filter_map(|it| it.strip_prefix(TARGET))));
        or_remedy(built, "let rustup reach its server, or run where Debian has this compiler's rust-src")?;
    }
    match absent(workspace)?.first() {
        None => Ok(()),
        Some(it) => {
            Err(format!("{it} is incomplete; `rustup component remove {it}`, then run setup again").into())
        }
    }
}

/// The components of rustup whose files the compiler in use lacks.
fn absent(workspace: &Workspace) -> Outcome<Vec<String>> {
    let rustlib = sysroot()?.join("lib/rustlib");
    let has_core = |target: &&String| {
        let files = entries(&rustlib.join(target).join("lib")).unwrap_or_default();
        files.iter().any(|file| file.to_string_lossy().contains("/libcore-"))
    };
    let targets = workspace.toolchain.targets.iter().filter(|target| !has_core(target));
    let has_sources = rustlib.join("src/rust/library/Cargo.lock").exists();
    let sources = (!has_sources).then(|| "rust-src".to_owned());
    Ok(sources.into_iter().chain(targets.map(|it| format!("{TARGET}{it}"))).collect())
}

fn sysroot() -> Outcome<PathBuf> {
    Ok(PathBuf::from(read(Command::new("rustc").args(["--print", "sysroot"]))?.trim()))
}

/// A subcommand of cargo, such as `cargo-deny`, and its version. Installed in the target folder.
#[derive(Clone, Copy)]
pub(crate) struct Tool(&'static str, &'static str);

pub(crate) const DENY: Tool = Tool("cargo-deny", "0.20.2");
pub(crate) const FUZZ: Tool = Tool("cargo-fuzz", "0.13.2");
pub(crate) const HACK: Tool = Tool("cargo-hack", "0.6.46");
pub(crate) const LLVM_COV: Tool = Tool("cargo-llvm-cov", "0.9.1");
pub(crate) const MUTANTS: Tool = Tool("cargo-mutants", "27.1.0");

impl Tool {
    /// The step that installs the tool, unless cargo's list of what it has installed names this version.
    pub(crate) fn missing(self, workspace: &Workspace) -> Option<Step<'_>> {
        let (Self(name, version), folder) = (self, workspace.target.join("tools"));
        let list = fs::read_to_string(folder.join(".crates.toml")).unwrap_or_default();
        let what = format!("install {name} {version} into {}", folder.display());
        let install = move || {
            // A debug build, because an optimised build takes longer than all runs.
            let install = ["install", "--quiet", "--locked", "--debug", "--force", "--version", version];
            let mut cargo = workspace.cargo(install);
            cargo.arg("--root").arg(folder).arg(name).env("CARGO_PROFILE_DEV_DEBUG", "0");
            or_remedy(run(&mut cargo), "cargo must reach its registry, and a C compiler is needed")
        };
        (!list.contains(&format!("\"{name} {version} ("))).then(|| Step::new(what, install))
    }

    /// The tool as cargo would start it, with the subcommand's name.
    pub(crate) fn command(self, workspace: &Workspace) -> Command {
        let mut command = workspace.program(workspace.target.join("tools/bin").join(self.0));
        command.arg(self.0.trim_start_matches("cargo-"));
        command
    }
}
