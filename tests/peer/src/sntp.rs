//! An SNTP server.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr, UdpSocket},
    thread::{self, JoinHandle},
};

/// A reply (RFC 5905 section 7.3) of a server of stratum 2. The tests of `tc3_embedded::sntp` have every
/// other reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The leap indicator, two bits; 3 means that the server's clock is not synchronised.
    pub leap: u8,
    /// The time in seconds since 1970.
    pub unix: u64,
}

impl Reply {
    /// A valid reply with this time in UNIX seconds.
    pub const fn at(unix: u64) -> Self {
        Self { leap: 0, unix }
    }

    fn encode(&self, request: &[u8]) -> Vec<u8> {
        // From the NTP epoch (1900).
        let now = (self.unix.wrapping_add(2_208_988_800) << 32).to_be_bytes();
        // Version 4, mode 4 (server), a poll interval of 16 s, a precision of 1 µs, a root delay and
        // dispersion of 0, and the reference 127.0.0.1.
        let head = [self.leap << 6 | 4 << 3 | 4, 2, 4, 0xec, 0, 0, 0, 0, 0, 0, 0, 0, 127, 0, 0, 1];
        let sent = request.get(40..48).unwrap_or(&[0; 8]);
        [&head, &now[..], sent, &now, &now].concat()
    }
}

#[derive(Debug)]
pub struct Sntp {
    addr: SocketAddr,
    thread: JoinHandle<Vec<Vec<u8>>>,
}

impl Sntp {
    /// Starts a server. It sends the first reply for the first request, and so on; `None` loses the request.
    /// All further requests get the last reply. Before each reply comes one to nobody's request, of years later.
    pub fn start(replies: Vec<Option<Reply>>) -> io::Result<Self> {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        let addr = socket.local_addr()?;
        let thread = thread::spawn(move || serve(&socket, &replies));
        Ok(Self { addr, thread })
    }

    pub const fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Stops the server and returns the requests that it received.
    pub fn finish(self) -> Vec<Vec<u8>> {
        // Datagrams arrive in order, so all earlier requests are served. No request is empty.
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("there is a free port");
        socket.send_to(&[], self.addr).expect("the server listens");
        self.thread.join().expect("requests are served")
    }
}

fn serve(socket: &UdpSocket, replies: &[Option<Reply>]) -> Vec<Vec<u8>> {
    let mut requests = Vec::new();
    let mut buffer = [0; 1024];
    loop {
        let (len, from) = socket.recv_from(&mut buffer).expect("the socket is bound");
        let request = buffer.get(..len).unwrap_or_default();
        if request.is_empty() {
            return requests;
        }
        if let Some(Some(reply)) = replies.get(requests.len()).or(replies.last()) {
            let foreign = Reply { unix: reply.unix + 2 * 365 * 86_400, ..*reply };
            for packet in [foreign.encode(&[0; 48]), reply.encode(request)] {
                // The client may have closed its socket.
                let _ = socket.send_to(&packet, from);
            }
        }
        requests.push(request.to_vec());
    }
}

#[cfg(test)]
mod tests {
    use super::{Reply, Sntp, UdpSocket};

    #[test]
    fn before_each_reply_comes_one_to_another_request_that_shows_another_year() {
        let (sntp, request) = (Sntp::start(vec![Some(Reply::at(1_800_000_000))]).unwrap(), [7; 48]);
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.send_to(&request, sntp.addr()).unwrap();
        let replies = [(); 2].map(|()| {
            let mut reply = [0; 48];
            assert_eq!(socket.recv(&mut reply).unwrap(), reply.len());
            let seconds = u32::from_be_bytes(*reply[40..].first_chunk().unwrap());
            (reply[24..32].to_vec(), u64::from(seconds) - 2_208_988_800)
        });
        let years = 2 * 365 * 86_400;
        assert_eq!(replies, [(vec![0; 8], 1_800_000_000 + years), (vec![7; 8], 1_800_000_000)]);
        sntp.finish();
    }
}
