//! Calls Tencent Cloud API 3.0 from a host: [`tc3_core`] signs the requests, and
//! [`tc3_embedded::http`] reads and writes HTTP.
//!
//! * [`EnvCredentials`] and [`SystemClock`] supply credentials and time to a signer.
//! * [`credentials`] also come from files and roles, by a chain of sources.
//! * [`signer::SharedSigner`] signs on many threads while its credentials are renewed.
//! * [`Client`] makes a blocking call over TLS and verifies the server's certificate.
#![cfg_attr(
    feature = "gateway",
    doc = "* [`gateway`] is a local server that verifies calls as the service does."
)]
#![cfg_attr(
    feature = "http",
    doc = "* [`http`] signs and verifies requests of the crate `http`, for `ureq`, `reqwest` and `tower`."
)]
//! * The program `tc3` makes calls from a shell.
//!
//! The default features are those of the program. To use only the library, set `default-features = false`, and choose
//! among the features `credentials`, `tls`, `http` and `tower`.
//!
//! ```no_run
//! use tc3_core::{Signer, api};
//! use tc3_std::{Client, EnvCredentials, SystemClock, tls::Trust};
//!
//! let owned = EnvCredentials::read()?; // TENCENTCLOUD_SECRET_ID, TENCENTCLOUD_SECRET_KEY
//! let mut signer = Signer::new(owned.credentials()?);
//! let client = Client::new(Trust::public())?;
//!
//! let request = api!("cvm", "2017-03-12").action("DescribeZones").region("ap-guangzhou").json("{}")?;
//! let reply = client.call(signer.sign(&request, SystemClock.now()?))?;
//! println!("{}", String::from_utf8_lossy(reply.body()));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "tls")]
mod client;
mod clock;
pub mod credentials;
#[cfg(feature = "gateway")]
pub mod gateway;
#[cfg(feature = "http")]
pub mod http;
mod nonce;
pub mod signer;
#[cfg(feature = "tls")]
pub mod tls;

#[cfg(feature = "tls")]
pub use client::{CallError, Client, Connection, DialError, Failure, Message, Reply, Step, Timeouts, dial};
pub use clock::{ClockError, SystemClock};
pub use credentials::{EnvCredentials, EnvError};
pub use nonce::nonce;
pub use tc3_embedded::client::Outcome;
