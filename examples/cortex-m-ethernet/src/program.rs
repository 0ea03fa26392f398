//! The asynchronous program.

use board::answer::{self, Pieces};
use board::calls::Calls;
use board::clock;
use board::counter::Spent;
use board::entropy::HostEntropy;
use board::parameters::{Case, Parameters};
use board::room::{BODY, HEAD, Room};
use board::trust::Trust;
use board::verdict::{Refused, refuse};
use embassy_net::Stack;
use embassy_net::tcp::TcpSocket;
use embedded_io_async::{Read, Write};
use static_cell::ConstStaticCell;
use tc3_embedded::client::{Buffers, Client, Connection};
use tc3_embedded::clock::OffsetClock;
use tc3_embedded::deadline::{Deadline, Timeout};
use tc3_embedded::tls::{Seed, TlsError, asynchronous::AuthenticatedTls};

use crate::time::Embassy;
use crate::{network, sntp};

static ROOM: ConstStaticCell<Room> = ConstStaticCell::new(Room::new());

/// From the cable to the answer.
pub(crate) async fn run(stack: Stack<'_>, parameters: &Parameters<'_>, spent: &Spent) -> Result<(), Refused> {
    let Room { tls, root } = ROOM.take();
    let calls = Calls::new(parameters);
    let mut clock = clock::start(Embassy, parameters.now)?;
    network::configure(stack).await.map_err(|error| refuse("network", &error))?;
    let address = network::resolve(stack, parameters).await.map_err(|error| refuse("network", &error))?;
    if let Some(port) = parameters.ntp {
        let time = sntp::ask(stack, (address, port)).await.map_err(|error| refuse("sntp", &error))?;
        clock.set_millis(time.timestamp, time.millis).map_err(|error| refuse("clock", &error))?;
    }
    let mut client = calls.client(clock)?;
    // The same time judges the certificates and is signed. Nothing is sent before it is believed.
    let now = client.now().map_err(clock::refused)?;
    spent.on_signing(Embassy, || calls.sign(now))?;
    let trust = Trust::read(parameters, root)?;
    let seed = Seed::draw(&mut HostEntropy).map_err(|error| refuse("entropy", &error))?;

    let (mut received, mut sent) = ([0; 4096], [0; 1024]);
    let mut socket = TcpSocket::new(stack, &mut received, &mut sent);
    let connected = network::connect(&mut socket, (address, parameters.port)).await;
    connected.map_err(|error| refuse("network", &error))?;

    let due = Timeout::new();
    due.arm(calls.patience());
    let socket = Deadline::new(socket, Embassy, &due);
    let tls = AuthenticatedTls::connect(socket, tls, &trust.server(now), seed).await;
    let mut connection = Connection::authenticated(tls.map_err(answer::not_connected)?);
    for _ in 0..calls.count() {
        due.arm(calls.patience());
        call(&calls, &mut client, &mut connection).await?;
    }
    // Everything came that was to come: whether the server hears the goodbye changes nothing.
    let (_socket, _heard) = connection.into_stream().close().await;
    Ok(())
}

async fn call(
    calls: &Calls<'_>,
    client: &mut Client<'_, OffsetClock<Embassy>>,
    connection: &mut Connection<impl Read<Error = TlsError> + Write>,
) -> Result<(), Refused> {
    let (mut head, mut body) = ([0; HEAD], [0; BODY]);
    let mut pieces = Pieces::default();
    let mut take = |piece: &[u8]| pieces.take(piece);
    let mut buffers = Buffers::new(&mut head, &mut body);
    if calls.case() == Case::Pieces {
        buffers = buffers.in_pieces(&mut take);
    }
    let reply = if calls.case() == Case::V1 {
        let form = calls.form()?;
        let entropy = &mut HostEntropy;
        client.call_v1_async(connection, &form, entropy, buffers).await.map_err(answer::failed)?
    } else {
        let request = calls.request()?;
        client.call_async(connection, &request, buffers).await.map_err(answer::failed)?
    };
    let status = reply.status();
    if calls.case() != Case::Pieces {
        answer::kept(reply);
        return Ok(());
    }
    pieces.report(status);
    Ok(())
}
