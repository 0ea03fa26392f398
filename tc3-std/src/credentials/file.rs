//! Files of credentials: reading, and the checks that all formats share.

use super::{
    environment::is_quoted,
    error::{CredentialError, FileFault},
    found::FoundCredentials,
};
use crate::signer::OwnedCredentials;
use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};
use tc3_core::{Field, Invalid, Timestamp};
use zeroize::Zeroizing;

const MAX_SIZE: u64 = 1 << 20;

/// A file's bytes, and a remark if other users can read them.
pub(super) struct Contents {
    pub(super) bytes: Zeroizing<Vec<u8>>,
    pub(super) remark: Option<String>,
}

pub(super) fn fail(path: &Path, line: Option<usize>, fault: FileFault) -> CredentialError {
    CredentialError::File { path: path.to_owned(), line, fault }
}

/// Reads a file. `None` if it does not exist, unless it must.
pub(super) fn read(path: &Path, must_exist: bool) -> Result<Option<Contents>, CredentialError> {
    // `~/.tencentcloud` may also be a file, so that there can be nothing in it.
    let absent = [io::ErrorKind::NotFound, io::ErrorKind::NotADirectory];
    match open(path) {
        Ok(Some(contents)) => Ok(Some(contents)),
        Ok(None) => Err(fail(path, None, FileFault::TooLarge)),
        Err(error) if !must_exist && absent.contains(&error.kind()) => Ok(None),
        Err(error) => Err(fail(path, None, FileFault::Unreadable(error))),
    }
}

fn open(path: &Path) -> io::Result<Option<Contents>> {
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    // A buffer that grows would leave copies that are not wiped.
    let room = usize::try_from(metadata.len().min(MAX_SIZE)).unwrap_or_default().saturating_add(64);
    let mut bytes = Zeroizing::new(Vec::with_capacity(room));
    file.take(MAX_SIZE.saturating_add(1)).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).is_ok_and(|len| len > MAX_SIZE) {
        return Ok(None);
    }
    Ok(Some(Contents { bytes, remark: remark(path, &metadata) }))
}

#[cfg(unix)]
fn remark(path: &Path, metadata: &std::fs::Metadata) -> Option<String> {
    use std::os::unix::fs::PermissionsExt;
    let is_open = metadata.permissions().mode() & 0o044 != 0;
    is_open.then(|| format!("other users can read {0}: chmod 600 {0}", path.display()))
}

#[cfg(not(unix))]
fn remark(_: &Path, _: &std::fs::Metadata) -> Option<String> {
    None
}

/// The text of a file, without the byte order mark that editors of Windows write.
pub(super) fn text<'a>(path: &Path, bytes: &'a [u8]) -> Result<&'a str, CredentialError> {
    let text = str::from_utf8(bytes).map_err(|error| {
        let valid = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let line = valid.iter().filter(|byte| **byte == b'\n').count().saturating_add(1);
        fail(path, Some(line), FileFault::NotUtf8)
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// A value and the line that it is on.
pub(super) type Value = (Option<usize>, Zeroizing<String>);

/// Names of id, key and token in a format.
pub(super) type Names = [&'static str; 3];

/// Checks the values of a file and puts them together.
pub(super) fn checked(
    path: &Path,
    names: Names,
    values: [Option<Value>; 3],
    place: (String, Option<String>),
    expires: Option<Timestamp>,
) -> Result<FoundCredentials, CredentialError> {
    let ([id_name, key_name, token_name], [id, key, token], (origin, remark)) = (names, values, place);
    let require = |name, value: Option<Value>| match value {
        None => Err(fail(path, None, FileFault::Missing { name })),
        Some((line, value)) if value.is_empty() => Err(fail(path, line, FileFault::Empty { name })),
        Some((line, value)) if is_quoted(&value) => Err(fail(path, line, FileFault::Quoted { name })),
        Some(value) => Ok(value),
    };
    let (id_line, id) = require(id_name, id)?;
    let (key_line, key) = require(key_name, key)?;
    let token = token.filter(|(_, token)| !token.is_empty());
    let token = token.map(|token| require(token_name, Some(token))).transpose()?;
    let (token_line, token) = token.map_or((None, None), |(line, token)| (line, Some(token)));
    let owned = OwnedCredentials::checked(id.to_string(), key, token, expires).map_err(|invalid| {
        let (line, name) = match invalid {
            Invalid::Byte { field: Field::SecretKey, .. } => (key_line, key_name),
            Invalid::Byte { field: Field::Token, .. } => (token_line, token_name),
            _ => (id_line, id_name),
        };
        fail(path, line, FileFault::Malformed { name, invalid })
    })?;
    Ok(FoundCredentials { owned, origin, remark })
}
