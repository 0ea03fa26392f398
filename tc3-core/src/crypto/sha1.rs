//! SHA-1, for HmacSHA1 alone.

use super::block::{BLOCK, Blocks, Compress, Hash};
use crate::encode::Sink;

/// SHA-1 in software, by the compression function of the `sha1` crate.
pub(crate) struct Sha1(Blocks<Function>);

impl Sha1 {
    pub(crate) const fn new() -> Self {
        Self(Blocks::new())
    }
}

impl Hash for Sha1 {
    const LEN: usize = 20;

    fn begin(&mut self) {
        self.0.begin();
    }

    fn finish(&mut self, digest: &mut [u8; 32]) {
        self.0.finish(digest);
    }
}

impl Sink for Sha1 {
    fn put(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }
}

struct Function;

impl Compress for Function {
    type State = [u32; 5];
    const NONE: Self::State = [0; 5];
    const INITIAL: Self::State = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0];

    fn compress(state: &mut Self::State, blocks: &[[u8; BLOCK]]) {
        sha1::block_api::compress(state, blocks);
    }
}
