//! Structured parameters: drawn from an input, converted for the signer, and flattened.

use crate::source::Source;
use tc3_core::{MAX_DEPTH, Param, ParamValue};

pub(crate) enum Tree {
    Null,
    Text(String),
    Int(i64),
    Bool(bool),
    List(Vec<Tree>),
    Object(Fields),
}

pub(crate) type Fields = Vec<(String, Tree)>;

/// Parameters whose names are letters, digits and dots, unless the source is wild.
pub(crate) fn fields(source: &mut Source<'_>, depth: usize) -> Fields {
    source.list(6, |source| (name(source), tree(source, depth)))
}

/// Often a duplicate of another name, a prefix of it, or reserved.
fn name(source: &mut Source<'_>) -> String {
    match source.below(8) {
        0..4 => source.text(|byte| byte.is_ascii_alphanumeric() || byte == b'.', 9),
        4 => source.pick(&["Action", "Limit", "Nonce", "Signature", "Zone"]).to_owned(),
        _ => source.pick(&["A", "A.0", "A.0.B", "A.B", "A0", "B", "a", "."]).to_owned(),
    }
}

/// A value that can be nested too deep only if the source is wild.
fn tree(source: &mut Source<'_>, depth: usize) -> Tree {
    let leaf = depth > MAX_DEPTH || (depth == MAX_DEPTH && !source.wild);
    match source.below(if leaf { 6 } else { 8 }) {
        0 => Tree::Null,
        1 => Tree::Bool(source.one_in(2)),
        2 => Tree::Int(source.number().cast_signed()),
        3 => Tree::Int(source.byte().into()),
        4 | 5 => Tree::Text(source.utf8()),
        6 => Tree::List(source.list(12, |source| tree(source, depth + 1))),
        _ => Tree::Object(fields(source, depth + 1)),
    }
}

/// Owns the lists that a [`ParamValue`] borrows.
#[derive(Default)]
pub(crate) struct Arena<'a> {
    values: typed_arena::Arena<ParamValue<'a>>,
    params: typed_arena::Arena<Param<'a>>,
}

impl<'a> Arena<'a> {
    pub(crate) fn params(&'a self, fields: &'a Fields) -> &'a mut [Param<'a>] {
        let params: Vec<_> = fields.iter().map(|(name, tree)| (name.as_str(), self.value(tree))).collect();
        self.params.alloc_extend(params)
    }

    fn value(&'a self, tree: &'a Tree) -> ParamValue<'a> {
        match tree {
            Tree::Null => ParamValue::Null,
            Tree::Text(text) => ParamValue::Text(text),
            Tree::Int(number) => ParamValue::Int(*number),
            Tree::Bool(flag) => ParamValue::Bool(*flag),
            Tree::List(items) => {
                let items: Vec<_> = items.iter().map(|item| self.value(item)).collect();
                ParamValue::List(self.values.alloc_extend(items))
            }
            Tree::Object(fields) => ParamValue::Object(self.params(fields)),
        }
    }
}

/// Flattens parameters to names such as `Filters.0.Values.1`, in the given order.
pub(crate) fn flat(fields: &Fields) -> Vec<(String, String)> {
    fields.iter().flat_map(|(name, tree)| tree.flat(name)).collect()
}

impl Tree {
    fn flat(&self, name: &str) -> Vec<(String, String)> {
        let one = |value: String| vec![(name.to_owned(), value)];
        let inner = |label: String, tree: &Tree| tree.flat(&format!("{name}.{label}"));
        match self {
            Self::Null => Vec::new(),
            Self::Text(text) => one(text.clone()),
            Self::Int(number) => one(number.to_string()),
            Self::Bool(flag) => one(flag.to_string()),
            Self::List(items) => {
                items.iter().enumerate().flat_map(|(at, item)| inner(at.to_string(), item)).collect()
            }
            Self::Object(fields) => fields.iter().flat_map(|(key, tree)| inner(key.clone(), tree)).collect(),
        }
    }

    /// The number of nested lists and objects.
    pub(crate) fn depth(&self) -> usize {
        match self {
            Self::List(items) => 1 + items.iter().map(Self::depth).max().unwrap_or_default(),
            Self::Object(fields) => 1 + depth(fields),
            _ => 0,
        }
    }

    /// Calls `object` for every object in this value, and `value` for every value.
    pub(crate) fn visit<'t>(&'t self, object: &mut dyn FnMut(&'t Fields), value: &mut dyn FnMut(&'t Self)) {
        value(self);
        match self {
            Self::List(items) => items.iter().for_each(|item| item.visit(object, value)),
            Self::Object(fields) => {
                object(fields);
                fields.iter().for_each(|(_, tree)| tree.visit(object, value));
            }
            _ => {}
        }
    }
}

pub(crate) fn depth(fields: &Fields) -> usize {
    fields.iter().map(|(_, tree)| tree.depth()).max().unwrap_or_default()
}
