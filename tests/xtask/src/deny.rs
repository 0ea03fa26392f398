//! `cargo xtask deny`: checks each lock file against the rules of `deny.toml`.

use std::env;
use std::fs;
use std::path::PathBuf;

use crate::command::run;
use crate::setup::DENY;
use crate::step::{self, Outcome, Skipped, Step};
use crate::workspace::Workspace;

/// The bench is never shipped, and the crates it compares with choose their own dependencies.
const FOREIGN: &str = "tests/bench";

/// A whole lock file always has duplicates, and not every lock file contains each wrapper in `deny.toml`.
const EXPECTED: [&str; 4] = ["--allow", "duplicate", "--allow", "unused-wrapper"];

pub(crate) fn task(workspace: &Workspace) -> Outcome {
    step::run_all("deny", [DENY.missing(workspace)], steps(workspace))
}

pub(crate) fn steps(workspace: &Workspace) -> [Step<'_>; 2] {
    [
        Step::new("no crate twice in tc3-core", || no_duplicate(workspace)),
        Step::new("dependencies and advisories", || dependencies(workspace)),
    ]
}

/// A duplicate dependency of tc3-core would be twice in the flash of every device.
fn no_duplicate(workspace: &Workspace) -> Outcome {
    let mut deny = DENY.command(workspace);
    deny.args(["--locked", "--exclude-dev", "--config", "deny.toml"]);
    deny.args(["--manifest-path", "tc3-core/Cargo.toml"]);
    run(deny.args(["check", "--deny", "duplicate", "--allow", "unused-wrapper", "bans"]))
}

/// Downloads the list of advisories, or uses an older one. Without a list the rest is checked and the step is skipped.
fn dependencies(workspace: &Workspace) -> Outcome {
    let mut fetch = DENY.command(workspace);
    let fetched = run(fetch.args(["--config", "deny.toml", "fetch", "db"]));
    let mut checks = vec!["bans", "licenses", "sources"];
    if fetched.is_ok() || has_list() {
        // A list that is older than 90 days fails.
        checks.push("advisories");
    }
    let folders = [vec![workspace.root.clone()], workspace.locked("examples")?, workspace.locked("tests")?];
    for folder in folders.concat() {
        let mut deny = DENY.command(workspace);
        deny.current_dir(&folder).arg("--config").arg(workspace.root.join("deny.toml"));
        // `--frozen` keeps cargo-deny from downloading the list again for each lock file.
        deny.args(["--frozen", "check", "--hide-inclusion-graph"]).args(EXPECTED);
        run(deny.args(if folder.ends_with(FOREIGN) { &["sources"] } else { checks.as_slice() }))?;
    }
    match fetched {
        Err(cause) if !checks.contains(&"advisories") => Err(Skipped(cause).into()),
        _ => Ok(()),
    }
}

/// Whether a list was fetched before.
fn has_list() -> bool {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(env::var_os("HOME")?).join(".cargo")));
    let lists = home.and_then(|home| fs::read_dir(home.join("advisory-dbs")).ok());
    lists.is_some_and(|lists| lists.flatten().any(|list| list.path().join("crates").exists()))
}
