#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::verify_v1::check(data));
