//! What a key leaves on the stack.

use zeroize::zeroize_stack;

/// Deeper than a key's derivation leaves anything of it, which `cargo xtask secrets` sees; and no deeper
/// than signing goes anyway, which `cargo xtask footprint` sees. In bytes.
const DEPTH: usize = 336;

/// Puts zeros where what its caller has called until now had its frames: what was spilled or saved there
/// can be a part of a key. Inlined, so that the frame of zeros, which is not, lies where those were.
#[inline(always)]
pub(crate) fn cover() {
    zeroize_stack::<DEPTH>();
}
