#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::v1::check(data));
