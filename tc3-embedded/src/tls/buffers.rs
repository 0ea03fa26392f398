//! The buffers of a connection.

use core::cell::Cell;
use core::fmt;
use core::mem::MaybeUninit;

use zeroize::Zeroize;

use super::error::TlsError;
use super::guard::records::MAX_RECORD;

/// The buffers of one connection.
///
/// `IN` is the size of the receive buffer in bytes. The buffer must hold a whole record without its
/// header; the default fits the longest record that RFC 8446 allows. A record longer than the buffer
/// fails with [`TlsError::RecordTooLong`]. The record with the server's certificates is usually the
/// longest. `OUT` is the size of the send buffer in bytes: longer data is sent in several records.
///
/// Place the buffers in static memory: they are too large for most stacks.
///
/// ```
/// use static_cell::ConstStaticCell;
/// use tc3_embedded::tls::Buffers;
///
/// static BUFFERS: ConstStaticCell<Buffers> = ConstStaticCell::new(Buffers::new());
///
/// let buffers: &'static mut Buffers = BUFFERS.take();
/// # buffers.wipe();
/// ```
///
/// ```compile_fail,E0080
/// # use tc3_embedded::tls::Buffers;
/// let short = Buffers::<16_640, 600>::new(); // too small for the ClientHello
/// ```
///
/// ```compile_fail,E0080
/// # use tc3_embedded::tls::Buffers;
/// let long = Buffers::<16_640, 20_000>::new(); // larger than a record
/// ```
pub struct Buffers<const IN: usize = MAX_RECORD, const OUT: usize = 1024> {
    pub(super) received: [u8; IN],
    pub(super) sent: [u8; OUT],
    /// Initialised by `connect`. The value for "no fault" is not all zeros: if it were stored here, a
    /// static would need the initial value of all its 17 KB in flash.
    pub(super) fault: MaybeUninit<Cell<Option<TlsError>>>,
}

impl<const IN: usize, const OUT: usize> Buffers<IN, OUT> {
    /// Buffers of zeros.
    #[must_use]
    pub const fn new() -> Self {
        const { assert!(OUT >= MIN_OUT, "OUT is too small for a ClientHello: at least 640 bytes") }
        const { assert!(OUT <= MAX_OUT, "OUT is larger than a record: at most 16,512 bytes") }
        Self { received: [0; IN], sent: [0; OUT], fault: MaybeUninit::uninit() }
    }
}

impl<const IN: usize, const OUT: usize> Buffers<IN, OUT> {
    /// Overwrites the bytes that the last connection received and sent. They can include secrets.
    pub fn wipe(&mut self) {
        // zeroize overwrites slices word by word, but arrays byte by byte.
        self.received.as_mut_slice().zeroize();
        self.sent.as_mut_slice().zeroize();
    }
}

/// Minimum of `OUT` in bytes: a ClientHello with the longest host name, 253 bytes, and the bytes that
/// embedded-tls reserves.
const MIN_OUT: usize = 640;
/// Maximum of `OUT` in bytes: the longest content of a record (RFC 8446 section 5.1), and the bytes
/// that embedded-tls reserves. It would fill a larger buffer with one record that is too long.
const MAX_OUT: usize = (1 << 14) + 128;

impl<const IN: usize, const OUT: usize> Default for Buffers<IN, OUT> {
    fn default() -> Self {
        Self::new()
    }
}

/// Shows the sizes only.
impl<const IN: usize, const OUT: usize> fmt::Debug for Buffers<IN, OUT> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Buffers").field("received", &IN).field("sent", &OUT).finish_non_exhaustive()
    }
}

#[cfg(feature = "defmt")]
impl<const IN: usize, const OUT: usize> defmt::Format for Buffers<IN, OUT> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "Buffers {{ received: {}, sent: {}, .. }}", IN, OUT);
    }
}

#[cfg(test)]
mod tests {
    use super::Buffers;

    #[test]
    fn wiped_buffers_are_all_zeros() {
        let mut buffers = Buffers::<64, 640>::new();
        buffers.received.fill(0xA5);
        buffers.sent.fill(0x5A);
        buffers.wipe();
        assert_eq!(buffers.received, [0; 64]);
        assert_eq!(buffers.sent, [0; 640]);
    }
}
