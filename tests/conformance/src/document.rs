//! Reads a file of cases.

use crate::refused::Refused;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::value::RawValue;

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
        self.cases.iter().enumerate().map(|(index, json)| Case::new(index, json))
    }
}

/// One case.
#[derive(Debug)]
pub struct Case<'d> {
    /// Its `id` in the file, or else its index, as `#0`.
    pub id: String,
    json: &'d str,
}

impl<'d> Case<'d> {
    fn new(index: usize, json: &'d RawValue) -> Self {
        #[derive(Deserialize)]
        struct Named {
            id: String,
        }
        let named = serde_json::from_str(json.get());
        let id = named.map_or_else(|_| format!("#{index}"), |Named { id }| id);
        Self { id, json: json.get() }
    }

    /// Parses the request to sign.
    ///
    /// # Errors
    /// [`Refused::Unreadable`] if a field is missing or of another type.
    pub fn input<I: DeserializeOwned>(&self) -> Result<I, Refused> {
        #[derive(Deserialize)]
        struct Given<I> {
            input: I,
        }
        Ok(serde_json::from_str::<Given<I>>(self.json)?.input)
    }

    /// Parses the expected values.
    ///
    /// # Errors
    /// [`Refused::Unreadable`] if a field is missing or of another type.
    pub fn expect<E: DeserializeOwned>(&self) -> Result<E, Refused> {
        #[derive(Deserialize)]
        struct Expected<E> {
            expect: E,
        }
        Ok(serde_json::from_str::<Expected<E>>(self.json)?.expect)
    }
}
