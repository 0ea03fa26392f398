//! Makes Tencent Cloud API 3.0 calls from a microcontroller.
#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(test)]
extern crate std;

pub mod client;
pub mod clock;
pub mod credentials;
pub mod deadline;
pub mod entropy;
pub mod http;
pub mod sntp;
#[cfg(feature = "tls")]
pub mod tls;
