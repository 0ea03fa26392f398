//! Changes bytes, as an attacker on the network could.

use crate::source::Source;

/// Replaces, inserts or removes one byte.
pub(crate) fn byte(bytes: &mut Vec<u8>, source: &mut Source<'_>) {
    let (change, at, byte) = (source.below(4), source.short(), source.byte());
    let at = at % (bytes.len() + 1);
    match bytes.get_mut(at) {
        Some(old) if change < 2 => *old = byte,
        Some(_) if change == 2 => drop(bytes.remove(at)),
        _ => bytes.insert(at, byte),
    }
}

/// The same for a string; invalid UTF-8 is replaced.
pub(crate) fn string(string: &mut String, source: &mut Source<'_>) {
    let mut bytes = std::mem::take(string).into_bytes();
    byte(&mut bytes, source);
    *string = String::from_utf8_lossy(&bytes).into_owned();
}
