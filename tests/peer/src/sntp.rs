//! A time server over UDP that may be wrong in every field.
//!
//! ```
//! use peer::sntp::{Reply, Sntp};
//!
//! let rate = Reply { stratum: 0, reference: *b"RATE", ..Reply::at(1_795_279_182) };
//! let server = Sntp::start(vec![Some(rate), Some(Reply::at(1_795_279_182))])?;
//! // … a client asks server.addr() …
//! assert_eq!(server.finish(), Vec::<Vec<u8>>::new());
//! # Ok::<(), std::io::Error>(())
//! ```

use crate::{listener::join, record::lock};
use std::{
    io,
    net::{Ipv4Addr, SocketAddr, UdpSocket},
    sync::{Arc, Mutex},
    thread::{self, JoinHandle},
};

/// The fields of an answer (RFC 5905, section 7.3); those of [`Reply::at`] are as they should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reply {
    /// 3: the server's clock is not set. Two bits.
    pub leap: u8,
    /// Three bits.
    pub version: u8,
    /// 4: a server's answer. Three bits.
    pub mode: u8,
    /// 0: the reference is a code that tells the client to go away; 16: not set.
    pub stratum: u8,
    /// Where the server has its time from.
    pub reference: [u8; 4],
    /// What the client sent, if it is none. Seconds since 1900 in the upper half, as in all below.
    pub origin: Option<u64>,
    /// When the question arrived.
    pub receive: u64,
    /// When the answer was sent.
    pub transmit: u64,
    /// How many bytes are sent: 48, or less, or more.
    pub len: usize,
}

impl Reply {
    /// An answer at this time, in seconds since 1970; after 2036 the seconds begin anew, as NTP's do.
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

    fn encode(&self, question: &[u8]) -> Vec<u8> {
        let sent = question.get(40..48).and_then(|it| it.try_into().ok()).map(u64::from_be_bytes);
        let first = (self.leap & 3) << 6 | (self.version & 7) << 3 | self.mode & 7;
        // Polled every 16 seconds; precise to a microsecond; no delay, no dispersion.
        let mut bytes = vec![first, self.stratum, 4, 0xec, 0, 0, 0, 0, 0, 0, 0, 0];
        bytes.extend(self.reference);
        for time in [self.receive, self.origin.or(sent).unwrap_or_default(), self.receive, self.transmit] {
            bytes.extend(time.to_be_bytes());
        }
        bytes.resize(self.len, 0);
        bytes
    }
}

const FROM_1900_TO_1970: u64 = 2_208_988_800;

/// A running server. It stops when dropped.
#[derive(Debug)]
pub struct Sntp {
    addr: SocketAddr,
    last: Arc<Mutex<Option<SocketAddr>>>,
    thread: Option<JoinHandle<Vec<Vec<u8>>>>,
}

impl Sntp {
    /// Starts a server. The first question gets the first reply, and so on, or silence where there
    /// is none; the last one is for all that follow.
    ///
    /// # Errors
    /// What the operating system said.
    pub fn start(replies: Vec<Option<Reply>>) -> io::Result<Self> {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        let addr = socket.local_addr()?;
        let last = Arc::default();
        let server = Server { socket, replies, last: Arc::clone(&last) };
        let thread = thread::Builder::new().spawn(move || server.serve())?;
        Ok(Self { addr, last, thread: Some(thread) })
    }

    /// Where it listens.
    #[must_use]
    pub const fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Ends the server, and gives what was asked of it by now.
    #[must_use]
    pub fn finish(mut self) -> Vec<Vec<u8>> {
        self.end()
    }

    fn end(&mut self) -> Vec<Vec<u8>> {
        let Some(thread) = self.thread.take() else { return Vec::new() };
        {
            // Datagrams arrive in their order: those before this one are answered.
            let mut last = lock(&self.last);
            let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("there is a free port");
            *last = socket.local_addr().ok();
            socket.send_to(&[], self.addr).expect("the server listens");
        }
        join(thread)
    }
}

impl Drop for Sntp {
    fn drop(&mut self) {
        // A second panic would hide the first.
        if !thread::panicking() {
            self.end();
        }
    }
}

struct Server {
    socket: UdpSocket,
    replies: Vec<Option<Reply>>,
    last: Arc<Mutex<Option<SocketAddr>>>,
}

impl Server {
    fn serve(self) -> Vec<Vec<u8>> {
        let mut questions = Vec::new();
        let mut buffer = [0; 1024];
        loop {
            let (len, from) = self.socket.recv_from(&mut buffer).expect("the socket is bound");
            if *lock(&self.last) == Some(from) {
                return questions;
            }
            let question = buffer.get(..len).unwrap_or_default();
            let reply = self.replies.get(questions.len()).or(self.replies.last());
            if let Some(Some(reply)) = reply {
                // Whoever asked may be gone.
                let _ = self.socket.send_to(&reply.encode(question), from);
            }
            questions.push(question.to_vec());
        }
    }
}
