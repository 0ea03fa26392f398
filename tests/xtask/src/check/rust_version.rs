//! No dependency may declare a newer rust-version than a published crate.
//!
//! Clippy's `incompatible_msrv` checks our own code.

use crate::step::Outcome;
use crate::workspace::{Workspace, list, metadata, string};

pub(crate) fn check(workspace: &Workspace) -> Outcome {
    let metadata = metadata(["--all-features"])?;
    for member in workspace.published() {
        let ours = string(&member.manifest, "rust_version")?;
        let (mut declared, mut newer) = (0_usize, Vec::new());
        for package in list(&metadata, "/packages") {
            let Ok(theirs) = string(package, "rust_version") else { continue };
            declared = declared.saturating_add(1);
            if parse(theirs) > parse(ours) {
                newer.push(format!("{} {theirs}", string(package, "name")?));
            }
        }
        println!(
            "{} declares {ours}; of {declared} packages, these declare a newer one: {newer:?}",
            member.name
        );
        if declared < 2 || !newer.is_empty() {
            return Err("a dependency needs a newer compiler, or none declares any: see above".into());
        }
    }
    Ok(())
}

/// `1.88` and `1.88.0` are the same version.
fn parse(version: &str) -> [u64; 3] {
    let mut numbers = version.split('.').map(|number| number.parse().unwrap_or_default());
    [(); 3].map(|()| numbers.next().unwrap_or_default())
}
