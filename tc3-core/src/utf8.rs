//! The encoding of all strings: UTF-8. A `&str` is UTF-8 by its type; bytes are checked here.

use crate::error::{Field, Invalid};
use core::str;

/// Refuses bytes that are not UTF-8. Tencent's document: "Only UTF-8 encoding is used."
pub(crate) fn check_utf8(bytes: &[u8], field: Field) -> Result<(), Invalid> {
    str::from_utf8(bytes).map(drop).map_err(|error| {
        let at = error.valid_up_to();
        Invalid::Byte { field, at, byte: bytes.get(at).copied().unwrap_or_default() }
    })
}
