//! Wipes the parts of keys that a derivation leaves on the stack.

use zeroize::zeroize_stack;

/// Bytes of stack to wipe. They reach deeper than any trace of a key, which `cargo xtask secrets` checks: 352 bytes did
/// not, on a Cortex-M0 at opt-level s.
const DEPTH: usize = 384;

/// Overwrites the stack below the caller with zeros: the functions that it called may have saved parts of a
/// key there.
// Inlined, so that the frame of zeros, which is not, takes the place of their frames.
#[inline(always)]
pub(crate) fn wipe_stack() {
    zeroize_stack::<DEPTH>();
}
