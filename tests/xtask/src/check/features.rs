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

#[cfg(test)]
mod tests {
    use super::sets;
    use crate::workspace::Feature;

    fn feature(name: &str, enables: &[&str]) -> Feature {
        Feature { name: name.to_owned(), enables: enables.iter().map(|it| (*it).to_owned()).collect() }
    }

    #[test]
    fn three_independent_features_make_eight_sets() {
        let features = ["a", "b", "c"].map(|name| feature(name, &[]));
        let mut sets = sets(&features);
        assert_eq!(sets.first(), Some(&vec![]));
        assert_eq!(sets.last(), Some(&vec!["a", "b", "c"]));
        sets.sort();
        sets.dedup();
        assert_eq!(sets.len(), 8);
    }

    #[test]
    fn a_feature_occurs_only_with_those_it_enables() {
        let features = [feature("rsa", &["tls"]), feature("tls", &[]), feature("async", &[])];
        let expected = [vec![], vec!["tls"], vec!["rsa", "tls"]];
        let with_async = expected.clone().map(|set| [set, vec!["async"]].concat());
        assert_eq!(sets(&features), [expected, with_async].concat());
    }

    #[test]
    fn a_crate_without_features_has_one_set() {
        assert_eq!(sets(&[]), [Vec::<&str>::new()]);
    }
}
