//! Signs and verifies requests to Tencent Cloud API 3.0 with TC3-HMAC-SHA256, HmacSHA1 and HmacSHA256, in
//! `no_std`, without a heap, panics or unsafe code.
//!
//! One function encodes a request, into a hash, a buffer or a counter. So the bytes signed are the bytes sent.
//!
//! ```
//! use tc3_core::{Api, Credentials, Signer, Timestamp, api};
//!
//! const API: Api = api!("iotcloud", "2021-04-08"); // an invalid name does not compile
//!
//! fn publish<'b>(
//!     signer: &mut Signer,
//!     now: Timestamp,
//!     body: &str,
//!     out: &'b mut [u8],
//! ) -> Result<&'b str, Box<dyn std::error::Error>> {
//!     // checks the whole call
//!     let request = API.action("PublishMessage").region("ap-guangzhou").json(body)?;
//!     // cannot fail; the day's key is cached in the signer
//!     let signed = signer.sign(&request, now);
//!     // request line and headers
//!     Ok(signed.head().encode_str(out)?)
//! }
//!
//! let mut signer = Signer::new(Credentials::new("AKIDEXAMPLE", "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE")?);
//! let mut buffer = [0; 512];
//! let head = publish(&mut signer, Timestamp::from_unix(1_551_113_065)?, r#"{"Payload":"on"}"#, &mut buffer)?;
//! assert!(head.contains("\r\nAuthorization: TC3-HMAC-SHA256 Credential=AKIDEXAMPLE/2019-02-25/iotcloud/"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Pages: [which headers to give to another HTTP client](with_other_http_clients), [signing on many
//! threads](on_many_threads), [what to demand in a webhook or gateway](verify::in_a_webhook_or_gateway), [how unused
//! features are not linked](how_unused_features_are_not_linked).
#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(test)]
extern crate std;

mod allowed_bytes;
mod api;
mod call;
mod content_type;
mod credentials;
mod crypto;
mod encode;
mod error;
mod header;
mod host;
#[doc = include_str!("unlinked.md")]
pub mod how_unused_features_are_not_linked {}
mod language;
mod limit;
#[doc = include_str!("on_many_threads.md")]
pub mod on_many_threads {}
mod params;
pub mod region;
pub mod response;
mod signer;
mod tc3;
mod time;
mod utf8;
pub mod v1;
pub mod verify;
#[doc = include_str!("with_other_http_clients.md")]
pub mod with_other_http_clients {}

pub use api::{Api, MAX_SERVICE};
pub use call::Call;
pub use content_type::ContentType;
pub use credentials::{Credentials, Identity};
pub use crypto::{cached::CachingSha256, sha256::Sha256Engine, software::Software};
pub use encode::{BufferTooSmall, Encode, Encoded, Sink};
pub use error::{Fault, Field, Invalid, List};
pub use header::{Header, HeaderValue};
pub use host::Host;
pub use language::Language;
pub use limit::Limit;
pub use params::{MAX_DEPTH, Param, ParamValue};
pub use signer::{KeyCache, Prepared, Signer};
pub use tc3::{
    canonical::{CanonicalRequest, StringToSign},
    credential_scope::WrongKey,
    day_signer::DaySigner,
    explain::Explanation,
    key::SigningKey,
    multipart::{Multipart, Part},
    payload::{HashedPayload, PayloadHasher},
    query::Query,
    request::{Authority, Request, Target, Url},
    signed::{Authorization, Head, Headers, HeadersDoNotFit, Signed},
};
pub use time::{NotADate, Timestamp};
