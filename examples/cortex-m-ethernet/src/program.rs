//! The asynchronous program.

use board::answer::{self, Pieces};
use board::buffers::{BODY, HEAD, StaticBuffers};
use board::calls::Calls;
use board::clock;
use board::counter::InstructionCounts;
use board::entropy::HostEntropy;
use board::outcome::{Failed, report_error};
use board::parameters::{Case, Parameters};
use board::trust::Trust;
use embassy_net::Stack;
use embassy_net::tcp::TcpSocket;
use embedded_io_async::{Read, Write};
use mps2::network;
use mps2::time::Embassy;
use static_cell::ConstStaticCell;
use tc3_embedded::client::{Buffers, Client, Connection};
use tc3_embedded::clock::OffsetClock;
use tc3_embedded::deadline::{Deadline, Timeout};
use tc3_embedded::signer::{Sign, SignV1};
use tc3_embedded::tls::{Seed, TlsError, asynchronous::AuthenticatedTls};

use crate::sntp;

static BUFFERS: ConstStaticCell<StaticBuffers> = ConstStaticCell::new(StaticBuffers::new());

/// Connects to the server, makes the calls and prints their results.
pub(crate) async fn run(
    stack: Stack<'_>,
    parameters: &Parameters<'_>,
    counts: &InstructionCounts,
) -> Result<(), Failed> {
    let StaticBuffers { tls, root } = BUFFERS.take();
    let calls = Calls::new(parameters);
    let mut clock = clock::start(Embassy, parameters.now)?;
    network::configure(stack).await.map_err(|error| report_error("network", &error))?;
    let address =
        network::resolve(stack, parameters, None).await.map_err(|error| report_error("network", &error))?;
    if let Some(port) = parameters.ntp {
        let time = sntp::ask(stack, (address, port)).await.map_err(|error| report_error("sntp", &error))?;
        clock.set_millis(time.timestamp, time.millis).map_err(|error| report_error("clock", &error))?;
    }
    let mut client = calls.client(clock);
    // An unset or implausible clock ends the program here, before anything is sent to the server.
    let now = client.now().map_err(clock::report_clock_error)?;
    counts.count_signature(Embassy, || calls.sign_for_measurement(now))?;
    let trust = Trust::read(parameters, root)?;
    let seed = Seed::draw(&mut HostEntropy).map_err(|error| report_error("entropy", &error))?;

    let (mut rx_buffer, mut tx_buffer) = ([0; 4096], [0; 1024]);
    let mut socket = TcpSocket::new(stack, &mut rx_buffer, &mut tx_buffer);
    let connected = network::connect(&mut socket, (address, parameters.port), None).await;
    connected.map_err(|error| report_error("network", &error))?;

    let timeout = Timeout::new();
    timeout.arm(calls.timeout());
    let socket = Deadline::new(socket, Embassy, &timeout);
    let tls = AuthenticatedTls::connect(socket, tls, &trust.server(now), seed).await;
    let mut connection = Connection::authenticated(tls.map_err(answer::report_tls_error)?);
    let mut signer = calls.signer()?;
    for _ in 0..calls.count() {
        timeout.arm(calls.timeout());
        call(&calls, &mut client, &mut connection, &mut signer).await?;
    }
    // The responses are complete, so an error while sending close_notify does not matter.
    let (_socket, _closed) = connection.into_stream().close().await;
    Ok(())
}

async fn call(
    calls: &Calls<'_>,
    client: &mut Client<OffsetClock<Embassy>>,
    connection: &mut Connection<impl Read<Error = TlsError> + Write>,
    signer: &mut (impl Sign + SignV1),
) -> Result<(), Failed> {
    let (mut head, mut body) = ([0; HEAD], [0; BODY]);
    let mut pieces = Pieces::default();
    let mut on_piece = |piece: &[u8]| pieces.update(piece);
    let mut buffers = Buffers::new(&mut head, &mut body);
    if calls.case() == Case::Pieces {
        buffers = buffers.in_pieces(&mut on_piece);
    }
    let reply = if calls.case() == Case::V1 {
        let form = calls.form()?;
        let entropy = &mut HostEntropy;
        let reply = client.call_v1_async(connection, signer, &form, entropy, buffers).await;
        reply.map_err(answer::report_call_error)?
    } else {
        let request = calls.request()?;
        let reply = client.call_async(connection, signer, &request, buffers).await;
        reply.map_err(answer::report_call_error)?
    };
    let status = reply.status();
    if calls.case() != Case::Pieces {
        answer::report_reply(reply);
        return Ok(());
    }
    pieces.report(status);
    Ok(())
}
