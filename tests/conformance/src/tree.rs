//! Converts structured parameters from JSON to the signer's types.

use core::fmt;
use serde::{
    Deserialize, Deserializer,
    de::{self, MapAccess, SeqAccess, Visitor},
};
use tc3_core::{Param, ParamValue};

/// A JSON value. Objects preserve the order of their names, and duplicates.
#[derive(Clone, Debug, PartialEq)]
pub enum Tree {
    /// `null`
    Null,
    /// A string, or the digits of a number that is not an `i64`.
    Text(String),
    /// An integer.
    Int(i64),
    /// `true` or `false`.
    Bool(bool),
    /// A JSON array.
    List(Vec<Tree>),
    /// A JSON object.
    Object(Vec<(String, Tree)>),
}

/// Owns the lists that a [`ParamValue`] borrows.
#[derive(Default)]
pub struct Arena<'a> {
    values: typed_arena::Arena<ParamValue<'a>>,
    params: typed_arena::Arena<Param<'a>>,
}

impl<'a> Arena<'a> {
    /// Converts a value.
    pub fn value(&'a self, tree: &'a Tree) -> ParamValue<'a> {
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

    /// Converts parameters.
    pub fn params(&'a self, fields: &'a [(String, Tree)]) -> &'a mut [Param<'a>] {
        let params: Vec<_> = fields.iter().map(|(name, tree)| (name.as_str(), self.value(tree))).collect();
        self.params.alloc_extend(params)
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
        Ok(i64::try_from(number).map_or_else(|_| Tree::Text(number.to_string()), Tree::Int))
    }

    /// Accepts 0 and absolute values from 1e-4 up to 1e15. The SDKs format other numbers differently: with an
    /// exponent, or with fewer digits.
    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Tree, E> {
        let is_plain = number == 0.0 || (1e-4..1e15).contains(&number.abs());
        let text = Tree::Text(format!("{number:?}"));
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
