//! Signature v1: HmacSHA1 and HmacSHA256 over sorted parameters.
//!
//! Everything is a parameter: action, SecretId, timestamp, nonce and the signature itself. The values are signed
//! raw and sent percent-encoded, as the query of a GET or the form body of a POST.
//!
//! ```
//! use core::num::NonZeroU64;
//! use tc3_core::{Credentials, ParamValue, Signer, Timestamp, api, v1};
//!
//! // the sample of the signature document; HmacSHA1 needs the feature `hmacsha1`
//! let key = "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE";
//! let mut signer = Signer::new(Credentials::new("AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE", key)?);
//! # #[cfg(feature = "hmacsha1")] {
//! let mut params = [
//!     ("Limit", ParamValue::Int(20)),
//!     ("Offset", ParamValue::Int(0)),
//!     ("InstanceIds", ParamValue::List(&[ParamValue::Text("ins-09dx96dg")])),
//! ];
//! let call = api!("cvm", "2017-03-12").action("DescribeInstances").region("ap-guangzhou");
//! let params = v1::Params::sorted(&mut params)?;
//! let request = call.v1(v1::Method::Get, v1::Algorithm::HmacSha1Unnamed, params)?;
//!
//! let nonce = v1::Nonce::new(NonZeroU64::new(11886).unwrap());
//! let signed = signer.sign_v1(&request, Timestamp::from_unix(1_465_185_768)?, nonce)?;
//! assert_eq!(signed.signature().to_string(), "EliP9YW3pW28FpsEdkXt/+WcGeI=");
//! assert!(signed.wire().to_string().ends_with("&Signature=EliP9YW3pW28FpsEdkXt%2F%2BWcGeI%3D"));
//! # }
//! # Ok::<(), tc3_core::Invalid>(())
//! ```

mod algorithm;
pub(crate) mod base64;
pub(crate) mod heapsort;
pub(crate) mod mac;
mod nonce;
mod params;
mod request;
mod signed;

pub use algorithm::Algorithm;
pub use nonce::Nonce;
pub use params::{MAX_UNSORTED, Params};
pub use request::{Method, Request};
pub use signed::{Head, Signature, Signed, StringToSign, Target, Wire};
