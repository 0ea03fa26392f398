//! Reads a file of cases.

use crate::Refused;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::value::RawValue;
use std::collections::BTreeMap;

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
