//! Parameters in the byte order of their flattened names.

use super::sort::sort;
use crate::{
    error::{Fault, Invalid, List},
    params::{Label, MAX_DEPTH, Name, Order, Param, ParamValue, Visit, walk_node},
};

/// The most parameters that are put in order without touching the caller's slice.
pub const MAX_UNSORTED: usize = 64;

/// The parameters of a v1 action.
///
/// Names are letters, digits and dots. They are signed in byte order, so `Ids.10` comes before
/// `Ids.2`, and `Z` before `a`.
///
/// ```
/// use tc3_core::{ParamValue, v1};
///
/// let mut any = [("Offset", ParamValue::Int(0)), ("Ids", ParamValue::List(&[ParamValue::Text("ins-1")]))];
/// let sorted = v1::Params::sorted(&mut any)?;
/// let few = [("Offset", ParamValue::Int(0)), ("Limit", ParamValue::Int(1))];
/// let merged = v1::Params::unsorted(&few)?;
/// assert!(v1::Params::unsorted(&[("Ins_Ids", ParamValue::Int(0))]).is_err());
/// # let _ = (sorted, merged);
/// # Ok::<(), tc3_core::Invalid>(())
/// ```
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Params<'a> {
    pairs: &'a [Param<'a>],
    sorted: bool,
}

impl<'a> Params<'a> {
    /// No parameters.
    pub const EMPTY: Self = Self { pairs: &[], sorted: true };

    /// Any number of parameters, sorted in place. An object among them is left as it is, and so
    /// has at most [`MAX_UNSORTED`] members.
    ///
    /// # Errors
    /// [`Invalid::Item`] for a name that is empty, has a byte other than letters, digits and dots,
    /// occurs twice or belongs to the signer; for an empty value, of which SDKs make different
    /// things; for nesting deeper than [`MAX_DEPTH`](crate::MAX_DEPTH); for an
    /// object with too many members. The index is that in the
    /// sorted slice.
    pub fn sorted(pairs: &'a mut [Param<'a>]) -> Result<Self, Invalid> {
        sort(pairs, &|a, b| a.0.lt(b.0));
        for (index, pair) in pairs.iter().enumerate() {
            let before = index.checked_sub(1).and_then(|before| pairs.get(before..index));
            check(pair, before.unwrap_or_default(), index)?;
        }
        Ok(Self { pairs, sorted: true })
    }

    /// Up to [`MAX_UNSORTED`] parameters, left as they are: each is looked for when its turn comes.
    ///
    /// # Errors
    /// As [`sorted`](Self::sorted), and [`Fault::TooMany`].
    pub fn unsorted(pairs: &'a [Param<'a>]) -> Result<Self, Invalid> {
        if pairs.len() > MAX_UNSORTED {
            return Err(item(MAX_UNSORTED, Fault::TooMany { limit: MAX_UNSORTED }));
        }
        for (index, pair) in pairs.iter().enumerate() {
            check(pair, pairs.get(..index).unwrap_or_default(), index)?;
        }
        Ok(Self { pairs, sorted: false })
    }

    /// Visits the parameters of the first level in order.
    pub(super) fn each(self, visit: &mut dyn FnMut(&Param<'_>)) {
        if self.sorted { self.pairs.iter().for_each(visit) } else { ByName::each_pair(self.pairs, visit) }
    }
}

/// Visits what one parameter of the first level is flattened to, in order.
pub(super) fn walk((key, node): &Param<'_>, visit: Visit<'_>) {
    walk_node::<ByName>(*node, &Name { outer: None, label: Label::Key(key) }, visit);
}

struct ByName;

impl Order for ByName {
    /// Each time the smallest name that is greater than the last.
    fn each_pair(pairs: &[Param<'_>], visit: &mut dyn FnMut(&Param<'_>)) {
        let mut last = "";
        while let Some(next) = pairs.iter().filter(|pair| pair.0 > last).min_by_key(|pair| pair.0) {
            visit(next);
            last = next.0;
        }
    }

    /// In the order of the decimal texts of the indexes: 0, 1, 10, 11, 2.
    fn each_item(items: &[ParamValue<'_>], visit: &mut dyn FnMut(usize, ParamValue<'_>)) {
        let mut index = 0usize;
        for _ in items {
            if let Some(node) = items.get(index) {
                visit(index, *node);
            }
            index = after(index, items.len());
        }
    }
}

/// The number below `end` whose decimal text comes next.
fn after(mut index: usize, end: usize) -> usize {
    let longer = index.saturating_mul(10);
    if index > 0 && longer < end {
        return longer;
    }
    while index % 10 == 9 || index.saturating_add(1) >= end {
        if index < 10 {
            break;
        }
        index /= 10;
    }
    index.saturating_add(1)
}

/// What the signer writes itself.
const RESERVED: [&str; 11] = [
    "Action",
    "Language",
    "Nonce",
    "Region",
    "RequestClient",
    "SecretId",
    "Signature",
    "SignatureMethod",
    "Timestamp",
    "Token",
    "Version",
];

const fn item(index: usize, fault: Fault) -> Invalid {
    Invalid::Item { list: List::Parameters, index, fault }
}

fn check(pair: &Param<'_>, others: &[Param<'_>], index: usize) -> Result<(), Invalid> {
    if RESERVED.contains(&pair.0) {
        return Err(item(index, Fault::Reserved));
    }
    if !pair.1.fits(MAX_DEPTH) {
        return Err(item(index, Fault::TooDeep { limit: MAX_DEPTH }));
    }
    fault(pair, others).map_or(Ok(()), |fault| Err(item(index, fault)))
}

fn fault(pair: &Param<'_>, others: &[Param<'_>]) -> Option<Fault> {
    name_fault(pair.0)
        .or_else(|| others.iter().find_map(|other| conflict(pair, other)))
        .or_else(|| value_fault(pair.1))
}

fn name_fault(name: &str) -> Option<Fault> {
    if name.is_empty() {
        return Some(Fault::EmptyName);
    }
    let wrong = |byte: &u8| !(byte.is_ascii_alphanumeric() || *byte == b'.');
    let (at, byte) = name.bytes().enumerate().find(|(_, byte)| wrong(byte))?;
    Some(if byte == b'_' { Fault::Underscore { at } } else { Fault::Name { at, byte } })
}

fn conflict(a: &Param<'_>, b: &Param<'_>) -> Option<Fault> {
    if a.0 == b.0 {
        return Some(Fault::Duplicate);
    }
    (reaches_into(a, b) || reaches_into(b, a)).then_some(Fault::Overlap)
}

/// Whether a name could be among those that a list or object is flattened to, so that sorting
/// one level at a time would not sort the whole.
fn reaches_into((name, _): &Param<'_>, (outer, node): &Param<'_>) -> bool {
    let has_names = match node {
        ParamValue::List(items) => !items.is_empty(),
        ParamValue::Object(pairs) => !pairs.is_empty(),
        _ => false,
    };
    has_names && name.strip_prefix(outer).is_some_and(|rest| rest.as_bytes().starts_with(b"."))
}

fn value_fault(node: ParamValue<'_>) -> Option<Fault> {
    match node {
        ParamValue::Text("") => Some(Fault::EmptyValue),
        ParamValue::List(items) => items.iter().find_map(|item| value_fault(*item)),
        ParamValue::Object(pairs) if pairs.len() > MAX_UNSORTED => {
            Some(Fault::TooMany { limit: MAX_UNSORTED })
        }
        ParamValue::Object(pairs) => {
            let mut members = pairs.iter().enumerate();
            members.find_map(|(index, pair)| fault(pair, pairs.get(..index).unwrap_or_default()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{ByName, Order, ParamValue};
    use std::{string::ToString, vec, vec::Vec};

    #[test]
    fn items_are_visited_in_the_order_of_their_indices_as_texts() {
        for len in (0..=120).chain(990..=1020) {
            let mut visited = Vec::new();
            ByName::each_item(&vec![ParamValue::Null; len], &mut |index, _| visited.push(index.to_string()));
            let mut sorted: Vec<_> = (0..len).map(|index| index.to_string()).collect();
            sorted.sort();
            assert_eq!(visited, sorted);
        }
    }
}
