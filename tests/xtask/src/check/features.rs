//! The sets of features to build a crate with.

use crate::workspace::Feature;

/// Every different set, the empty set first. A feature that enables others occurs only together with them.
pub(crate) fn sets(features: &[Feature]) -> Vec<Vec<&str>> {
    let mut sets = vec![Vec::new()];
    for feature in features {
        for mut set in sets.clone() {
            set.push(feature);
            sets.push(set);
        }
    }
    sets.retain(|set| {
        set.iter().all(|it| it.enables.iter().all(|other| names(set).any(|name| name == other)))
    });
    sets.iter().map(|set| names(set).collect()).collect()
}

fn names<'f>(set: &[&'f Feature]) -> impl Iterator<Item = &'f str> {
    set.iter().map(|it| it.name.as_str())
}
