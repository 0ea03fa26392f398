//! Values as `defmt` frames: the bytes that a board would send.

use defmt::{Format, export};

/// The frame of a value: the indices of its format strings, and the bytes of the values in them.
pub fn frame(value: &impl Format) -> Vec<u8> {
    export::fmt(value);
    export::fetch_bytes()
}
