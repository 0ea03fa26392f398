//! `cargo xtask interface`: compares the public interface of the published crates with `tests/interface`.

use crate::command::run;
use crate::setup;
use crate::setup::rustup;
use crate::step::{self, Outcome, Step};
use crate::workspace::{Member, Workspace};

/// The Rust release whose rustdoc JSON the `public-api` crate can read.
const RELEASE: &str = "1.95.0";

pub(crate) fn task(workspace: &Workspace, arguments: &[&str]) -> Outcome {
    let mode = match arguments {
        [] => "--check",
        ["--bless"] => "--bless",
        _ => return Err("usage: cargo xtask interface [--bless]".into()),
    };
    let mut steps = setup::announced([missing()]);
    steps.push(Step::new("public interface", || compare(workspace, mode)));
    step::run_all("interface", steps)
}

/// The step that installs [`RELEASE`], if it is missing.
pub(crate) fn missing() -> Option<Step<'static>> {
    rustup::missing_release(RELEASE)
}

pub(crate) fn step(workspace: &Workspace) -> Step<'_> {
    Step::new("public interface", || compare(workspace, "--check"))
}

fn compare(workspace: &Workspace, mode: &str) -> Outcome {
    for member in workspace.published() {
        document(workspace, member)?;
    }
    let mut interface = workspace.cargo(["run", "--quiet", "--package", "interface", "--", mode]);
    interface.arg(workspace.target.join("doc"));
    run(interface.args(workspace.published().map(|member| &member.name)))
}

fn document(workspace: &Workspace, member: &Member) -> Outcome {
    let mut cargo = workspace.cargo(["rustdoc", "--quiet", "--package", &member.name, "--lib"]);
    cargo.args(["--all-features", "--", "-Zunstable-options", "--output-format=json"]);
    cargo.env("RUSTDOC", workspace.root.join("tests/interface/rustdoc"));
    run(rustup::with_release(&mut cargo, RELEASE))
}
