//! What the errors of a stream mean.

use embedded_io::ErrorKind;

/// Whether this kind of error means that the connection was closed.
pub(crate) const fn is_closed(kind: ErrorKind) -> bool {
    use ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, NotConnected};
    matches!(kind, BrokenPipe | ConnectionAborted | ConnectionReset | NotConnected)
}
