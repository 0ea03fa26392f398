//! The buffers of one connection.

use tc3_embedded::tls;

/// Size of the buffer for the head of the request, and later for the head of the response.
pub const HEAD: usize = 1024;

/// Size of the buffer for the form of a v1 request, and later for the response body or one piece of it.
pub const BODY: usize = 1024;

/// Size of the buffer for a root certificate in DER. With an RSA-4096 key it has about 1,400 bytes.
const ROOT: usize = 1536;

/// Buffers of one connection that are too large for the stack.
#[derive(Debug)]
pub struct StaticBuffers {
    /// The TLS connection's buffers.
    pub tls: tls::Buffers,
    /// The root certificate in DER.
    pub root: [u8; ROOT],
}

impl StaticBuffers {
    /// Empty buffers.
    #[must_use]
    pub const fn new() -> Self {
        Self { tls: tls::Buffers::new(), root: [0; ROOT] }
    }
}

impl Default for StaticBuffers {
    fn default() -> Self {
        Self::new()
    }
}
