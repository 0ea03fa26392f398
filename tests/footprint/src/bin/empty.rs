//! Does nothing. Its figures are subtracted from those of the other images.
#![no_std]
#![no_main]

use footprint::{Meter, OUT, fixture, image};

image!(nothing);

static LEN: usize = 0;

fn nothing(_: &mut Meter, _: &mut [u8; OUT]) -> Option<usize> {
    Some(fixture::read(&LEN))
}
