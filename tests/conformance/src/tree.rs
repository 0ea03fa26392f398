//! Structured parameters as JSON has them, and as the signer takes them.

use core::fmt;
use serde::{
    Deserialize, Deserializer,
    de::{self, MapAccess, SeqAccess, Visitor},
};
use tc3_core::{Param, ParamValue};

/// A JSON value. Unlike a map's, an object's names keep their order, and repeated ones stay.
#[derive(Clone, Debug, PartialEq)]
pub enum Tree {
    /// `null`
    Null,
    /// Text, or a number that is not an `i64`, as text.
    Text(String),
    /// A whole number.
    Int(i64),
    /// `true` or `false`.
    Bool(bool),
    /// A list.
    List(Vec<Tree>),
    /// An object.
    Object(Vec<(String, Tree)>),
}

/// Where the lists that a [`ParamValue`] borrows are kept.
#[derive(Default)]
pub struct Arena<'a> {
    nodes: typed_arena::Arena<ParamValue<'a>>,
    pairs: typed_arena::Arena<Param<'a>>,
}

impl<'a> Arena<'a> {
    /// A value as the signer takes it.
    pub fn node(&'a self, tree: &'a Tree) -> ParamValue<'a> {
        match tree {
            Tree::Null => ParamValue::Null,
            Tree::Text(text) => ParamValue::Text(text),
            Tree::Int(number) => ParamValue::Int(*number),
            Tree::Bool(truth) => ParamValue::Bool(*truth),
            Tree::List(items) => {
                let items: Vec<_> = items.iter().map(|item| self.node(item)).collect();
                ParamValue::List(self.nodes.alloc_extend(items))
            }
            Tree::Object(fields) => ParamValue::Object(self.pairs(fields)),
        }
    }

    /// Parameters as the signer takes them.
    pub fn pairs(&'a self, fields: &'a [(String, Tree)]) -> &'a mut [Param<'a>] {
        let pairs: Vec<_> = fields.iter().map(|(name, tree)| (name.as_str(), self.node(tree))).collect();
        self.pairs.alloc_extend(pairs)
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

    fn visit_bool<E>(self, truth: bool) -> Result<Tree, E> {
        Ok(Tree::Bool(truth))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Tree, E> {
        Ok(Tree::Int(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Tree, E> {
        Ok(i64::try_from(number).map_or_else(|_| Tree::Text(number.to_string()), Tree::Int))
    }

    /// Where the shortest text needs an exponent, or whole numbers lose digits, no two SDKs write
    /// the same.
    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Tree, E> {
        let plain = number == 0.0 || (1e-4..1e15).contains(&number.abs());
        let text = Tree::Text(format!("{number:?}"));
        plain.then_some(text).ok_or_else(|| E::custom("a number that is spelled in more ways than one"))
    }

    fn visit_str<E>(self, text: &str) -> Result<Tree, E> {
        Ok(Tree::Text(text.to_owned()))
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
