//! Makes Tencent Cloud API 3.0 calls from a microcontroller.
#![no_std]

pub mod http;
