#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::tc3::check(data));
