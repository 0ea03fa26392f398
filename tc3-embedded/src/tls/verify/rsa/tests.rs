//! Compares RSA verification with the `rsa` crate. Also tests the rules of this crate that the `rsa` crate
//! does not have.

mod attempt;
mod differences;
mod differential;
mod forge;
mod key;
mod power;
mod scheme;

const SEED: u64 = 0x7463_3320_5253_4121;
