//! Structured parameters: read from JSON or drawn from an input, converted for the signer, and flattened.

use crate::source::Source;
use core::{fmt, iter};
use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use tc3_core::{MAX_DEPTH, Param, ParamValue};

/// A JSON value. Objects keep the order of their names, and duplicates.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum Tree {
    /// `null`
    Null,
    /// A string.
    Text(String),
    /// An integer.
    Int(i64),
    /// The digits of a number that is not an `i64`.
    #[serde(deserialize_with = "digits")]
    Number(String),
    /// `true` or `false`.
    Bool(bool),
    /// A JSON array.
    List(Vec<Tree>),
    /// A JSON object.
    #[serde(deserialize_with = "in_order")]
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
        4 => source.pick(&["Action", "SecretId", "Nonce", "Signature", "Version"]).to_owned(),
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

/// The digits of a number that is not an `i64`. Accepts 0 and absolute values from 1e-4 up to 1e15. The SDKs format other
/// numbers differently: with an exponent, or with fewer digits.
fn digits<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let number = serde_json::Number::deserialize(from)?;
    let is_plain = |number: f64| number == 0.0 || (1e-4..1e15).contains(&number.abs());
    match (number.as_u64(), number.as_f64()) {
        (Some(number), _) => Ok(number.to_string()),
        (None, Some(number)) if is_plain(number) => Ok(format!("{number:?}")),
        _ => Err(D::Error::custom("a number that the SDKs format differently")),
    }
}

/// The fields in their order, with duplicates.
fn in_order<'de, D: Deserializer<'de>>(from: D) -> Result<Fields, D::Error> {
    struct InOrder;
    impl<'de> Visitor<'de> for InOrder {
        type Value = Fields;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
            iter::from_fn(|| map.next_entry().transpose()).collect()
        }
    }
    from.deserialize_map(InOrder)
}
