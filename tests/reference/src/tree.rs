//! Structured parameters: read from JSON or drawn from an input, converted for the signer, and flattened.

use crate::source::Source;
use core::fmt;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use tc3_core::{MAX_DEPTH, Param, ParamValue};

/// A JSON value. Objects keep the order of their names, and duplicates.
#[derive(Clone, Debug, PartialEq)]
pub enum Tree {
    /// `null`
    Null,
    /// A string.
    Text(String),
    /// An integer.
    Int(i64),
    /// The digits of a number that is not an `i64`.
    Number(String),
    /// `true` or `false`.
    Bool(bool),
    /// A JSON array.
    List(Vec<Tree>),
    /// A JSON object.
    Object(Fields),
}

/// The fields of an object.
pub type Fields = Vec<(String, Tree)>;

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
pub struct Arena<'a> {
    values: typed_arena::Arena<ParamValue<'a>>,
    params: typed_arena::Arena<Param<'a>>,
}

impl<'a> Arena<'a> {
    /// Converts parameters.
    pub fn params(&'a self, fields: &'a [(String, Tree)]) -> &'a mut [Param<'a>] {
        let params: Vec<_> = fields.iter().map(|(name, tree)| (name.as_str(), self.value(tree))).collect();
        self.params.alloc_extend(params)
    }

    fn value(&'a self, tree: &'a Tree) -> ParamValue<'a> {
        match tree {
            Tree::Null => ParamValue::Null,
            Tree::Text(text) | Tree::Number(text) => ParamValue::Text(text),
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
pub(crate) fn flat(fields: &[(String, Tree)]) -> Vec<(String, String)> {
    fields.iter().flat_map(|(name, tree)| tree.flat(name)).collect()
}

impl Tree {
    fn flat(&self, name: &str) -> Vec<(String, String)> {
        let one = |value: String| vec![(name.to_owned(), value)];
        let inner = |label: String, tree: &Tree| tree.flat(&format!("{name}.{label}"));
        match self {
            Self::Null => Vec::new(),
            Self::Text(text) | Self::Number(text) => one(text.clone()),
            Self::Int(number) => one(number.to_string()),
            Self::Bool(flag) => one(flag.to_string()),
            Self::List(items) => {
                items.iter().enumerate().flat_map(|(at, item)| inner(at.to_string(), item)).collect()
            }
            Self::Object(fields) => fields.iter().flat_map(|(key, tree)| inner(key.clone(), tree)).collect(),
        }
    }

    /// The values directly inside.
    pub(crate) fn inner(&self) -> Vec<&Self> {
        match self {
            Self::List(items) => items.iter().collect(),
            Self::Object(fields) => fields.iter().map(|(_, tree)| tree).collect(),
            _ => Vec::new(),
        }
    }

    /// The number of nested lists and objects.
    pub(crate) fn depth(&self) -> usize {
        let is_leaf = !matches!(self, Self::List(_) | Self::Object(_));
        let deepest = self.inner().into_iter().map(Self::depth).max().unwrap_or_default();
        if is_leaf { 0 } else { 1 + deepest }
    }
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Tree;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Tree, E> {
        Ok(Tree::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Tree, E> {
        Ok(Tree::Bool(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Tree, E> {
        Ok(Tree::Int(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Tree, E> {
        Ok(i64::try_from(number).map_or_else(|_| Tree::Number(number.to_string()), Tree::Int))
    }

    /// Accepts 0 and absolute values from 1e-4 up to 1e15. The SDKs format other numbers differently: with an
    /// exponent, or with fewer digits.
    fn visit_f64<E: Error>(self, number: f64) -> Result<Tree, E> {
        let is_plain = number == 0.0 || (1e-4..1e15).contains(&number.abs());
        let text = Tree::Number(format!("{number:?}"));
        is_plain.then_some(text).ok_or_else(|| E::custom("a number that the SDKs format differently"))
    }

    fn visit_str<E>(self, string: &str) -> Result<Tree, E> {
        Ok(Tree::Text(string.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Tree, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Tree::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Tree, A::Error> {
        let mut object = Vec::new();
        while let Some(field) = fields.next_entry()? {
            object.push(field);
        }
        Ok(Tree::Object(object))
    }
}
