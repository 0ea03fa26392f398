//! Signs requests to Tencent Cloud API 3.0, and verifies them: TC3-HMAC-SHA256, HmacSHA1 and
//! HmacSHA256, in `no_std`, without a heap, without a panic, without unsafe code.
//!
//! A request is one value. It is spelled by one function, which feeds a hash, a buffer or a
//! counter: the bytes signed are the bytes sent.
//!
//! ```
//! use tc3_core::{Api, Credentials, Signer, Timestamp, api};
//!
//! const API: Api = api!("iotcloud", "2021-04-08"); // a bad literal does not compile
//!
//! fn publish<'b>(
//!     signer: &mut Signer,
//!     now: Timestamp,
//!     body: &str,
//!     out: &'b mut [u8],
//! ) -> Result<&'b str, Box<dyn std::error::Error>> {
//!     // every check, once
//!     let request = API.action("PublishMessage").region("ap-guangzhou").json(body)?;
//!     // cannot fail; the day's key is cached in the signer
//!     let signed = signer.sign(&request, now);
//!     // request line and every header, exactly once
//!     Ok(signed.head().encode_str(out)?)
//! }
//!
//! let mut signer = Signer::new(Credentials::new("AKIDEXAMPLE", "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE")?);
//! let mut buffer = [0; 512];
//! let head = publish(&mut signer, Timestamp::from_unix(1_551_113_065)?, r#"{"Payload":"on"}"#, &mut buffer)?;
//! assert!(head.contains("\r\nAuthorization: TC3-HMAC-SHA256 Credential=AKIDEXAMPLE/2019-02-25/iotcloud/"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(test)]
extern crate std;

mod address;
mod api;
mod base64;
mod canonical;
mod credentials;
mod decimal;
mod encode;
mod error;
mod explain;
mod further;
mod hash;
mod headers;
mod hmac;
mod key;
mod multipart;
mod params;
mod payload;
mod query;
pub mod region;
mod request;
pub mod response;
mod sign;
mod sort;
mod stack;
mod text;
mod time;
pub mod v1;
pub mod verify;

pub use address::Host;
pub use api::{Api, Call, Language};
pub use canonical::{CanonicalRequest, StringToSign};
pub use credentials::{Credentials, Identity};
pub use encode::{Encode, Encoded, Sink};
pub use error::{BufferTooSmall, Fault, Field, Invalid, Limit, List, NotADate, WrongKey};
pub use explain::Explanation;
pub use further::Header;
pub use hash::{CachingSha256, Sha256Engine, Software};
pub use headers::{Authorization, Head, HeaderValue, Headers, Target};
pub use key::{MAX_SERVICE, SigningKey};
pub use multipart::{Multipart, Part};
pub use params::{MAX_DEPTH, Param, ParamValue};
pub use payload::{HashedPayload, PayloadHasher};
pub use query::Query;
pub use request::{ContentType, Request};
pub use sign::{DaySigner, Prepared, Signed, Signer};
pub use time::Timestamp;
