//! The blocking program: the same over every stream.

use embedded_io::{Read, ReadReady, Write, WriteReady};
use static_cell::ConstStaticCell;
use tc3_embedded::client::{Buffers, Client, Connection};
use tc3_embedded::clock::OffsetClock;
use tc3_embedded::deadline::{Deadline, Timeout};
use tc3_embedded::tls::{AuthenticatedTls, Seed, TlsError};

use crate::answer::{self, Pieces};
use crate::calls::Calls;
use crate::clock;
use crate::command_line::CommandLine;
use crate::counter::{Counter, Metered, Spent};
use crate::entropy::HostEntropy;
use crate::parameters::{Case, Parameters};
use crate::room::{BODY, HEAD, Room};
use crate::trust::Trust;
use crate::verdict::{self, Refused, refuse};

static ROOM: ConstStaticCell<Room> = ConstStaticCell::new(Room::new());

/// Runs the program over a stream that leads to the server, and ends the emulator.
pub fn run<S, C: Counter>(stream: S, counter: C) -> !
where
    S: Read + ReadReady + Write + WriteReady,
{
    let line = CommandLine::fetch();
    let parameters = line.parameters();
    let (spent, due) = (Spent::new(), Timeout::new());
    let stream = Deadline::new(Metered::new(stream, counter, &spent), counter, &due);
    let outcome = program(stream, counter, &due, &parameters, &spent);
    verdict::end(outcome, &spent)
}

fn program<'a, S, C: Counter>(
    stream: Deadline<'a, S, C>,
    counter: C,
    due: &Timeout,
    parameters: &Parameters<'_>,
    spent: &Spent,
) -> Result<(), Refused>
where
    S: Read + ReadReady + Write + WriteReady + 'a,
{
    let Room { tls, root } = ROOM.take();
    let calls = Calls::new(parameters);
    let mut client = calls.client(clock::start(counter, parameters.now)?)?;
    // The same time judges the certificates and is signed. Nothing is sent before it is believed.
    let now = client.now().map_err(clock::refused)?;
    spent.on_signing(counter, || calls.sign(now))?;
    let trust = Trust::read(parameters, root)?;
    let seed = Seed::draw(&mut HostEntropy).map_err(|error| refuse("entropy", &error))?;

    due.arm(calls.patience());
    let connect = || AuthenticatedTls::connect(stream, tls, &trust.server(now), seed);
    let tls = spent.on_handshake(counter, connect).map_err(answer::not_connected)?;

    let mut connection = Connection::authenticated(tls);
    for _ in 0..calls.count() {
        due.arm(calls.patience());
        call(&calls, &mut client, &mut connection)?;
    }
    // Everything came that was to come: whether the server hears the goodbye changes nothing.
    let (_stream, _heard) = connection.into_stream().close();
    Ok(())
}

fn call<C: Counter>(
    calls: &Calls<'_>,
    client: &mut Client<'_, OffsetClock<C>>,
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
        client.call_v1(connection, &form, &mut HostEntropy, buffers).map_err(answer::failed)?
    } else {
        client.call(connection, &calls.request()?, buffers).map_err(answer::failed)?
    };
    let status = reply.status();
    if calls.case() != Case::Pieces {
        answer::kept(reply);
        return Ok(());
    }
    pieces.report(status);
    Ok(())
}
