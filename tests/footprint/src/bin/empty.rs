//! Does nothing. Its figures are subtracted from those of the other images.
#![no_std]
#![no_main]

use footprint::{fixture, image};

static LEN: usize = 0;

image!(|_, _| Some(fixture::read(&LEN)));
