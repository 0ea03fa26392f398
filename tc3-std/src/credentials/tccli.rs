//! The credentials that tccli keeps.

use super::{
    error::{CredentialError, FileFault},
    file::{checked, fail, read, text},
    found::{FoundCredentials, Lookup, Provider},
    json::Object,
};
use std::path::{Path, PathBuf};
use tc3_core::Timestamp;

/// Names as tccli spells them.
const NAMES: [&str; 3] = ["secretId", "secretKey", "token"];

/// A profile of tccli, the vendor's command line: the JSON file `PROFILE.credential` in `~/.tccli`.
///
/// The file is read and never written: tccli renews what `tccli auth login` has stored. If the profile has a `role-arn`,
/// its credentials are those of the role, by `AssumeRole`, as with tccli.
#[derive(Clone, Debug)]
pub struct TccliProfile {
    path: PathBuf,
    must_exist: bool,
    #[cfg(feature = "tls")]
    sts: super::sts::Sts,
}

impl TccliProfile {
    /// Reads `PROFILE.credential` in this directory. The source is absent if there is no such file.
    #[must_use]
    pub fn new(directory: impl AsRef<Path>, profile: &str) -> Self {
        Self { must_exist: false, ..Self::file(directory.as_ref().join(format!("{profile}.credential"))) }
    }

    /// Reads this file. It is an error if it does not exist.
    #[must_use]
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            must_exist: true,
            #[cfg(feature = "tls")]
            sts: super::sts::Sts::default(),
        }
    }

    /// Asks this STS for the role of a profile that has one.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn sts(self, sts: super::sts::Sts) -> Self {
        Self { sts, ..self }
    }

    #[cfg(feature = "tls")]
    fn assume(
        &self,
        found: FoundCredentials,
        [arn, session]: [String; 2],
        now: Timestamp,
    ) -> Result<FoundCredentials, CredentialError> {
        let role = super::sts::Role { arn, session, seconds: None };
        self.sts.assume(&found, &role, now)
    }

    #[cfg(not(feature = "tls"))]
    #[allow(clippy::unused_self, reason = "has the signature of the other")]
    fn assume(
        &self,
        found: FoundCredentials,
        _: [String; 2],
        _: Timestamp,
    ) -> Result<FoundCredentials, CredentialError> {
        Err(CredentialError::NeedsNetwork { origin: found.origin })
    }
}

impl Provider for TccliProfile {
    fn find(&self, now: Timestamp) -> Result<Lookup, CredentialError> {
        let path = &*self.path;
        let Some(contents) = read(path, self.must_exist)? else {
            return Ok(Lookup::Absent(format!("there is no {}", path.display())));
        };
        let object = Object::read(text(path, &contents.bytes)?)
            .map_err(|at| fail(path, Some(at.line), FileFault::Json { column: at.column }))?;
        let wrong = |name| fail(path, None, FileFault::WrongType { name });
        let [id, key, token] = NAMES.map(|name| object.string(name).map_err(wrong));
        let values = [id?, key?, token?].map(|value| value.map(|value| (None, value)));
        let expires = object.seconds("expiresAt").map_err(wrong)?.map(Timestamp::from_unix).transpose();
        let expires = expires.map_err(|_| wrong("expiresAt"))?;
        let [arn, session] = ["role-arn", "role-session-name"].map(|name| object.string(name).map_err(wrong));
        let [arn, session] = [arn?, session?].map(|value| value.filter(|value| !value.is_empty()));
        let origin = path.display().to_string();
        let found = checked(path, NAMES, values, (origin, contents.remark), expires)?;
        if let Some(expires) = expires.filter(|expires| *expires <= now) {
            return Err(CredentialError::Expired { origin: found.origin, expires });
        }
        let found = match (arn, session) {
            (None, _) => found,
            (Some(arn), Some(session)) => self.assume(found, [arn.to_string(), session.to_string()], now)?,
            (Some(_), None) => {
                return Err(fail(path, None, FileFault::Missing { name: "role-session-name" }));
            }
        };
        Ok(Lookup::Found(found))
    }
}
