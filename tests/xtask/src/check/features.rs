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

/// None, each alone, all together: enough to see what each one pulls in.
pub(crate) fn alone_and_together(features: &[String]) -> Vec<Vec<&str>> {
    let all: Vec<&str> = features.iter().map(String::as_str).collect();
    let mut sets = vec![Vec::new()];
    sets.extend(all.iter().map(|feature| vec![*feature]));
    if all.len() > 1 {
        sets.push(all);
    }
    sets
}

#[cfg(test)]
mod tests {
    use super::{alone_and_together, powerset};

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
        let none = vec![Vec::<&str>::new()];
        assert_eq!(powerset(&[]), none);
        assert_eq!(alone_and_together(&[]), none);
    }

    #[test]
    fn features_are_tried_alone_and_together() {
        let one = ["a".to_owned()];
        let two = ["a", "b"].map(str::to_owned);
        assert_eq!(alone_and_together(&one), [vec![], vec!["a"]]);
        assert_eq!(alone_and_together(&two), [vec![], vec!["a"], vec!["b"], vec!["a", "b"]]);
    }
}
