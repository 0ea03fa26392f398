//! What a value is as a `defmt` frame: the bytes that a board would send, kept on this machine.

use defmt::{Format, export};

/// What the chip would send of a value: numbers of format strings, which stay on the host, and the bytes
/// of the values in them.
pub fn frame(value: &impl Format) -> Vec<u8> {
    export::fmt(value);
    export::fetch_bytes()
}
