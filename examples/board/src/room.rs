//! Memory, and how much of it.

use tc3_embedded::tls;

/// For the head of a request and that of its answer.
pub const HEAD: usize = 1024;

/// For the form of a v1 request, and an answer's body or a piece of it.
pub const BODY: usize = 1024;

/// For a certificate in DER: one of RSA-4096 takes some 1,400 bytes.
const ROOT: usize = 1536;

/// What is too big for a stack, for one connection at a time.
#[derive(Debug)]
pub struct Room {
    /// The connection's.
    pub tls: tls::Buffers,
    /// A root certificate's.
    pub root: [u8; ROOT],
}

impl Room {
    /// Empty.
    #[must_use]
    pub const fn new() -> Self {
        Self { tls: tls::Buffers::new(), root: [0; ROOT] }
    }
}

impl Default for Room {
    fn default() -> Self {
        Self::new()
    }
}
