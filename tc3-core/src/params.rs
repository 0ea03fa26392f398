//! Structured parameters, and how they become names and values.

use crate::{
    encode::{Sink, decimal::natural, len_u64},
    error::{Fault, Invalid, List},
};

/// The deepest nesting of lists and objects.
pub const MAX_DEPTH: usize = 8;

/// A parameter: its name and its value.
pub type Param<'a> = (&'a str, ParamValue<'a>);

/// The value of a parameter.
///
/// Lists and objects are flattened: `Filters.0.Values.1=x`, counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParamValue<'a> {
    /// No value: the parameter is left out.
    Null,
    /// Text; also any number that is not an `i64`.
    Text(&'a str),
    /// A whole number.
    Int(i64),
    /// `true` or `false`.
    Bool(bool),
    /// Values under the names `0`, `1`, `2` and so on. An empty one is left out.
    List(&'a [ParamValue<'a>]),
    /// Values under names of their own. An empty one is left out.
    Object(&'a [Param<'a>]),
}

impl ParamValue<'_> {
    pub(crate) fn fits(self, depth: usize) -> bool {
        let inner = depth.checked_sub(1);
        match (self, inner) {
            (Self::List(items), Some(inner)) => items.iter().all(|item| item.fits(inner)),
            (Self::Object(pairs), Some(inner)) => pairs.iter().all(|(_, node)| node.fits(inner)),
            (Self::List(_) | Self::Object(_), None) => false,
            _ => true,
        }
    }
}

// By hand: the bounds of a derived one would go round in circles.
#[cfg(feature = "defmt")]
impl defmt::Format for ParamValue<'_> {
    fn format(&self, f: defmt::Formatter<'_>) {
        match *self {
            Self::Null => defmt::write!(f, "Null"),
            Self::Text(text) => defmt::write!(f, "{=str}", text),
            Self::Int(number) => defmt::write!(f, "{=i64}", number),
            Self::Bool(truth) => defmt::write!(f, "{=bool}", truth),
            Self::List(items) => defmt::write!(f, "{}", items),
            Self::Object(pairs) => defmt::write!(f, "{}", pairs),
        }
    }
}

/// A value that has no more names in it.
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

/// One step of a flattened name.
#[derive(Clone, Copy)]
pub(crate) enum Label<'p> {
    Key(&'p str),
    Index(usize),
}

/// A flattened name: its last step, and what comes before.
///
/// The steps lie on the stack, one in each frame of a walk that is at most [`MAX_DEPTH`] deep.
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

/// What is called with each flattened parameter.
pub(crate) type Visit<'v> = &'v mut dyn FnMut(&Name<'_>, Leaf<'_>);

/// Visits parameters in the order they are given in, at every depth.
pub(crate) fn walk(pairs: &[Param<'_>], visit: Visit<'_>) {
    for (key, node) in pairs {
        walk_node::<Given>(*node, &Name { outer: None, label: Label::Key(key) }, visit);
    }
}

/// In which order the members of lists and objects are visited.
pub(crate) trait Order {
    fn each_pair(pairs: &[Param<'_>], visit: &mut dyn FnMut(&Param<'_>));
    fn each_item(items: &[ParamValue<'_>], visit: &mut dyn FnMut(usize, ParamValue<'_>));
}

pub(crate) fn walk_node<O: Order>(node: ParamValue<'_>, name: &Name<'_>, visit: Visit<'_>) {
    let outer = Some(name);
    match node {
        ParamValue::Null => {}
        ParamValue::Text(text) => visit(name, Leaf::Text(text)),
        ParamValue::Int(number) => visit(name, Leaf::Int(number)),
        ParamValue::Bool(truth) => visit(name, Leaf::Bool(truth)),
        ParamValue::Object(pairs) => O::each_pair(pairs, &mut |(key, node)| {
            walk_node::<O>(*node, &Name { outer, label: Label::Key(key) }, visit);
        }),
        ParamValue::List(items) => O::each_item(items, &mut |index, node| {
            walk_node::<O>(node, &Name { outer, label: Label::Index(index) }, visit);
        }),
    }
}

struct Given;

impl Order for Given {
    fn each_pair(pairs: &[Param<'_>], visit: &mut dyn FnMut(&Param<'_>)) {
        pairs.iter().for_each(visit);
    }

    fn each_item(items: &[ParamValue<'_>], visit: &mut dyn FnMut(usize, ParamValue<'_>)) {
        items.iter().enumerate().for_each(|(index, node)| visit(index, *node));
    }
}

/// Refuses parameters without a name, at any depth, and those nested too deep.
pub(crate) fn check(pairs: &[Param<'_>]) -> Result<(), Invalid> {
    for (index, pair) in pairs.iter().enumerate() {
        let fault = |fault| Invalid::Item { list: List::Parameters, index, fault };
        if !pair.1.fits(MAX_DEPTH) {
            return Err(fault(Fault::TooDeep { limit: MAX_DEPTH }));
        }
        if !is_named(core::slice::from_ref(pair)) {
            return Err(fault(Fault::EmptyName));
        }
    }
    Ok(())
}

fn is_named(pairs: &[Param<'_>]) -> bool {
    pairs.iter().all(|(key, node)| !key.is_empty() && has_names(*node))
}

fn has_names(node: ParamValue<'_>) -> bool {
    match node {
        ParamValue::List(items) => items.iter().all(|item| has_names(*item)),
        ParamValue::Object(pairs) => is_named(pairs),
        _ => true,
    }
}
