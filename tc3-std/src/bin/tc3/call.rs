//! `tc3 call`

use crate::{
    args::{CallArgs, RouteArgs},
    error::CliError,
    output::{eprint_line, print_line},
    sign::print_request,
    signed::{SignedCall, sign},
};
use std::time::Duration;
use tc3_std::{
    CallError, Client, Reply, Timeouts,
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
    let client = client(&arguments.route)?;
    let message = call.message();
    let mut connection = client.open(message.host())?;
    if arguments.verbose {
        let stream = connection.stream();
        let peer = stream.peer().map_or_else(|error| error.to_string(), |peer| peer.to_string());
        let (version, host) = (stream.version(), message.host());
        eprint_line(format_args!("* connected to {peer}, {version}, certificate of {host} verified"));
        call.shown_head().iter().for_each(|line| eprint_line(format_args!("> {line}")));
        eprint_line("> ");
    }
    let (reply, error) = match connection.send(message) {
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
    let timeout = Duration::from_secs(route.timeout);
    let timeouts = Timeouts { connect: timeout, read: timeout, write: timeout };
    let client = Client::new(trust).map_err(|error: TlsError| CallError::from(error))?.timeouts(timeouts);
    Ok(match &route.connect {
        Some(address) => client.connect_to(address),
        None => client,
    })
}
