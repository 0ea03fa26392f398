//! Reads files of the machine that runs the emulator.

use core::ffi::CStr;
use core::fmt;

use semihosting::fs::File;
use semihosting::io::Read;

/// Maximum length of a path, in bytes.
const MAX_PATH: usize = 255;

/// Reads a whole file into `buffer`, which must be at least one byte longer than the file.
///
/// # Errors
/// [`FileError`]: the file cannot be opened or read, or is too long for the buffer.
pub fn read<'p, 'b>(path: &'p str, buffer: &'b mut [u8]) -> Result<&'b [u8], FileError<'p>> {
    let error = |fault| FileError { path, fault };
    let mut file = open(path).map_err(error)?;
    let mut length = 0;
    while let Some(free) = buffer.get_mut(length..).filter(|free| !free.is_empty()) {
        match file.read(free) {
            Ok(0) => return Ok(buffer.get(..length).unwrap_or_default()),
            Ok(count) => length = length.saturating_add(count),
            Err(_) => return Err(error(Fault::Read { at: length })),
        }
    }
    Err(error(Fault::TooLong { limit: length }))
}

fn open(path: &str) -> Result<File, Fault> {
    let mut name = [0; MAX_PATH + 1];
    let prefix = name.get_mut(..path.len().min(MAX_PATH)).unwrap_or_default();
    for (to, from) in prefix.iter_mut().zip(path.bytes()) {
        *to = from;
    }
    match CStr::from_bytes_until_nul(&name) {
        Ok(name) if name.count_bytes() == path.len() => File::open(name).map_err(|_| Fault::Open),
        _ => Err(Fault::Path { limit: MAX_PATH }),
    }
}

/// A file of the host could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct FileError<'p> {
    path: &'p str,
    fault: Fault,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
enum Fault {
    Path { limit: usize },
    Open,
    Read { at: usize },
    TooLong { limit: usize },
}

impl fmt::Display for FileError<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "file {}: ", self.path)?;
        match self.fault {
            Fault::Path { limit } => write!(f, "the path is over {limit} bytes or contains a NUL"),
            Fault::Open => f.write_str("cannot be opened"),
            Fault::Read { at } => write!(f, "cannot be read after byte {at}"),
            Fault::TooLong { limit } => write!(f, "too long: it must be under {limit} bytes"),
        }
    }
}

impl core::error::Error for FileError<'_> {}
