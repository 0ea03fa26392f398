//! Structured parameters, and how they are flattened to names and values.

use crate::{
    encode::{Sink, decimal::natural, len_u64},
    error::{Fault, Invalid, List},
};

/// Maximum nesting depth of lists and objects in a parameter.
pub const MAX_DEPTH: usize = 8;

/// A parameter: its name and its value.
pub type Param<'a> = (&'a str, ParamValue<'a>);

/// The value of a parameter.
///
/// A list or object is flattened to several parameters, with names such as `Filters.0.Values.1`. Indexes start
/// at 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParamValue<'a> {
    /// No value. The parameter is not sent.
    Null,
    /// A string, or a number that does not fit an `i64`.
    Text(&'a str),
    /// A whole number.
    Int(i64),
    /// `true` or `false`.
    Bool(bool),
    /// Values named `0`, `1`, `2` and so on. An empty list is not sent.
    List(&'a [ParamValue<'a>]),
    /// Values with names. An empty object is not sent.
    Object(&'a [Param<'a>]),
}

impl ParamValue<'_> {
    /// Whether at most `depth` lists and objects are nested.
    pub(crate) fn fits(self, depth: usize) -> bool {
        let inner = depth.checked_sub(1);
        match (self, inner) {
            (Self::List(items), Some(inner)) => items.iter().all(|item| item.fits(inner)),
            (Self::Object(params), Some(inner)) => params.iter().all(|(_, value)| value.fits(inner)),
            (Self::List(_) | Self::Object(_), None) => false,
            _ => true,
        }
    }
}

// Not derived: the derived bounds would be recursive.
#[cfg(feature = "defmt")]
impl defmt::Format for ParamValue<'_> {
    fn format(&self, f: defmt::Formatter<'_>) {
        match *self {
            Self::Null => defmt::write!(f, "Null"),
            Self::Text(text) => defmt::write!(f, "{=str}", text),
            Self::Int(number) => defmt::write!(f, "{=i64}", number),
            Self::Bool(truth) => defmt::write!(f, "{=bool}", truth),
            Self::List(items) => defmt::write!(f, "{}", items),
            Self::Object(params) => defmt::write!(f, "{}", params),
        }
    }
}

/// A value that is not a list or object.
#[derive(Clone, Copy)]
pub(crate) enum Leaf<'a> {
    Text(&'a str),
    Int(i64),
    Natural(u64),
    Bool(bool),
}

impl Leaf<'_> {
    pub(crate) fn encode_to(self, out: &mut dyn Sink) {
        match self {
            Self::Text(text) => out.put(text.as_bytes()),
            Self::Bool(true) => out.put(b"true"),
            Self::Bool(false) => out.put(b"false"),
            Self::Natural(number) => natural(number, out),
            Self::Int(number) => {
                if number < 0 {
                    out.put(b"-");
                }
                natural(number.unsigned_abs(), out);
            }
        }
    }
}

/// One part of a flattened name. Dots separate the parts.
#[derive(Clone, Copy)]
pub(crate) enum Label<'p> {
    Key(&'p str),
    Index(usize),
}

/// A flattened name: its last label, and the name before that label.
// A linked list on the stack. Each recursive call adds an element, and `MAX_DEPTH` limits the recursion.
#[derive(Clone, Copy)]
pub(crate) struct Name<'p> {
    pub(crate) outer: Option<&'p Name<'p>>,
    pub(crate) label: Label<'p>,
}

impl Name<'_> {
    pub(crate) fn encode_to(&self, out: &mut dyn Sink) {
        if let Some(outer) = self.outer {
            outer.encode_to(out);
            out.put(b".");
        }
        match self.label {
            Label::Key(key) => out.put(key.as_bytes()),
            Label::Index(index) => natural(len_u64(index), out),
        }
    }
}

/// The function that is called with each flattened parameter.
pub(crate) type Visit<'v> = &'v mut dyn FnMut(&Name<'_>, Leaf<'_>);

/// Flattens parameters and visits the results in the caller's order, at every depth.
pub(crate) fn walk(params: &[Param<'_>], visit: Visit<'_>) {
    for (key, value) in params {
        walk_value::<AsListed>(*value, &Name { outer: None, label: Label::Key(key) }, visit);
    }
}

/// The order in which the members of lists and objects are visited.
pub(crate) trait Order {
    fn each_param(params: &[Param<'_>], visit: &mut dyn FnMut(&Param<'_>));
    fn each_item(items: &[ParamValue<'_>], visit: &mut dyn FnMut(usize, ParamValue<'_>));
}

/// Flattens a value and visits the results.
pub(crate) fn walk_value<O: Order>(value: ParamValue<'_>, name: &Name<'_>, visit: Visit<'_>) {
    let outer = Some(name);
    match value {
        ParamValue::Null => {}
        ParamValue::Text(text) => visit(name, Leaf::Text(text)),
        ParamValue::Int(number) => visit(name, Leaf::Int(number)),
        ParamValue::Bool(truth) => visit(name, Leaf::Bool(truth)),
        ParamValue::Object(params) => O::each_param(params, &mut |(key, value)| {
            walk_value::<O>(*value, &Name { outer, label: Label::Key(key) }, visit);
        }),
        ParamValue::List(items) => O::each_item(items, &mut |index, value| {
            walk_value::<O>(value, &Name { outer, label: Label::Index(index) }, visit);
        }),
    }
}

struct AsListed;

impl Order for AsListed {
    fn each_param(params: &[Param<'_>], visit: &mut dyn FnMut(&Param<'_>)) {
        params.iter().for_each(visit);
    }

    fn each_item(items: &[ParamValue<'_>], visit: &mut dyn FnMut(usize, ParamValue<'_>)) {
        items.iter().enumerate().for_each(|(index, value)| visit(index, *value));
    }
}

/// Refuses parameters without a name, at any depth, and parameters that are nested too deeply.
pub(crate) fn check(params: &[Param<'_>]) -> Result<(), Invalid> {
    for (index, param) in params.iter().enumerate() {
        let fault = |fault| Invalid::Item { list: List::Parameters, index, fault };
        if !param.1.fits(MAX_DEPTH) {
            return Err(fault(Fault::TooDeep { limit: MAX_DEPTH }));
        }
        if !are_named(core::slice::from_ref(param)) {
            return Err(fault(Fault::EmptyName));
        }
    }
    Ok(())
}

fn are_named(params: &[Param<'_>]) -> bool {
    params.iter().all(|(key, value)| !key.is_empty() && has_names(*value))
}

/// Whether every parameter inside the value has a name.
fn has_names(value: ParamValue<'_>) -> bool {
    match value {
        ParamValue::List(items) => items.iter().all(|item| has_names(*item)),
        ParamValue::Object(params) => are_named(params),
        _ => true,
    }
}
