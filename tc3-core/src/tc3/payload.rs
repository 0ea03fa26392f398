//! HashedRequestPayload: the hash of a body, computed at once or in pieces.

use crate::{
    crypto::{sha256::Sha256Engine, software::Software},
    encode::{Sink, len_u64},
};
use core::fmt;

/// The SHA-256 and the length of a body. The caller reads the body a second time and sends it unchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct HashedPayload {
    pub(crate) digest: [u8; 32],
    pub(crate) len: u64,
}

impl HashedPayload {
    /// Hashes a whole body.
    #[must_use]
    pub fn of(body: &[u8]) -> Self {
        let mut hasher = PayloadHasher::new();
        hasher.update(body);
        hasher.finish()
    }

    /// A body of `len` bytes whose SHA-256 is known, because a hash peripheral computed it or it is stored with a file.
    ///
    /// If another body is sent, the service refuses the signature.
    ///
    /// ```
    /// use tc3_core::HashedPayload;
    ///
    /// let body = HashedPayload::of(b"a firmware image");
    /// assert_eq!(HashedPayload::from_digest(*body.digest(), 16), body);
    /// ```
    #[must_use]
    pub const fn from_digest(digest: [u8; 32], len: u64) -> Self {
        Self { digest, len }
    }

    /// The SHA-256 of the body.
    #[must_use]
    pub const fn digest(&self) -> &[u8; 32] {
        &self.digest
    }

    /// The length of the body in bytes.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "an empty body is a body too")]
    pub const fn len(&self) -> u64 {
        self.len
    }
}

/// Hashes a body in pieces, such as a file, flash pages or a camera frame.
///
/// ```
/// use tc3_core::{ContentType, Invalid, PayloadHasher, api};
///
/// let mut hasher = PayloadHasher::new();
/// for page in [&b"first page, "[..], b"second page"] {
///     hasher.update(page);
/// }
/// let call = api!("cls", "2020-10-16").action("UploadLog");
/// let payload = hasher.finish();
/// let request = call.streamed(ContentType::Octets, &payload)?;
/// assert_eq!(request.body_len(), 23);
/// # Ok::<(), Invalid>(())
/// ```
pub struct PayloadHasher<H: Sha256Engine = Software> {
    hash: H,
    len: u64,
}

impl PayloadHasher {
    /// A hasher that hashes in software.
    #[must_use]
    pub fn new() -> Self {
        Self::with_hash(Software::new())
    }
}

impl<H: Sha256Engine> PayloadHasher<H> {
    /// A hasher that hashes with `hash`.
    #[must_use]
    pub fn with_hash(mut hash: H) -> Self {
        hash.begin();
        Self { hash, len: 0 }
    }

    /// Adds the next piece.
    pub fn update(&mut self, piece: &[u8]) {
        self.hash.put(piece);
        self.len = self.len.saturating_add(len_u64(piece.len()));
    }

    /// Ends the body, and returns its hash and length.
    #[must_use]
    pub fn finish(mut self) -> HashedPayload {
        let mut payload = HashedPayload { digest: [0; 32], len: self.len };
        self.hash.finish(&mut payload.digest);
        payload
    }
}

impl Default for PayloadHasher {
    fn default() -> Self {
        Self::new()
    }
}

impl<H: Sha256Engine> fmt::Debug for PayloadHasher<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PayloadHasher").field("len", &self.len).finish_non_exhaustive()
    }
}

#[cfg(feature = "defmt")]
impl<H: Sha256Engine> defmt::Format for PayloadHasher<H> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "PayloadHasher({=u64})", self.len);
    }
}
