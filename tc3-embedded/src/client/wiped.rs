//! Buffers that are wiped after use.

use zeroize::Zeroize;

/// Wipes the borrowed buffer when dropped, so that no token in an encoded request remains in memory,
/// even if sending failed.
pub(super) struct WipeOnDrop<'b>(pub(super) &'b mut [u8]);

impl AsRef<[u8]> for WipeOnDrop<'_> {
    fn as_ref(&self) -> &[u8] {
        self.0
    }
}

impl Drop for WipeOnDrop<'_> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}
