//! Signs Tencent Cloud API 3.0 requests.
#![no_std]
