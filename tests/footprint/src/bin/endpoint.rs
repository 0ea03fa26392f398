//! Signs a POST of JSON for a host that is compared with the service.
#![no_std]
#![no_main]

use footprint::{Meter, OUT, fixture, image};
use tc3_core::Host;

image!(sign);

fn sign(_: &mut Meter, out: &mut [u8; OUT]) -> Option<usize> {
    fixture::signed(Host::Endpoint, out)
}
