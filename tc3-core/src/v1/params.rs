//! The parameters of a v1 action, in the byte order of their flattened names.

use super::heapsort::heapsort;
use crate::{
    error::{Fault, Invalid, List},
    params::{Label, MAX_DEPTH, Name, Order, Param, ParamValue, Visit, walk_value},
};

/// Maximum number of parameters in [`Params::unsorted`], and of members in an object.
pub const MAX_UNSORTED: usize = 64;

/// The parameters of a v1 action.
///
/// Names consist of letters, digits and dots. Parameters are signed in the byte order of their names, so
/// `Ids.10` comes before `Ids.2`, and `Z` before `a`.
///
/// ```
/// use tc3_core::{ParamValue, v1};
///
/// let mut many = [("Offset", ParamValue::Int(0)), ("Ids", ParamValue::List(&[ParamValue::Text("ins-1")]))];
/// let sorted = v1::Params::sorted(&mut many)?;
/// let few = [("Offset", ParamValue::Int(0)), ("Limit", ParamValue::Int(1))];
/// let unsorted = v1::Params::unsorted(&few)?;
/// assert!(v1::Params::unsorted(&[("Ins_Ids", ParamValue::Int(0))]).is_err());
/// # let _ = (sorted, unsorted);
/// # Ok::<(), tc3_core::Invalid>(())
/// ```
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Params<'a> {
    params: &'a [Param<'a>],
    is_sorted: bool,
}

impl<'a> Params<'a> {
    /// No parameters.
    pub const EMPTY: Self = Self { params: &[], is_sorted: true };

    /// Sorts any number of parameters in place. The members of objects are not sorted in place, so an object can
    /// have at most [`MAX_UNSORTED`] members.
    ///
    /// # Errors
    /// [`Invalid::Item`] with the index in the sorted slice:
    /// - for a name that is empty, contains a byte other than letters, digits and dots, occurs twice, or is
    ///   written by the signer;
    /// - for a name such as `A.0` if another parameter named `A` is a list or object;
    /// - for an empty value, which SDKs treat in different ways;
    /// - for nesting deeper than [`MAX_DEPTH`](crate::MAX_DEPTH);
    /// - for an object with too many members.
    pub fn sorted(params: &'a mut [Param<'a>]) -> Result<Self, Invalid> {
        heapsort(params, &|a, b| a.0.lt(b.0));
        for (index, param) in params.iter().enumerate() {
            let before = index.checked_sub(1).and_then(|before| params.get(before..index));
            check(param, before.unwrap_or_default(), index)?;
        }
        Ok(Self { params, is_sorted: true })
    }

    /// Takes up to [`MAX_UNSORTED`] parameters and does not change the slice. Each signature searches for one
    /// name after another, which takes quadratic time.
    ///
    /// # Errors
    /// As [`sorted`](Self::sorted), with the index in `params`, and [`Fault::TooMany`].
    pub fn unsorted(params: &'a [Param<'a>]) -> Result<Self, Invalid> {
        if params.len() > MAX_UNSORTED {
            return Err(item(MAX_UNSORTED, Fault::TooMany { limit: MAX_UNSORTED }));
        }
        for (index, param) in params.iter().enumerate() {
            check(param, params.get(..index).unwrap_or_default(), index)?;
        }
        Ok(Self { params, is_sorted: false })
    }

    /// Visits the parameters of the first level in order.
    pub(super) fn each(self, visit: &mut dyn FnMut(&Param<'_>)) {
        if self.is_sorted {
            self.params.iter().for_each(visit);
        } else {
            ByName::each_param(self.params, visit);
        }
    }
}

/// Flattens one parameter of the first level, and visits the results in order.
pub(super) fn walk((key, value): &Param<'_>, visit: Visit<'_>) {
    walk_value::<ByName>(*value, &Name { outer: None, label: Label::Key(key) }, visit);
}

/// The byte order of flattened names.
struct ByName;

impl Order for ByName {
    /// Repeatedly finds the smallest name that is greater than the last one.
    fn each_param(params: &[Param<'_>], visit: &mut dyn FnMut(&Param<'_>)) {
        let mut last = "";
        while let Some(next) = params.iter().filter(|param| param.0 > last).min_by_key(|param| param.0) {
            visit(next);
            last = next.0;
        }
    }

    /// By the indexes as decimal strings: 0, 1, 10, 11, 2.
    fn each_item(items: &[ParamValue<'_>], visit: &mut dyn FnMut(usize, ParamValue<'_>)) {
        let mut index = 0usize;
        for _ in items {
            if let Some(value) = items.get(index) {
                visit(index, *value);
            }
            index = next_by_decimal(index, items.len());
        }
    }
}

/// The number below `end` that follows `index` in the byte order of decimal strings.
fn next_by_decimal(mut index: usize, end: usize) -> usize {
    let tenfold = index.saturating_mul(10);
    if index > 0 && tenfold < end {
        return tenfold;
    }
    while index % 10 == 9 || index.saturating_add(1) >= end {
        if index < 10 {
            break;
        }
        index /= 10;
    }
    index.saturating_add(1)
}

/// Parameters that the signer writes itself.
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

/// Checks a parameter of the first level, and that it does not conflict with any of `others`.
fn check(param: &Param<'_>, others: &[Param<'_>], index: usize) -> Result<(), Invalid> {
    if RESERVED.contains(&param.0) {
        return Err(item(index, Fault::Reserved));
    }
    if !param.1.fits(MAX_DEPTH) {
        return Err(item(index, Fault::TooDeep { limit: MAX_DEPTH }));
    }
    fault(param, others).map_or(Ok(()), |fault| Err(item(index, fault)))
}

fn fault(param: &Param<'_>, others: &[Param<'_>]) -> Option<Fault> {
    name_fault(param.0)
        .or_else(|| others.iter().find_map(|other| conflict(param, other)))
        .or_else(|| value_fault(param.1))
}

fn name_fault(name: &str) -> Option<Fault> {
    if name.is_empty() {
        return Some(Fault::EmptyName);
    }
    let wrong = |byte: &u8| !(byte.is_ascii_alphanumeric() || *byte == b'.');
    let (at, byte) = name.bytes().enumerate().find(|(_, byte)| wrong(byte))?;
    Some(if byte == b'_' { Fault::Underscore { at } } else { Fault::Name { at, byte } })
}

/// Whether two parameters have the same name, or names that can overlap once flattened.
fn conflict(a: &Param<'_>, b: &Param<'_>) -> Option<Fault> {
    if a.0 == b.0 {
        return Some(Fault::Duplicate);
    }
    (may_be_inside(a, b) || may_be_inside(b, a)).then_some(Fault::Overlap)
}

/// Whether `name` could equal or fall between the names that the list or object `outer` is flattened to. In
/// that case, sorting level by level would not sort all names.
fn may_be_inside((name, _): &Param<'_>, (outer, value): &Param<'_>) -> bool {
    let has_names = match value {
        ParamValue::List(items) => !items.is_empty(),
        ParamValue::Object(params) => !params.is_empty(),
        _ => false,
    };
    has_names && name.strip_prefix(outer).is_some_and(|rest| rest.as_bytes().starts_with(b"."))
}

fn value_fault(value: ParamValue<'_>) -> Option<Fault> {
    match value {
        ParamValue::Text("") => Some(Fault::EmptyValue),
        ParamValue::List(items) => items.iter().find_map(|item| value_fault(*item)),
        ParamValue::Object(params) if params.len() > MAX_UNSORTED => {
            Some(Fault::TooMany { limit: MAX_UNSORTED })
        }
        ParamValue::Object(params) => {
            let mut members = params.iter().enumerate();
            members.find_map(|(index, param)| fault(param, params.get(..index).unwrap_or_default()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{ByName, Order, ParamValue};
    use std::{string::ToString, vec, vec::Vec};

    #[test]
    fn items_are_visited_in_the_byte_order_of_their_decimal_indexes() {
        for len in (0..=120).chain(990..=1020) {
            let mut visited = Vec::new();
            ByName::each_item(&vec![ParamValue::Null; len], &mut |index, _| visited.push(index.to_string()));
            let mut sorted: Vec<_> = (0..len).map(|index| index.to_string()).collect();
            sorted.sort();
            assert_eq!(visited, sorted);
        }
    }
}
