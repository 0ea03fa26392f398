//! Signs a POST of JSON for the service's nearest host.
#![no_std]
#![no_main]

use footprint::{fixture, image};
use tc3_core::Host;

image!(|_, out| fixture::signed(|_| Host::Nearest, out));
