//! Makes Tencent Cloud API 3.0 calls from a microcontroller, without a heap and over any byte stream.
//! [`tls`] returns a connection only after the server proved its identity.
//!
//! The board provides a byte stream, a counter of milliseconds and a random number generator. A call
//! over TLS:
//!
//! ```
//! use core::time::Duration;
//! use embedded_io::{Read, ReadReady, Write, WriteReady};
//! use tc3_core::{Credentials, Signer, api};
//! use tc3_embedded::client::{Buffers, Client, Connection};
//! use tc3_embedded::clock::{Monotonic, OffsetClock};
//! use tc3_embedded::deadline::{Deadline, Timeout};
//! use tc3_embedded::entropy::Entropy;
//! # #[cfg(feature = "tls")]
//! use tc3_embedded::tls::{self, AuthenticatedTls, Seed, Server, roots::DIGICERT_GLOBAL_ROOT_G2};
//!
//! # #[cfg(feature = "tls")]
//! fn report<S, M, R>(
//!     modem: S,                         // connected to port 443
//!     counter: M,
//!     clock: OffsetClock<M>,            // set by SNTP, an RTC or the network
//!     mut generator: R,                 // the generator of the chip
//!     tls_buffers: &mut tls::Buffers,   // 17 KB, in static memory
//!     credentials: Credentials<'_>,
//! ) -> Result<(), Box<dyn std::error::Error>>
//! where
//!     S: Read + ReadReady + Write + WriteReady,
//!     M: Monotonic,
//!     R: Entropy<Error: std::error::Error + 'static>,
//! {
//!     let mut client = Client::new(clock).correcting_clock();
//!     let mut signer = Signer::new(credentials);
//!     let now = client.now()?; // fails if the clock is not set
//!
//!     let timeout = Timeout::new();
//!     timeout.arm(Duration::from_secs(20)); // for handshake and call together
//!     let modem = Deadline::new(modem, counter, &timeout);
//!     let roots = [DIGICERT_GLOBAL_ROOT_G2];
//!     let server = Server::new("iotcloud.tencentcloudapi.com", &roots, now);
//!     let tls = AuthenticatedTls::connect(modem, tls_buffers, &server, Seed::draw(&mut generator)?)?;
//!     let mut connection = Connection::authenticated(tls);
//!
//!     let call = api!("iotcloud", "2021-04-08").action("PublishMessage").region("ap-guangzhou");
//!     let request = call.json(r#"{"Payload":"on"}"#)?;
//!     let (mut head, mut body) = ([0; 1024], [0; 1024]);
//!     match client.call(&mut connection, &mut signer, &request, Buffers::new(&mut head, &mut body)) {
//!         Ok(reply) => println!("{}", String::from_utf8_lossy(reply.body())),
//!         Err(error) => println!("{error}; {:?}", error.advice()),
//!     }
//!     Ok(())
//! }
//! ```
//!
//! Before each further call on the same connection, arm the timeout again. For a program that makes calls
//! again and again, a [`Link`](client::link::Link) opens the connections by itself. For asynchronous streams
//! the feature `async` adds [`Client::call_async`](client::Client) and [`tls::asynchronous`].
//! Complete programs are in the repository's `examples`.
#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(test)]
extern crate std;

pub mod client;
pub mod clock;
pub mod deadline;
pub mod entropy;
pub mod http;
pub mod signer;
pub mod sntp;
mod stream;
#[cfg(feature = "tls")]
pub mod tls;
