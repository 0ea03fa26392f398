//! Sets of features to build a crate with.

/// Every set, the empty one first.
pub(crate) fn powerset(features: &[String]) -> Vec<Vec<&str>> {
    let mut sets = vec![Vec::new()];
    for feature in features {
        for mut set in sets.clone() {
            set.push(feature.as_str());
            sets.push(set);
        }
    }
    sets
}

#[cfg(test)]
mod tests {
    use super::powerset;

    #[test]
    fn the_powerset_of_three_features_has_eight_different_sets() {
        let features = ["a", "b", "c"].map(str::to_owned);
        let mut sets = powerset(&features);
        assert_eq!(sets.first(), Some(&vec![]));
        assert_eq!(sets.last(), Some(&vec!["a", "b", "c"]));
        sets.sort();
        sets.dedup();
        assert_eq!(sets.len(), 8);
    }

    #[test]
    fn a_crate_without_features_is_built_once() {
        assert_eq!(powerset(&[]), [Vec::<&str>::new()]);
    }
}
