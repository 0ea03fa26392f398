//! Sends signed requests with HTTP clients other than `tc3-embedded`. The docs of `tc3-core`, module
//! `with_other_http_clients`, show these functions and say which client needs which headers.
#![no_std]

pub mod esp_idf;
pub mod reqwless;
