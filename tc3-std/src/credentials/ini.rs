//! The ini file of the official SDKs.

use super::{
    error::{CredentialError, FileFault},
    file::{Value, checked, fail, read, text},
    found::{Lookup, Provider},
};
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};
use tc3_core::Timestamp;
use zeroize::Zeroizing;

/// Names as the SDKs spell them. They have no token in this file; here it is `token`.
const NAMES: [&str; 3] = ["secret_id", "secret_key", "token"];

/// The ini file of the official SDKs: a section for each profile.
///
/// ```ini
/// [default]
/// secret_id = AKIDEXAMPLE
/// secret_key = ...
/// ```
///
/// The first of the paths that exists is read. Lines that begin with `#` or `;` are comments. Names of settings may have
/// capitals. Values in quotes are refused: the SDKs do not agree on whether the quotes belong to the value. Other
/// settings are ignored.
///
/// ```no_run
/// use tc3_std::{SystemClock, credentials::{CredentialChain, CredentialsFile}};
///
/// let file = CredentialsFile::new("/run/secrets/tencentcloud").profile("production");
/// let found = CredentialChain::of(file).find(SystemClock.now()?)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct CredentialsFile {
    paths: Vec<PathBuf>,
    must_exist: bool,
    profile: Option<String>,
}

impl CredentialsFile {
    /// Reads this file. It is an error if it does not exist.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { paths: vec![path.into()], must_exist: true, profile: None }
    }

    /// Reads the first file that exists, if one does.
    pub(super) const fn first_of(paths: Vec<PathBuf>) -> Self {
        Self { paths, must_exist: false, profile: None }
    }

    /// Reads this profile in place of `default`.
    #[must_use]
    pub fn profile(self, name: impl Into<String>) -> Self {
        Self { profile: Some(name.into()), ..self }
    }
}

impl Provider for CredentialsFile {
    fn find(&self, _: Timestamp) -> Result<Lookup, CredentialError> {
        for path in &self.paths {
            let Some(contents) = read(path, self.must_exist)? else { continue };
            let profile = self.profile.as_deref().unwrap_or("default");
            return match parse(path, text(path, &contents.bytes)?, profile)? {
                Ok(values) => {
                    let origin = format!("profile [{profile}] of {}", path.display());
                    checked(path, NAMES, values, (origin, contents.remark), None).map(Lookup::Found)
                }
                // The profile that a variable names may be one of tccli's.
                Err(fault) if self.profile.is_some() && !self.must_exist => {
                    Ok(Lookup::Absent(format!("{}: {fault}", path.display())))
                }
                Err(fault) => Err(fail(path, None, fault)),
            };
        }
        let paths: Vec<_> = self.paths.iter().map(|path| path.display().to_string()).collect();
        Ok(Lookup::Absent(format!("there is no {}", paths.join(" or "))))
    }
}

type Values = [Option<Value>; 3];

/// The values of a profile, or that there is none. The syntax of the whole file is checked.
fn parse(path: &Path, text: &str, profile: &str) -> Result<Result<Values, FileFault>, CredentialError> {
    let (mut values, mut section) = ([None, None, None], None);
    let (mut sections, mut names) = (BTreeSet::new(), BTreeSet::new());
    for (number, line) in (1_usize..).zip(text.lines()) {
        let fault = |fault| fail(path, Some(number), fault);
        let twice = |name: &str| fault(FileFault::Twice { name: name.to_owned() });
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with(['#', ';']) {
            continue;
        }
        // To the SDKs, an indented line continues the value before it.
        if line.starts_with([' ', '\t']) {
            return Err(fault(FileFault::Syntax));
        }
        if let Some(name) = trimmed.strip_prefix('[') {
            let name = name.strip_suffix(']').ok_or_else(|| fault(FileFault::Syntax))?.trim();
            if !sections.insert(name) {
                return Err(twice(&format!("[{name}]")));
            }
            section = Some(name);
            names.clear();
            continue;
        }
        let (Some(section), Some((name, value))) = (section, trimmed.split_once(['=', ':'])) else {
            return Err(fault(FileFault::Syntax));
        };
        let name = name.trim_end().to_ascii_lowercase();
        if section == profile {
            for (slot, known) in values.iter_mut().zip(NAMES) {
                if name == known {
                    *slot = Some((Some(number), Zeroizing::new(value.trim_start().to_owned())));
                }
            }
        }
        if names.contains(&name) {
            return Err(twice(&name));
        }
        names.insert(name);
    }
    if sections.contains(profile) {
        return Ok(Ok(values));
    }
    let known = sections.into_iter().map(str::to_owned).collect();
    Ok(Err(FileFault::NoProfile { profile: profile.to_owned(), known }))
}
