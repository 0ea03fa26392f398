//! What somebody on the way may do to bytes.

use crate::source::Source;

/// Replaces, adds or takes away one byte.
pub(crate) fn byte(bytes: &mut Vec<u8>, source: &mut Source<'_>) {
    let (what, at, byte) = (source.below(4), source.short(), source.byte());
    let at = at % (bytes.len() + 1);
    match bytes.get_mut(at) {
        Some(place) if what < 2 => *place = byte,
        Some(_) if what == 2 => drop(bytes.remove(at)),
        _ => bytes.insert(at, byte),
    }
}

/// The same, for a text that has to stay one.
pub(crate) fn text(text: &mut String, source: &mut Source<'_>) {
    let mut bytes = std::mem::take(text).into_bytes();
    byte(&mut bytes, source);
    *text = String::from_utf8_lossy(&bytes).into_owned();
}
