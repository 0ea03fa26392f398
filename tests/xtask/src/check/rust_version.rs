//! No dependency may declare a newer rust-version than a published crate.
//!
//! Clippy's `incompatible_msrv` checks our own code.

use cargo_metadata::{CargoOpt, MetadataCommand};

use crate::step::Outcome;
use crate::workspace::Workspace;

pub(crate) fn check(workspace: &Workspace) -> Outcome {
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
