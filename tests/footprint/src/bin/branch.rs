//! A planted defect: branches on a key. Counting instructions must detect it.
#![no_std]
#![no_main]

use core::hint::black_box;

use footprint::{fixture, image};

image!(|_, out| {
    let mut odd = 0u8;
    for byte in fixture::key().bytes() {
        if byte & 1 == 1 {
            odd = black_box(odd.wrapping_add(1));
        }
    }
    *out.first_mut()? = odd;
    Some(1)
});
