//! Buffers that are wiped after use.

use zeroize::Zeroize;

/// Wipes its buffer when dropped. What was sent may hold a token and is not needed any more,
/// whether sending it succeeded or not.
pub(super) struct Wiped<'b>(pub(super) &'b mut [u8]);

impl AsRef<[u8]> for Wiped<'_> {
    fn as_ref(&self) -> &[u8] {
        self.0
    }
}

impl Drop for Wiped<'_> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}
