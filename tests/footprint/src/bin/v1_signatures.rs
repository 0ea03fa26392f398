//! Signs a POST with signature v1 and both algorithms. Instructions are counted with several keys, so nothing is
//! written: encoding a signature, which is public, takes a number of instructions that depends on it.
#![no_std]
#![no_main]

use core::hint::black_box;

use footprint::{fixture, image};
use tc3_core::v1::Algorithm;

image!(|_, _| {
    for algorithm in [Algorithm::HmacSha1, Algorithm::HmacSha256] {
        fixture::signed_v1(algorithm, |signed| {
            black_box(signed.signature());
            Some(0)
        })?;
    }
    Some(0)
});
