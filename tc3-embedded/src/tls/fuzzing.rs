//! What is private here, for the properties of `tests/fuzz`: built with `--cfg fuzzing` alone.

use core::cell::Cell;

use super::content::{self, Phase};
use super::error::TlsError;
use super::gate::Gate;
use super::hello::{self, HelloFault};
pub use super::verify::fuzzing::{is_signed, prove, read};

/// A transport that lets only those records through that may come now, and why it has stopped.
pub fn gate<'a, S>(
    stream: S,
    limit: usize,
    fault: &'a Cell<Option<TlsError>>,
) -> impl embedded_io::Read + embedded_io::Write + use<'a, S>
where
    S: embedded_io::Read + embedded_io::Write,
{
    Gate::new(stream, limit, fault)
}

/// Judges a ServerHello.
///
/// # Errors
/// Why it is refused.
pub fn hello(message: &[u8]) -> Result<(), HelloFault> {
    hello::check(message)
}

/// Judges a ServerHello that is too long, by its beginning.
pub fn reject(beginning: &[u8]) -> HelloFault {
    hello::reject(beginning)
}

/// Overwrites what must not be read of a record that came in the handshake.
pub fn admit_in_handshake(record: &mut [u8]) {
    content::admit(Phase::Handshake, record);
}

/// Overwrites what must not be read of a record that came afterwards.
pub fn admit_afterwards(record: &mut [u8]) {
    content::admit(Phase::Application, record);
}
