//! Files of the machine that emulates the board.

use core::ffi::CStr;
use core::fmt;

use semihosting::fs::File;
use semihosting::io::Read;

/// Longest path, in bytes.
const PATH: usize = 255;

/// Reads all of a file.
///
/// # Errors
/// [`FileError`]: the buffer must be longer than the file, to know that it is all.
pub fn read<'p, 'b>(path: &'p str, into: &'b mut [u8]) -> Result<&'b [u8], FileError<'p>> {
    let error = |fault| FileError { path, fault };
    let mut file = open(path).map_err(error)?;
    let mut length = 0;
    while let Some(room) = into.get_mut(length..).filter(|room| !room.is_empty()) {
        match file.read(room) {
            Ok(0) => return Ok(into.get(..length).unwrap_or_default()),
            Ok(count) => length = length.saturating_add(count),
            Err(_) => return Err(error(Fault::Read { at: length })),
        }
    }
    Err(error(Fault::TooLong { room: length }))
}

fn open(path: &str) -> Result<File, Fault> {
    let mut name = [0; PATH + 1];
    let room = name.get_mut(..path.len().min(PATH)).unwrap_or_default();
    for (to, from) in room.iter_mut().zip(path.bytes()) {
        *to = from;
    }
    match CStr::from_bytes_until_nul(&name) {
        Ok(name) if name.count_bytes() == path.len() => File::open(name).map_err(|_| Fault::Open),
        _ => Err(Fault::Path { limit: PATH }),
    }
}

/// A file of the host that cannot be had.
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
    TooLong { room: usize },
}

impl fmt::Display for FileError<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "file {}: ", self.path)?;
        match self.fault {
            Fault::Path { limit } => write!(f, "path longer than {limit} bytes, or with a NUL"),
            Fault::Open => f.write_str("cannot be opened"),
            Fault::Read { at } => write!(f, "cannot be read from byte {at} on"),
            Fault::TooLong { room } => write!(f, "{room} bytes or more"),
        }
    }
}

impl core::error::Error for FileError<'_> {}
