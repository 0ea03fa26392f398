//! The whole program of a device that sends a message a minute, for years: its keys change, its connections die, and
//! answers get lost.
#![no_std]
#![no_main]

use core::{fmt::Write, mem, pin::pin, time::Duration};

use board::{clock::FLOOR, entropy::HostEntropy, parameters::Parameters, trust::Trust};
use embassy_executor::Spawner;
use embassy_net::Stack;
use embassy_net::tcp::TcpSocket;
use embassy_net::udp::{PacketMetadata, UdpSocket};
use embassy_time::{Instant, Ticker, with_timeout};
use embedded_io::ErrorKind;
use heapless::String;
use mps2::{device, executor::deep_sleep, network, time::Embassy};
use static_cell::ConstStaticCell;
use tc3_core::{Api, Timestamp, api};
use tc3_embedded::client::CallError::{Exchange, Signer};
use tc3_embedded::client::ExchangeError::{Dial, Stale};
use tc3_embedded::client::link::{AsyncDialer, Link, Mailbox};
use tc3_embedded::client::{Buffers, Client, Connection, Outcome, Repeatable};
use tc3_embedded::clock::OffsetClock;
use tc3_embedded::deadline::{Deadline, Timeout};
use tc3_embedded::signer::OwnedSigner;
use tc3_embedded::sntp::{PACKET, Request, SntpError, Time};
use tc3_embedded::tls::{self, Seed, TlsError, asynchronous::AuthenticatedTls};

const API: Api = api!("iotcloud", "2021-04-08");
/// More than a minute, so that one connection carries many messages: a handshake for each message would cost more than
/// a repeat now and then.
const IDLE_LIMIT: Duration = Duration::from_secs(75);
static TLS: ConstStaticCell<tls::Buffers> = ConstStaticCell::new(tls::Buffers::new());

#[embassy_executor::main(entry = "cortex_m_rt::entry", executor = "mps2::Executor")]
async fn main(spawner: Spawner) {
    let device::Device { stack, keys, parameters, trust } = device::start(spawner);
    let (mailbox, timeout, tls, tcp) = (Mailbox::new(), Timeout::new(), TLS.take(), ([0; 4096], [0; 1024]));
    let network = Network { stack, parameters, trust, timeout: &timeout, tls, tcp };
    let task = pin!(mailbox.serve_async(network));
    let mut link = Link::new(&mailbox, task, Embassy).idle_limit(IDLE_LIMIT);
    let mut client = Client::new(OffsetClock::new(Embassy, FLOOR)).floor(FLOOR).correcting_clock();
    // Holds usual tokens and keys, and `head` below a request with them. A token can have up to 4,096 bytes.
    let mut signer = OwnedSigner::<1024, 128>::empty();
    let mut minute = Ticker::every(embassy_time::Duration::from_secs(60));
    let (mut sent, mut is_clock_off) = (0, false);
    for due in 1_u32.. {
        let new = if due == 1 { Some(keys.receive().await) } else { keys.try_receive().ok() };
        if let Some(new) = new {
            let renewed = signer.renew(&new.id, &new.key, &new.token, new.expires);
            let _renewed = renewed.inspect_err(|e| defmt::error!("new keys refused: {}", e));
            defmt::info!("keys: {}", signer);
        }
        if (mem::take(&mut is_clock_off) || client.now().is_err())
            && let Some(time) = ask_time(stack, parameters).await
        {
            let _set = client.clock().set_millis(time.timestamp, time.millis);
            defmt::info!("the time is {}", client.now());
        }
        // Sends this minute's message, after those that could not be sent before.
        while sent < due {
            let (mut body, mut head, mut answer) = (String::<96>::new(), [0; 2048], [0; 512]);
            let (number, uptime) = (sent.saturating_add(1), Instant::now().as_secs());
            let _fits = write!(body, r#"{{"Topic":"P1/D1/data","Payload":"{number} after {uptime} s"}}"#);
            let call = API.action("PublishMessage").region("ap-guangzhou").json(&body);
            let Ok(request) = call.inspect_err(|e| defmt::error!("message {}: {}", number, e)) else { break };
            timeout.arm(Duration::from_secs(30));
            let buffers = Buffers::new(&mut head, &mut answer);
            match client.call_async(&mut link, &mut signer, Repeatable(&request), buffers).await {
                Ok(reply) => defmt::info!("message {}: {}", number, reply),
                Err(error) => {
                    defmt::warn!("message {}: {}; {}; {}", number, error, error.outcome(), error.advice());
                    // Keys or a certificate seem expired if the clock is wrong. Nothing is sent then, and no `Date` comes.
                    is_clock_off = matches!(error, Signer(_) | Exchange(Dial(TlsError::Untrusted(_))));
                    // The message stays due if it cannot have been accepted, or if it met a stale connection and its
                    // repeat could not be sent. Any other message may have arrived, and is not sent again.
                    let is_stale = matches!(error, Exchange(Stale { .. }));
                    if is_stale || error.outcome() != Outcome::Unknown {
                        break;
                    }
                }
            }
            sent = number;
        }
        deep_sleep(minute.next()).await;
    }
}

struct Network<'n> {
    stack: Stack<'static>,
    parameters: &'n Parameters<'n>,
    trust: &'n Trust<'n>,
    timeout: &'n Timeout,
    tls: &'n mut tls::Buffers,
    tcp: ([u8; 4096], [u8; 1024]),
}

impl AsyncDialer for Network<'_> {
    type Stream<'a>
        = AuthenticatedTls<'a, Deadline<'a, TcpSocket<'a>, Embassy>>
    where
        Self: 'a;
    type Error = TlsError;

    async fn dial(&mut self, now: Timestamp) -> Result<Connection<Self::Stream<'_>>, TlsError> {
        let address = network::resolve(self.stack, self.parameters, Some(self.timeout)).await?;
        let mut socket = TcpSocket::new(self.stack, &mut self.tcp.0, &mut self.tcp.1);
        network::connect(&mut socket, (address, self.parameters.port), Some(self.timeout)).await?;
        let seed = Seed::draw(&mut HostEntropy).map_err(|_| TlsError::Transport(ErrorKind::Other))?;
        let (stream, server) = (Deadline::new(socket, Embassy, self.timeout), self.trust.server(now));
        Ok(Connection::authenticated(AuthenticatedTls::connect(stream, self.tls, &server, seed).await?))
    }
}

/// Asks the SNTP server for the time. `None` if there is no valid reply within two seconds, three times.
async fn ask_time(stack: Stack<'_>, parameters: &Parameters<'_>) -> Option<Time> {
    let server = (network::resolve(stack, parameters, None).await.ok()?, parameters.ntp?);
    let (mut rx_meta, mut tx_meta) = ([PacketMetadata::EMPTY; 2], [PacketMetadata::EMPTY; 1]);
    let (mut rx, mut tx, mut reply) = ([0; 2 * PACKET], [0; PACKET], [0; 2 * PACKET]);
    let mut socket = UdpSocket::new(stack, &mut rx_meta, &mut rx, &mut tx_meta, &mut tx);
    socket.bind(0).ok()?;
    // Datagrams get lost.
    for _attempt in 0..3 {
        let request = Request::draw(&mut HostEntropy).ok()?;
        socket.send_to(&request.bytes(), server).await.ok()?;
        let answered = async {
            loop {
                let (length, _) = socket.recv_from(&mut reply).await.ok()?;
                match request.read(reply.get(..length)?, FLOOR) {
                    // This is not the reply. The reply may still come.
                    Err(SntpError::Short { .. } | SntpError::Foreign) => {}
                    time => return time.ok(),
                }
            }
        };
        if let Ok(time) = with_timeout(embassy_time::Duration::from_secs(2), answered).await {
            return time;
        }
    }
    None
}
