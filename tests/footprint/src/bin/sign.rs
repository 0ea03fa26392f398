//! Derives the key and signs a POST of JSON.
#![no_std]
#![no_main]

use footprint::{Meter, OUT, fixture, image};
use tc3_core::Host;

image!(sign);

fn sign(_: &mut Meter, out: &mut [u8; OUT]) -> Option<usize> {
    fixture::signed(Host::Unchecked, out)
}
