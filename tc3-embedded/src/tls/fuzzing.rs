//! Access to private functions for `tests/fuzz`. Compiled only with `--cfg fuzzing`.

use core::cell::Cell;

use super::error::{ServerHelloFault, TlsError};
use super::guard::content::{self, Phase};
use super::guard::gate::Gate;
use super::guard::server_hello;
pub use super::verify::fuzzing::{is_signed, prove, read};

/// A gate over this stream. When the gate stops, it stores the reason in `fault`.
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

/// Checks a ServerHello.
///
/// # Errors
/// The reason why the ServerHello is refused.
pub fn check_server_hello(message: &[u8]) -> Result<(), ServerHelloFault> {
    server_hello::check(message)
}

/// The fault of a ServerHello that is too long. `beginning` is its first bytes.
pub fn fault_of_too_long_server_hello(beginning: &[u8]) -> ServerHelloFault {
    server_hello::fault_of_too_long(beginning)
}

/// Filters the plaintext of a record received during the handshake.
pub fn filter_in_handshake(plaintext: &mut [u8]) {
    content::filter(Phase::Handshake, plaintext);
}

/// Filters the plaintext of a record received after the handshake.
pub fn filter_after_handshake(plaintext: &mut [u8]) {
    content::filter(Phase::Application, plaintext);
}
