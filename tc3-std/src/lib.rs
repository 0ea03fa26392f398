//! Calls Tencent Cloud API 3.0 from a host, with [`tc3_core`] to sign and
//! [`tc3_embedded::http`] to speak HTTP.
//!
//! * [`EnvCredentials`] and [`SystemClock`] supply what a signer needs.
//! * [`Client`] makes a blocking call over TLS, with proof of the server's identity.
#![cfg_attr(feature = "gateway", doc = "* [`gateway`] verifies calls on this machine, as the service does.")]
//! * The program `tc3` makes calls from a shell.
//!
//! The default features are those of the program. A program of your own wants `default-features =
//! false` and at most `features = ["tls"]`.
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
pub mod clock;
#[cfg(feature = "tls")]
mod connection;
pub mod credentials;
#[cfg(feature = "tls")]
mod dial;
#[cfg(feature = "tls")]
mod error;
#[cfg(feature = "gateway")]
pub mod gateway;
#[cfg(feature = "tls")]
mod message;
mod nonce;
#[cfg(feature = "tls")]
mod reply;
#[cfg(feature = "tls")]
pub mod tls;

#[cfg(feature = "tls")]
pub use client::Client;
pub use clock::{ClockError, SystemClock};
#[cfg(feature = "tls")]
pub use connection::Connection;
pub use credentials::{EnvCredentials, EnvError};
#[cfg(feature = "tls")]
pub use dial::{DialError, Step, Timeouts, dial};
#[cfg(feature = "tls")]
pub use error::CallError;
#[cfg(feature = "tls")]
pub use message::Message;
pub use nonce::nonce;
#[cfg(feature = "tls")]
pub use reply::{Failure, Reply};
