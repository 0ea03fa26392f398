//! Sends signed requests with other HTTP clients. The docs of `tc3-core`, module `with_other_http_clients`, show these
//! functions and say which client needs which headers.
#![no_std]

pub mod esp_idf;
pub mod reqwless;
