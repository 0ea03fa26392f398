//! No dependency may declare a newer rust-version than a published crate.
//!
//! Clippy's `incompatible_msrv` checks our own code.

use std::error::Error;
use std::fmt;

use serde_json::Value;

use crate::step::Outcome;
use crate::workspace::{Workspace, list, metadata, string};

pub(crate) fn check(workspace: &Workspace) -> Outcome {
    let metadata = metadata(["--all-features"])?;
    let packages: Vec<&Value> = list(&metadata, "/packages").collect();
    for member in workspace.published() {
        let ours = string(&member.manifest, "rust_version")?;
        let newer: Vec<String> = packages.iter().filter_map(|package| newer_than(ours, package)).collect();
        if !newer.is_empty() {
            let crate_name = member.name.clone();
            let ours = ours.to_owned();
            return Err(TooNew { crate_name, ours, newer }.into());
        }
        println!(
            "{} declares {ours}; none of {} packages needs a newer compiler",
            member.name,
            packages.len()
        );
    }
    Ok(())
}

fn newer_than(ours: &str, package: &Value) -> Option<String> {
    let theirs = string(package, "rust_version").ok()?;
    let name = string(package, "name").ok()?;
    (parse(theirs) > parse(ours)).then(|| format!("{name} ({theirs})"))
}

/// `1.88` and `1.88.0` are the same version.
fn parse(version: &str) -> [u64; 3] {
    let mut numbers = version.split('.').map(|number| number.parse().unwrap_or_default());
    [(); 3].map(|()| numbers.next().unwrap_or_default())
}

/// Dependencies that the declared rust-version cannot build.
#[derive(Debug)]
struct TooNew {
    crate_name: String,
    ours: String,
    newer: Vec<String>,
}

impl fmt::Display for TooNew {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} declares rust-version {}, but these need more: {}",
            self.crate_name,
            self.ours,
            self.newer.join(", ")
        )
    }
}

impl Error for TooNew {}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::newer_than;

    #[test]
    fn versions_are_compared_as_numbers_and_a_missing_patch_is_zero() {
        let package = |version: &str| json!({"name": "p", "rust_version": version});
        assert_eq!(newer_than("1.88", &package("1.88.0")), None);
        assert_eq!(newer_than("1.88", &package("1.9")), None);
        assert_eq!(newer_than("1.88", &package("1.88.1")), Some("p (1.88.1)".to_owned()));
        assert_eq!(newer_than("1.88", &json!({"name": "silent"})), None);
    }
}
