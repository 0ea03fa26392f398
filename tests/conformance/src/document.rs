//! The file around the cases.

use crate::refused::Refused;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::value::RawValue;

/// Which signature the cases of a file are about.
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
    /// What all its cases are about.
    pub kind: Kind,
    /// Kept as text, so that one that cannot be read does not take the others with it.
    cases: Vec<Box<RawValue>>,
}

impl Document {
    /// Reads the text of a file.
    ///
    /// # Errors
    /// If it is not JSON, or lacks `kind` or `cases`.
    pub fn parse(text: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(text)
    }

    /// The cases, in the order of the file.
    pub fn cases(&self) -> impl Iterator<Item = Case<'_>> {
        self.cases.iter().enumerate().map(|(index, text)| Case::new(index, text))
    }
}

/// One case.
#[derive(Debug)]
pub struct Case<'d> {
    /// Its name in the file; one without a name goes by its place, as `#0`.
    pub id: String,
    text: &'d str,
}

impl<'d> Case<'d> {
    fn new(index: usize, text: &'d RawValue) -> Self {
        #[derive(Deserialize)]
        struct Named {
            id: String,
        }
        let named = serde_json::from_str(text.get());
        let id = named.map_or_else(|_| format!("#{index}"), |Named { id }| id);
        Self { id, text: text.get() }
    }

    /// What is to be signed.
    ///
    /// # Errors
    /// [`Refused::Unreadable`] if a field is missing or of another type.
    pub fn input<I: DeserializeOwned>(&self) -> Result<I, Refused> {
        #[derive(Deserialize)]
        struct Given<I> {
            input: I,
        }
        Ok(serde_json::from_str::<Given<I>>(self.text)?.input)
    }

    /// What a test compares the outcome with.
    ///
    /// # Errors
    /// [`Refused::Unreadable`] if a field is missing or of another type.
    pub fn expect<E: DeserializeOwned>(&self) -> Result<E, Refused> {
        #[derive(Deserialize)]
        struct Expected<E> {
            expect: E,
        }
        Ok(serde_json::from_str::<Expected<E>>(self.text)?.expect)
    }
}
