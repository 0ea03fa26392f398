//! Reads recorded cases and signs the request of each with `tc3-core`.
//!
//! `tests/vectors/README.md` documents the schema. This library reads only the `input` of a case;
//! the tests compare the result with its `expect`.
#![doc = include_str!("forbidden.md")]

pub mod tc3;
pub mod v1;

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use tc3_core::{Credentials, Invalid, Language};

/// Why a case could not be signed: it does not follow the schema, the signer refuses it, or the signer's interface cannot
/// express it.
pub type Refused = Box<dyn core::error::Error>;

/// Every step of a signature and what is sent, under the names that the schema gives the recorded values.
pub type Values = serde_json::Map<String, serde_json::Value>;

fn values_of(object: &serde_json::Value) -> Values {
    object.as_object().cloned().unwrap_or_default()
}

fn credentials_of<'a>(id: &'a str, key: &'a str, token: Option<&'a str>) -> Result<Credentials<'a>, Invalid> {
    match token {
        Some(token) => Credentials::temporary(id, key, token),
        None => Credentials::new(id, key),
    }
}

fn language_of(value: &str) -> Result<Language, Refused> {
    [Language::Chinese, Language::English]
        .into_iter()
        .find(|language| language.as_str() == value)
        .ok_or_else(|| "language is neither zh-CN nor en-US".into())
}

/// The signature that the cases of a file test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// TC3-HMAC-SHA256.
    Tc3,
    /// HmacSHA1 and HmacSHA256.
    V1,
}

/// A file of cases.
#[derive(Debug, Deserialize)]
pub struct Document {
    /// The signature that all its cases test.
    pub kind: Kind,
    /// Not parsed yet, so that one malformed case does not fail the others.
    cases: Vec<Box<RawValue>>,
}

impl Document {
    /// Parses a file.
    ///
    /// # Errors
    /// If it is not JSON, or lacks `kind` or `cases`.
    pub fn parse(json: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(json)
    }

    /// The cases, in the order of the file.
    pub fn cases(&self) -> impl Iterator<Item = Case<'_>> {
        self.cases.iter().enumerate().map(|(index, json)| {
            let case = Case { id: format!("#{index}"), json: json.get() };
            Case { id: case.field("id").unwrap_or(case.id), ..case }
        })
    }
}

/// One case.
#[derive(Debug)]
pub struct Case<'d> {
    /// Its `id` in the file, or else its index, as `#0`.
    pub id: String,
    json: &'d str,
}

impl Case<'_> {
    /// Parses a field: the `input` to sign, or the values to `expect`.
    ///
    /// # Errors
    /// If the field, or a field in it, is missing or of another type.
    pub fn field<T: DeserializeOwned>(&self, name: &'static str) -> Result<T, Refused> {
        let read = || {
            let fields: BTreeMap<String, &RawValue> = serde_json::from_str(self.json)?;
            let field = fields.get(name).ok_or_else(|| serde::de::Error::missing_field(name))?;
            serde_json::from_str(field.get())
        };
        read().map_err(|error: serde_json::Error| format!("case cannot be read: {error}").into())
    }
}

/// Compiles the examples of the workspace's README, and of the core's.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
#[doc = include_str!("../../../tc3-core/README.md")]
struct Readme;
