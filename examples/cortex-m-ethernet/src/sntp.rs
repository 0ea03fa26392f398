//! The time, from an SNTP server.

use core::fmt;

use board::clock::FLOOR;
use board::entropy::{HostEntropy, HostError};
use embassy_net::udp::{PacketMetadata, UdpSocket};
use embassy_net::{IpAddress, Stack};
use embassy_time::{Duration, Instant, with_timeout};
use tc3_embedded::entropy::EntropyError;
use tc3_embedded::sntp::{PACKET, Request, SntpError, Time};

/// Datagrams get lost: how often to ask, and how long to wait for each answer.
const TIMES: u8 = 3;
const PATIENCE: Duration = Duration::from_secs(2);

/// Longer than a packet: extensions and a signature may follow it.
const ROOM: usize = 2 * PACKET;

/// Asks the server until it answers.
pub(crate) async fn ask(stack: Stack<'_>, server: (IpAddress, u16)) -> Result<Time, AskError> {
    let (mut received, mut sent) = ([0; ROOM], [0; PACKET]);
    let (mut received_meta, mut sent_meta) = ([PacketMetadata::EMPTY; 2], [PacketMetadata::EMPTY; 1]);
    let mut socket = UdpSocket::new(stack, &mut received_meta, &mut received, &mut sent_meta, &mut sent);
    // Port 0: whichever is free.
    socket.bind(0).map_err(|_| AskError::Socket)?;
    for _ in 0..TIMES {
        let request = Request::draw(&mut HostEntropy).map_err(AskError::Entropy)?;
        socket.send_to(&request.bytes(), server).await.map_err(|_| AskError::Socket)?;
        if let Ok(answer) = with_timeout(PATIENCE, answer(&socket, &request)).await {
            return answer.map_err(AskError::Sntp);
        }
    }
    Err(AskError::Silence)
}

async fn answer(socket: &UdpSocket<'_>, request: &Request) -> Result<Time, SntpError> {
    let start = Instant::now();
    let mut reply = [0; ROOM];
    loop {
        // A longer datagram is not an answer either.
        let Ok((length, _)) = socket.recv_from(&mut reply).await else { continue };
        match request.read(reply.get(..length).unwrap_or_default(), FLOOR) {
            Err(SntpError::Short { .. } | SntpError::Foreign) => {}
            answer => return Ok(answer?.after(start.elapsed().as_millis())),
        }
    }
}

/// There is no time to be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub(crate) enum AskError {
    Socket,
    Entropy(EntropyError<HostError>),
    Silence,
    Sntp(SntpError),
}

impl fmt::Display for AskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Socket => f.write_str("datagram cannot be sent"),
            Self::Entropy(error) => error.fmt(f),
            Self::Silence => write!(f, "asked {TIMES} times, {} s each: no answer", PATIENCE.as_secs()),
            Self::Sntp(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for AskError {}
