//! Asks an SNTP server for the time.

use core::fmt;

use board::clock::FLOOR;
use board::entropy::{HostEntropy, HostError};
use embassy_net::udp::{PacketMetadata, UdpSocket};
use embassy_net::{IpAddress, Stack};
use embassy_time::{Duration, Instant, with_timeout};
use tc3_embedded::entropy::EntropyError;
use tc3_embedded::sntp::{PACKET, Request, SntpError, Time};

/// Maximum number of requests to send. More than one, because datagrams can get lost.
const ATTEMPTS: u8 = 3;
/// How long to wait for each reply.
const TIMEOUT: Duration = Duration::from_secs(2);

/// Size of the buffer for a reply. Extensions and a MAC can follow the packet.
const REPLY: usize = 2 * PACKET;

/// Sends requests until the server replies.
pub(crate) async fn ask(stack: Stack<'_>, server: (IpAddress, u16)) -> Result<Time, AskError> {
    let (mut rx_buffer, mut tx_buffer) = ([0; REPLY], [0; PACKET]);
    let (mut rx_meta, mut tx_meta) = ([PacketMetadata::EMPTY; 2], [PacketMetadata::EMPTY; 1]);
    let mut socket = UdpSocket::new(stack, &mut rx_meta, &mut rx_buffer, &mut tx_meta, &mut tx_buffer);
    // Port 0 selects a free port.
    socket.bind(0).map_err(|_| AskError::Socket)?;
    for _ in 0..ATTEMPTS {
        let request = Request::draw(&mut HostEntropy).map_err(AskError::Entropy)?;
        socket.send_to(&request.bytes(), server).await.map_err(|_| AskError::Socket)?;
        if let Ok(time) = with_timeout(TIMEOUT, receive(&socket, &request)).await {
            return time.map_err(AskError::Sntp);
        }
    }
    Err(AskError::NoReply)
}

async fn receive(socket: &UdpSocket<'_>, request: &Request) -> Result<Time, SntpError> {
    let start = Instant::now();
    let mut reply = [0; REPLY];
    loop {
        // A datagram longer than the buffer is not the reply.
        let Ok((length, _)) = socket.recv_from(&mut reply).await else { continue };
        match request.read(reply.get(..length).unwrap_or_default(), FLOOR) {
            Err(SntpError::Short { .. } | SntpError::Foreign) => {}
            time => return Ok(time?.after(start.elapsed().as_millis())),
        }
    }
}

/// Why there is no time from the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub(crate) enum AskError {
    Socket,
    Entropy(EntropyError<HostError>),
    NoReply,
    Sntp(SntpError),
}

impl fmt::Display for AskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Socket => f.write_str("the request cannot be sent"),
            Self::Entropy(error) => error.fmt(f),
            Self::NoReply => {
                write!(f, "no reply to {ATTEMPTS} requests within {} s each", TIMEOUT.as_secs())
            }
            Self::Sntp(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for AskError {}
