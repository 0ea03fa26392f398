//! An SNTP server. Every field of its replies can be set.
//!
//! ```
//! use peer::sntp::{Reply, Sntp};
//!
//! let rate = Reply { stratum: 0, reference: *b"RATE", ..Reply::at(1_795_279_182) };
//! let server = Sntp::start(vec![Some(rate), Some(Reply::at(1_795_279_182))])?;
//! // … a client sends requests to server.addr() …
//! assert_eq!(server.finish(), Vec::<Vec<u8>>::new());
//! # Ok::<(), std::io::Error>(())
//! ```

use crate::{fresh, listener::join, log::lock};
use std::{
    io,
    net::{Ipv4Addr, SocketAddr, UdpSocket},
    sync::{Arc, Mutex},
    thread::{self, JoinHandle},
};

/// The fields of a reply (RFC 5905 section 7.3). [`Reply::at`] sets valid values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The leap indicator, two bits; 3 means that the server's clock is not synchronised.
    pub leap: u8,
    /// The version, three bits.
    pub version: u8,
    /// The mode, three bits; 4 means server.
    pub mode: u8,
    /// The stratum; 0 means that `reference` is a kiss code, 16 that the clock is not synchronised.
    pub stratum: u8,
    /// The reference ID: the source of the server's time.
    pub reference: [u8; 4],
    /// The origin timestamp. `None` repeats the client's transmit timestamp. The upper 32 bits of each
    /// timestamp are seconds since 1900, the lower 32 bits are the fraction of a second.
    pub origin: Option<u64>,
    /// When the request arrived.
    pub receive: u64,
    /// When the reply was sent.
    pub transmit: u64,
    /// Length of the reply in bytes. A valid reply has 48.
    pub len: usize,
}

impl Reply {
    /// A valid reply with this time in UNIX seconds. NTP's seconds wrap to zero in 2036.
    #[must_use]
    pub fn at(unix: u64) -> Self {
        let now = unix.wrapping_add(FROM_1900_TO_1970) << 32;
        Self {
            leap: 0,
            version: 4,
            mode: 4,
            stratum: 2,
            reference: [127, 0, 0, 1],
            origin: None,
            receive: now,
            transmit: now,
            len: 48,
        }
    }

    fn encode(&self, request: &[u8]) -> Vec<u8> {
        let sent = request.get(40..48).and_then(|it| it.try_into().ok()).map(u64::from_be_bytes);
        let first = (self.leap & 3) << 6 | (self.version & 7) << 3 | self.mode & 7;
        // A poll interval of 16 s, a precision of 1 µs, a root delay of 0 and a root dispersion of 0.
        let mut bytes = vec![first, self.stratum, 4, 0xec, 0, 0, 0, 0, 0, 0, 0, 0];
        bytes.extend(self.reference);
        for time in [self.receive, self.origin.or(sent).unwrap_or_default(), self.receive, self.transmit] {
            bytes.extend(time.to_be_bytes());
        }
        bytes.resize(self.len, 0);
        bytes
    }
}

/// Seconds from the NTP epoch (1900) to the Unix epoch (1970).
const FROM_1900_TO_1970: u64 = 2_208_988_800;

/// A running server. It stops when dropped.
#[derive(Debug)]
pub struct Sntp {
    addr: SocketAddr,
    stop_addr: Arc<Mutex<Option<SocketAddr>>>,
    thread: Option<JoinHandle<Vec<Vec<u8>>>>,
}

impl Sntp {
    /// Starts a server. It sends the first reply for the first request, and so on. All further requests get
    /// the last reply. `None` sends no reply.
    ///
    /// # Errors
    /// An error of the operating system.
    pub fn start(replies: Vec<Option<Reply>>) -> io::Result<Self> {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        let addr = socket.local_addr()?;
        let stop_addr = Arc::default();
        let server = Server { socket, replies, stop_addr: Arc::clone(&stop_addr) };
        let thread = thread::Builder::new().spawn(move || server.serve())?;
        Ok(Self { addr, stop_addr, thread: Some(thread) })
    }

    /// The address that the server listens on.
    #[must_use]
    pub const fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Stops the server and returns the requests that it received.
    #[must_use]
    pub fn finish(mut self) -> Vec<Vec<u8>> {
        self.stop()
    }

    fn stop(&mut self) -> Vec<Vec<u8>> {
        let Some(thread) = self.thread.take() else { return Vec::new() };
        {
            // Datagrams arrive in order, so all earlier requests are served.
            let mut stop_addr = lock(&self.stop_addr);
            let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("there is a free port");
            *stop_addr = socket.local_addr().ok();
            socket.send_to(&[], self.addr).expect("the server listens");
        }
        let requests = join(thread);
        for request in &requests {
            fresh::assert_new("transmit timestamp of SNTP", request.get(40..48).unwrap_or_default());
        }
        requests
    }
}

impl Drop for Sntp {
    fn drop(&mut self) {
        // A second panic would hide the first.
        if !thread::panicking() {
            self.stop();
        }
    }
}

struct Server {
    socket: UdpSocket,
    replies: Vec<Option<Reply>>,
    stop_addr: Arc<Mutex<Option<SocketAddr>>>,
}

impl Server {
    fn serve(self) -> Vec<Vec<u8>> {
        let mut requests = Vec::new();
        let mut buffer = [0; 1024];
        loop {
            let (len, from) = self.socket.recv_from(&mut buffer).expect("the socket is bound");
            if *lock(&self.stop_addr) == Some(from) {
                return requests;
            }
            let request = buffer.get(..len).unwrap_or_default();
            let reply = self.replies.get(requests.len()).or(self.replies.last());
            if let Some(Some(reply)) = reply {
                // The client may have closed its socket.
                let _ = self.socket.send_to(&reply.encode(request), from);
            }
            requests.push(request.to_vec());
        }
    }
}
