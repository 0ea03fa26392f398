//! The trait of a SHA-256 engine.

use super::block::Hash;
use crate::encode::Sink;

/// A SHA-256 engine. A [`Signer`](crate::Signer) hashes one message after another with it.
///
/// [`Software`](crate::Software) is the default. Implement the trait for a hash peripheral to use that
/// instead.
///
/// ```
/// use tc3_core::{Credentials, Sha256Engine, Signer, Software};
///
/// /// Stands for a peripheral whose state can be neither read nor loaded.
/// struct Peripheral(Software);
///
/// impl Sha256Engine for Peripheral {
///     fn begin(&mut self) {
///         self.0.begin();
///     }
///
///     fn update(&mut self, bytes: &[u8]) {
///         self.0.update(bytes);
///     }
///
///     fn finish(&mut self, digest: &mut [u8; 32]) {
///         self.0.finish(digest);
///     }
/// }
///
/// let mut peripheral = Peripheral(Software::new());
/// let signer = Signer::with_hash(Credentials::new("AKIDEXAMPLE", "key")?, &mut peripheral);
/// # let _ = signer;
/// # Ok::<(), tc3_core::Invalid>(())
/// ```
pub trait Sha256Engine {
    /// Starts a message and discards an unfinished one. If no message was started, the digest is unspecified.
    fn begin(&mut self);

    /// Starts a message whose first block probably equals that of the previous such message. The
    /// message contains no secret. [`CachingSha256`](crate::CachingSha256) hashes an equal block once.
    fn begin_cacheable(&mut self) {
        self.begin();
    }

    /// Adds bytes to the message: often few at a time, and for names one at a time.
    fn update(&mut self, bytes: &[u8]);

    /// Ends the message and writes all 32 bytes of the digest. The engine must not store a copy.
    // Written in place, because a returned digest would leave a copy on the stack.
    fn finish(&mut self, digest: &mut [u8; 32]);

    /// Writes the midstate, which is the state after the first 64-byte block, if the engine can resume
    /// from it.
    ///
    /// With midstates, a signer stores the key of the day as two of them, and each signature hashes two blocks
    /// fewer.
    #[expect(unused_variables, reason = "the name is for implementers")]
    fn midstate(&self, state: &mut [u8; 32]) {}

    /// Resumes after the first 64-byte block, from a [`midstate`](Self::midstate).
    ///
    /// If midstates are unsupported, always returns `false` and changes nothing; `state` may then hold
    /// a key.
    #[expect(unused_variables, reason = "the name is for implementers")]
    fn resume(&mut self, state: &[u8; 32]) -> bool {
        false
    }
}

impl<T: Sha256Engine + ?Sized> Sha256Engine for &mut T {
    fn begin(&mut self) {
        (**self).begin();
    }

    fn begin_cacheable(&mut self) {
        (**self).begin_cacheable();
    }

    fn update(&mut self, bytes: &[u8]) {
        (**self).update(bytes);
    }

    fn finish(&mut self, digest: &mut [u8; 32]) {
        (**self).finish(digest);
    }

    fn midstate(&self, state: &mut [u8; 32]) {
        (**self).midstate(state);
    }

    fn resume(&mut self, state: &[u8; 32]) -> bool {
        (**self).resume(state)
    }
}

/// This crate hashes only through [`Sink::put`].
impl<H: Sha256Engine> Sink for H {
    fn put(&mut self, bytes: &[u8]) {
        self.update(bytes);
    }
}

impl<H: Sha256Engine> Hash for H {
    const LEN: usize = 32;

    fn begin(&mut self) {
        Sha256Engine::begin(self);
    }

    fn finish(&mut self, digest: &mut [u8; 32]) {
        Sha256Engine::finish(self, digest);
    }
}
