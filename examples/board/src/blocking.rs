//! The blocking program. It runs over any `embedded-io` stream.

use embedded_io::{Read, ReadReady, Write, WriteReady};
use static_cell::ConstStaticCell;
use tc3_core::Signer;
use tc3_embedded::client::{Buffers, Client, Connection};
use tc3_embedded::clock::OffsetClock;
use tc3_embedded::deadline::{Deadline, Timeout};
use tc3_embedded::tls::{AuthenticatedTls, Seed, TlsError};

use crate::answer::{self, Pieces};
use crate::buffers::{BODY, HEAD, StaticBuffers};
use crate::calls::Calls;
use crate::clock;
use crate::command_line::CommandLine;
use crate::counter::{Counter, InstructionCounts, Metered};
use crate::entropy::HostEntropy;
use crate::outcome::{self, Failed, report_error};
use crate::parameters::{Case, Parameters};
use crate::trust::Trust;

static BUFFERS: ConstStaticCell<StaticBuffers> = ConstStaticCell::new(StaticBuffers::new());

/// Runs the program over a stream that is already connected to the server, then exits.
pub fn run<S, C: Counter>(stream: S, counter: C) -> !
where
    S: Read + ReadReady + Write + WriteReady,
{
    let line = CommandLine::fetch();
    let parameters = line.parameters();
    let (counts, timeout) = (InstructionCounts::new(), Timeout::new());
    let stream = Deadline::new(Metered::new(stream, counter, &counts), counter, &timeout);
    let outcome = program(stream, counter, &timeout, &parameters, &counts);
    outcome::end(outcome, &counts, counter)
}

fn program<'a, S, C: Counter>(
    stream: Deadline<'a, S, C>,
    counter: C,
    timeout: &Timeout,
    parameters: &Parameters<'_>,
    counts: &InstructionCounts,
) -> Result<(), Failed>
where
    S: Read + ReadReady + Write + WriteReady + 'a,
{
    let StaticBuffers { tls, root } = BUFFERS.take();
    let calls = Calls::new(parameters);
    let mut client = calls.client(clock::start(counter, parameters.now)?);
    // An unset or implausible clock ends the program here, before anything is sent.
    let now = client.now().map_err(clock::report_clock_error)?;
    counts.count_signature(counter, || calls.sign_for_measurement(now))?;
    let trust = Trust::read(parameters, root)?;
    let seed = Seed::draw(&mut HostEntropy).map_err(|error| report_error("entropy", &error))?;

    timeout.arm(calls.timeout());
    let connect = || AuthenticatedTls::connect(stream, tls, &trust.server(now), seed);
    let tls = counts.count_handshake(counter, connect).map_err(answer::report_tls_error)?;

    let mut connection = Connection::authenticated(tls);
    let mut signer = calls.signer()?;
    for _ in 0..calls.count() {
        timeout.arm(calls.timeout());
        call(&calls, &mut client, &mut connection, &mut signer)?;
    }
    // The responses are complete, so an error while sending close_notify does not matter.
    let (_stream, _closed) = connection.into_stream().close();
    Ok(())
}

fn call<C: Counter>(
    calls: &Calls<'_>,
    client: &mut Client<OffsetClock<C>>,
    connection: &mut Connection<impl Read<Error = TlsError> + Write>,
    signer: &mut Signer<'_>,
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
        client.call_v1(connection, signer, &form, entropy, buffers).map_err(answer::report_call_error)?
    } else {
        let request = calls.request()?;
        client.call(connection, signer, &request, buffers).map_err(answer::report_call_error)?
    };
    let status = reply.status();
    if calls.case() != Case::Pieces {
        answer::report_reply(reply);
        return Ok(());
    }
    pieces.report(status);
    Ok(())
}
