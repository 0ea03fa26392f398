//! A custom SHA-256 engine.

use tc3_core::{Sha256Engine, Software};

/// Stands for a peripheral that does not support midstates.
pub struct Peripheral(Software);

impl Peripheral {
    /// Creates the engine.
    #[must_use]
    pub const fn new() -> Self {
        Self(Software::new())
    }
}

impl Sha256Engine for Peripheral {
    fn begin(&mut self) {
        self.0.begin();
    }

    fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&mut self, digest: &mut [u8; 32]) {
        self.0.finish(digest);
    }
}
