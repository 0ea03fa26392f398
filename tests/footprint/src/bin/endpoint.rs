//! Signs a POST of JSON for a host that is compared with the service.
#![no_std]
#![no_main]

use footprint::{fixture, image};
use tc3_core::Host;

image!(|_, out| fixture::signed(Host::Endpoint, out));
