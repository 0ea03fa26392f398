//! Makes Tencent Cloud API 3.0 calls from a microcontroller, without a heap and over any stream of
//! bytes. The [TLS](tls) it brings is a stream only to a server that proved who it is.
//!
//! A stream and a counter of milliseconds are the board's, everything else is here:
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
//!     modem: S,                      // connected to port 443
//!     counter: M,
//!     clock: OffsetClock<M>,         // set by SNTP, an RTC or the network
//!     mut generator: R,              // the chip's own
//!     room: &mut tls::Buffers,       // 17 KB, in static memory
//!     credentials: Credentials<'_>,
//! ) -> Result<(), Box<dyn std::error::Error>>
//! where
//!     S: Read + ReadReady + Write + WriteReady,
//!     M: Monotonic,
//!     R: Entropy<Error: std::error::Error + 'static>,
//! {
//!     // A clock that is not set ends the call here, before anything is sent.
//!     let mut client = Client::new(Signer::new(credentials), clock).correcting_clock();
//!     let now = client.now()?;
//!
//!     let due = Timeout::new();
//!     due.arm(Duration::from_secs(20)); // for everything, whatever the server does
//!     let modem = Deadline::new(modem, counter, &due);
//!     let roots = [DIGICERT_GLOBAL_ROOT_G2];
//!     let server = Server::new("iotcloud.tencentcloudapi.com", &roots, now);
//!     let tls = AuthenticatedTls::connect(modem, room, &server, Seed::draw(&mut generator)?)?;
//!     let mut connection = Connection::authenticated(tls);
//!
//!     let call = api!("iotcloud", "2021-04-08").action("PublishMessage").region("ap-guangzhou");
//!     let request = call.json(r#"{"Payload":"on"}"#)?;
//!     let (mut head, mut body) = ([0; 1024], [0; 1024]);
//!     match client.call(&mut connection, &request, Buffers::new(&mut head, &mut body)) {
//!         Ok(reply) => println!("{}", String::from_utf8_lossy(reply.body())),
//!         Err(error) => println!("{error}; {:?}", error.advice()),
//!     }
//!     Ok(())
//! }
//! ```
//!
//! A second call on the connection needs its time (`due.arm`) and nothing else. Asynchronous streams
//! have the same calls, with the feature `async`: [`Client::call_async`](client::Client) over
//! [`tls::asynchronous`]. Whole programs are in the repository's `examples`.
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
