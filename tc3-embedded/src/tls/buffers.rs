//! What a connection needs room for.

use core::cell::Cell;
use core::fmt;
use core::mem::MaybeUninit;

use zeroize::Zeroize;

use super::error::TlsError;
use super::filter::MAX_RECORD;

/// The room that a connection works in, for one connection at a time.
///
/// `IN` bytes for what is received: a record has to fit whole. The default is the longest that a
/// server may send; a smaller one is refused by name when it comes
/// ([`TlsError::RecordTooLong`]), and the server's certificates come in one record. `OUT` bytes for
/// what is sent: longer data goes out in several records.
///
/// They are big, and belong in static memory rather than on a stack:
///
/// ```
/// use static_cell::ConstStaticCell;
/// use tc3_embedded::tls::Buffers;
///
/// static ROOM: ConstStaticCell<Buffers> = ConstStaticCell::new(Buffers::new());
///
/// let room: &'static mut Buffers = ROOM.take();
/// # room.wipe();
/// ```
///
/// ```compile_fail,E0080
/// # use tc3_embedded::tls::Buffers;
/// let short = Buffers::<16_640, 600>::new(); // no room for the first message
/// ```
///
/// ```compile_fail,E0080
/// # use tc3_embedded::tls::Buffers;
/// let long = Buffers::<16_640, 20_000>::new(); // more than a record may hold
/// ```
pub struct Buffers<const IN: usize = MAX_RECORD, const OUT: usize = 1024> {
    pub(super) received: [u8; IN],
    pub(super) sent: [u8; OUT],
    /// Written when a connection begins: no fault is not all zeros, and a static of these would lie in
    /// flash as well.
    pub(super) fault: MaybeUninit<Cell<Option<TlsError>>>,
}

impl<const IN: usize, const OUT: usize> Buffers<IN, OUT> {
    /// Empty ones.
    #[must_use]
    pub const fn new() -> Self {
        const { assert!(OUT >= MIN_OUT, "the ClientHello needs more room for what is sent") }
        const { assert!(OUT <= MAX_OUT, "embedded-tls fills a record whatever its length") }
        Self { received: [0; IN], sent: [0; OUT], fault: MaybeUninit::uninit() }
    }
}

impl<const IN: usize, const OUT: usize> Buffers<IN, OUT> {
    /// Overwrites what the last connection received and sent: answers may hold secrets.
    pub fn wipe(&mut self) {
        // As slices, because arrays are overwritten byte by byte.
        self.received.as_mut_slice().zeroize();
        self.sent.as_mut_slice().zeroize();
    }
}

/// A ClientHello with a host of 253 bytes, and what embedded-tls sets aside.
const MIN_OUT: usize = 640;
/// What a record may hold (RFC 8446 section 5.1), and what embedded-tls sets aside.
const MAX_OUT: usize = (1 << 14) + 128;

impl<const IN: usize, const OUT: usize> Default for Buffers<IN, OUT> {
    fn default() -> Self {
        Self::new()
    }
}

/// Without what went through it.
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
    fn nothing_of_a_connection_is_left_once_they_are_wiped() {
        let mut buffers = Buffers::<64, 640>::new();
        buffers.received.fill(0xA5);
        buffers.sent.fill(0x5A);
        buffers.wipe();
        assert_eq!(buffers.received, [0; 64]);
        assert_eq!(buffers.sent, [0; 640]);
    }
}
