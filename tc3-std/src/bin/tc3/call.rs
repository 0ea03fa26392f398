//! `tc3 call`

use crate::{
    args::{CallArgs, RouteArgs},
    error::CliError,
    output::{eprint_line, print_line},
    sign::print_request,
    signed::{SignedCall, sign},
};
use std::{
    io::{Read, Write},
    net::SocketAddr,
    time::Duration,
};
use tc3_std::{
    CallError, Client, Connection, Reply, Timeouts, dial,
    tls::{TlsError, Trust},
};

pub(crate) fn run(arguments: &CallArgs) -> Result<(), CliError> {
    sign(
        &arguments.request,
        |call| {
            if arguments.dry_run { print_request(&call) } else { send(arguments, &call) }
        },
    )
}

fn send(arguments: &CallArgs, call: &SignedCall<'_>) -> Result<(), CliError> {
    if let (true, Some(address)) = (arguments.plain_http, &arguments.route.connect) {
        // Not a name: it could be resolved to another machine.
        if !address.parse().is_ok_and(|address: SocketAddr| address.ip().is_loopback()) {
            return Err(CliError::NotLoopback { address: address.clone() });
        }
        let socket = dial(address, timeouts(&arguments.route)).map_err(CallError::from)?;
        return exchange(arguments, call, Connection::new(socket), &format!("{address}, without TLS"));
    }
    let host = call.message().host().to_owned();
    let connection = client(&arguments.route)?.open(&host)?;
    let stream = connection.stream();
    let peer = stream.peer().map_or_else(|error| error.to_string(), |peer| peer.to_string());
    let version = stream.version();
    let to = format!("{peer}, {version}, certificate of {host} verified");
    exchange(arguments, call, connection, &to)
}

/// `to` says with what the connection is.
fn exchange<S: Read + Write>(
    arguments: &CallArgs,
    call: &SignedCall<'_>,
    mut connection: Connection<S>,
    to: &str,
) -> Result<(), CliError> {
    if arguments.verbose {
        eprint_line(format_args!("* connected to {to}"));
        eprint_line(format_args!("* credentials of {}", call.origin));
        call.remark.iter().for_each(|remark| eprint_line(format_args!("* {remark}")));
        call.shown_head().iter().for_each(|line| eprint_line(format_args!("> {line}")));
        eprint_line("> ");
    }
    let (reply, error) = match connection.send(call.message()) {
        Ok(reply) => (reply, None),
        // The received part of an incomplete response is shown too.
        Err(CallError::Incomplete(error, reply)) => {
            (Reply::clone(&reply), Some(CallError::Incomplete(error, reply)))
        }
        Err(error) => return Err(error.into()),
    };
    if arguments.verbose {
        // The response might repeat the request's token.
        let head = call.mask.hide(&String::from_utf8_lossy(reply.head()));
        head.lines().for_each(|line| eprint_line(format_args!("< {line}")));
        eprint_line(format_args!("* request id: {}", reply.request_id().as_deref().unwrap_or("none")));
    }
    print_line(reply.body())?;
    match error {
        Some(error) => Err(error.into()),
        None => Ok(reply.into_success().map(|_| ())?),
    }
}

fn client(route: &RouteArgs) -> Result<Client, CliError> {
    let mut trust = Trust::public();
    if let Some(path) = &route.ca {
        trust = trust.and_file(path).map_err(|source| CliError::Trust { path: path.clone(), source })?;
    }
    let client = Client::new(trust).map_err(|error: TlsError| CallError::from(error))?;
    let client = client.timeouts(timeouts(route));
    Ok(match &route.connect {
        Some(address) => client.connect_to(address),
        None => client,
    })
}

const fn timeouts(route: &RouteArgs) -> Timeouts {
    let timeout = Duration::from_secs(route.timeout);
    Timeouts { connect: timeout, read: timeout, write: timeout }
}
