//! Signs a POST with signature v1 and HmacSHA256, and writes its body.
#![no_std]
#![no_main]

use footprint::{fixture, image};
use tc3_core::v1::Algorithm;

image!(|_, out| {
    fixture::signed_v1(Algorithm::HmacSha256, |signed| Some(signed.wire().encode(out).ok()?.len()))
});
