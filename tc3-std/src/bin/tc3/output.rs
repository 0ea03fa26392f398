//! Standard output and standard error.

use crate::error::CliError;
use std::{
    fmt,
    io::{self, Write},
};

/// Writes a line to standard error. Control characters are escaped, because the line might quote a server
/// and a terminal would execute them.
pub(crate) fn eprint_line(line: impl fmt::Display) {
    // `eprintln!` would panic if standard error cannot be written, and the exit code would be lost.
    let _ = writeln!(io::stderr(), "{}", escape(&line.to_string()));
}

fn escape(line: &str) -> String {
    let escaped = |character: char| match character.is_control() {
        true => character.escape_default().to_string(),
        false => character.to_string(),
    };
    line.chars().map(escaped).collect()
}

/// Like [`print()`], but adds a missing line end, so that the shell's prompt starts on its own line.
pub(crate) fn print_line(bytes: &[u8]) -> Result<(), CliError> {
    print(bytes)?;
    if bytes.ends_with(b"\n") { Ok(()) } else { print(b"\n") }
}

/// Writes to standard output. A pipe that the reader closed early, as `| head` does, is not an error.
pub(crate) fn print(bytes: &[u8]) -> Result<(), CliError> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(CliError::Output(error)),
        _ => Ok(()),
    }
}
