//! The environment of a chain, which a test or a program can replace.

use super::environment::EnvError;
use std::{env::VarError, fmt, sync::Arc};

pub(super) type Read = dyn Fn(&str) -> Result<String, VarError> + Send + Sync;

#[derive(Clone)]
pub(super) struct Variables(Arc<Read>);

impl Variables {
    pub(super) fn new(read: impl Fn(&str) -> Result<String, VarError> + Send + Sync + 'static) -> Self {
        Self(Arc::new(read))
    }

    pub(super) fn read(&self, variable: &str) -> Result<String, VarError> {
        (self.0)(variable)
    }

    /// The value of a setting, which is no secret. As in the SDKs, an empty one counts as unset.
    pub(super) fn setting(&self, variable: &'static str) -> Result<Option<String>, EnvError> {
        match self.read(variable) {
            Ok(value) => Ok(Some(value).filter(|value| !value.is_empty())),
            Err(VarError::NotPresent) => Ok(None),
            Err(VarError::NotUnicode(_)) => Err(EnvError::NotUnicode { variable }),
        }
    }

    /// The value of a setting that has two names.
    pub(super) fn one_of(
        &self,
        one: &'static str,
        other: &'static str,
    ) -> Result<Option<(&'static str, String)>, EnvError> {
        match (self.setting(one)?, self.setting(other)?) {
            (Some(a), Some(b)) if a != b => Err(EnvError::Differ { one, other }),
            (Some(value), _) => Ok(Some((one, value))),
            (None, value) => Ok(value.map(|value| (other, value))),
        }
    }

    /// The value of a setting that must be there because another is.
    #[cfg(feature = "tls")]
    pub(super) fn require(&self, variable: &'static str) -> Result<String, EnvError> {
        self.setting(variable)?.ok_or(EnvError::Unset { variable })
    }
}

impl fmt::Debug for Variables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Variables")
    }
}
