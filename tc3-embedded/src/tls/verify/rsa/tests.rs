//! Against the `rsa` crate, and against rules that it has not.

mod attempt;
mod differences;
mod differential;
mod forge;
mod key;
mod power;
mod scheme;

const SEED: u64 = 0x7463_3320_5253_4121;
