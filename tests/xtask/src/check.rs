//! `cargo xtask check`: every check that is not a test.

mod imports;
mod package;

use cargo_metadata::{CargoOpt, MetadataCommand, Package as Crate};
use serde_json::Value;

use crate::command::run;
use crate::firmware::{self, Package};
use crate::setup::{self, DENY, HACK};
use crate::step::{self, Outcome, Step};
use crate::workspace::Workspace;
use crate::{bench, deny, interface, long};

/// Runs every step, or those whose name contains the argument.
pub(crate) fn task(workspace: &Workspace, arguments: &[&str]) -> Outcome {
    let missing = [setup::targets(workspace)?, DENY.missing(workspace), HACK.missing(workspace)];
    step::run_chosen(workspace, "check", missing, steps(workspace)?, arguments)
}

pub(crate) fn steps(workspace: &Workspace) -> Outcome<Vec<Step<'_>>> {
    let clippy = ["clippy", "--workspace", "--all-targets", "--all-features"];
    let mut steps = vec![
        Step::new("format", || run(&mut workspace.cargo(["fmt", "--all", "--check"]))),
        Step::new("clippy", move || run(workspace.cargo(clippy).args(DENY_WARNINGS))),
    ];
    for package in firmware::packages(workspace)? {
        let name = format!("format and clippy of {}", package.name());
        steps.push(Step::new(name, move || lint_firmware(workspace, &package)));
    }
    steps.push(Step::new("format and clippy of the bench", || bench::lint(workspace)));
    for member in workspace.published() {
        let name = format!("every set of features of {}", member.name);
        steps.push(Step::new(name, || every_feature_set(workspace, member)));
    }
    steps.push(Step::new("docs", || docs(workspace)));
    steps.push(Step::new("imports", || imports::check(workspace)));
    steps.push(interface::step(workspace, false));
    steps.push(Step::new("rust-version", || rust_version(workspace)));
    for member in workspace.bare() {
        let name = format!("{} on bare metal", member.name);
        steps.push(Step::new(name, || bare_metal(workspace, member)));
    }
    steps.extend(deny::steps(workspace));
    steps.push(long::figures(workspace));
    steps.push(Step::new("packages", || package::check(workspace)));
    Ok(steps)
}

/// Builds for a board, because other builds skip the code behind `cfg(target_os = "none")`.
fn lint_firmware(workspace: &Workspace, package: &Package) -> Outcome {
    run(&mut package.cargo(workspace, &["fmt", "--check"]))?;
    let clippy = |which: &[&str]| {
        let mut cargo = package.cargo(workspace, &["clippy", "--locked", "--all-features"]);
        run(cargo.args(which).args(DENY_WARNINGS))
    };
    if package.is_image() {
        return clippy(&[]);
    }
    clippy(&["--all-targets"])?;
    clippy(&["--target", "thumbv7em-none-eabihf"])
}

/// Uses clippy, because `cargo check` with `RUSTFLAGS` would rebuild all dependencies.
fn every_feature_set(workspace: &Workspace, member: &Crate) -> Outcome {
    let mut hack = HACK.command(workspace);
    hack.args(["clippy", "--quiet", "--package", &member.name, "--feature-powerset"]);
    run(hack.args(["--exclude-features", "default"]).args(DENY_WARNINGS))
}

pub(crate) const DENY_WARNINGS: [&str; 3] = ["--", "-D", "warnings"];

/// Documents the workspace for this machine, and each published crate for its bare-metal targets on docs.rs.
fn docs(workspace: &Workspace) -> Outcome {
    let doc = |arguments: &[&str]| {
        let mut cargo = workspace.cargo(["doc", "--no-deps", "--all-features"]);
        run(cargo.args(arguments).env("RUSTDOCFLAGS", "-D warnings"))
    };
    doc(&["--workspace"])?;
    for member in workspace.bare() {
        let targets = member.metadata.pointer("/docs/rs/targets").and_then(Value::as_array);
        for target in &workspace.toolchain.targets {
            if targets.is_some_and(|targets| targets.iter().any(|it| it == target)) {
                doc(&["--package", &member.name, "--target", target])?;
            }
        }
    }
    Ok(())
}

/// `cargo check` finds items that a target lacks. Other steps build the images.
fn bare_metal(workspace: &Workspace, member: &Crate) -> Outcome {
    for features in ["--no-default-features", "--all-features"] {
        let mut cargo = workspace.cargo(["check", "--quiet", "--package", &member.name, features]);
        run(cargo.args(workspace.toolchain.targets.iter().flat_map(|target| ["--target", target])))?;
    }
    Ok(())
}

/// No dependency may declare a newer rust-version than a published crate. Clippy's `incompatible_msrv` checks our own
/// code.
fn rust_version(workspace: &Workspace) -> Outcome {
    let packages = MetadataCommand::new().features(CargoOpt::AllFeatures).exec()?.packages;
    let declared = packages.iter().filter_map(|it| Some((&it.name, it.rust_version.as_ref()?)));
    for member in workspace.published() {
        let (name, ours) = (&member.name, member.rust_version.as_ref().ok_or("no rust-version")?);
        let newer = declared.clone().filter(|(_, theirs)| *theirs > ours);
        let newer: Vec<String> = newer.map(|(name, theirs)| format!("{name} {theirs}")).collect();
        let declared = declared.clone().count();
        println!("{name} declares {ours}; of {declared} packages, these declare a newer one: {newer:?}");
        if declared < 2 || !newer.is_empty() {
            return Err("a dependency needs a newer compiler, or none declares any: see above".into());
        }
    }
    Ok(())
}
