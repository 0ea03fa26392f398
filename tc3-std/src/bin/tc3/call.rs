//! `tc3 call`

use crate::{
    arguments::{Call, Route},
    print_line, say,
    shot::{Shot, sign},
    trouble::Trouble,
};
use std::time::Duration;
use tc3_std::{
    CallError, Client, Timeouts,
    tls::{TlsError, Trust},
};

pub(crate) fn run(arguments: &Call) -> Result<(), Trouble> {
    sign(&arguments.request, |shot| {
        if arguments.dry_run { crate::sign::print_request(&shot) } else { send(arguments, &shot) }
    })
}

fn send(arguments: &Call, shot: &Shot<'_>) -> Result<(), Trouble> {
    let client = client(&arguments.route)?;
    let message = shot.message();
    let mut connection = client.open(message.host())?;
    if arguments.verbose {
        let stream = connection.stream();
        let peer = stream.peer().map_or_else(|error| error.to_string(), |peer| peer.to_string());
        eprintln!("* connected to {peer}, {}, certificate of {} verified", stream.version(), message.host());
        show('>', &shot.head());
    }
    let reply = connection.send(message)?;
    if arguments.verbose {
        show('<', &shot.mask.hide(&String::from_utf8_lossy(reply.head())));
        say(format_args!("* request id: {}", reply.request_id().as_deref().unwrap_or("none")));
    }
    print_line(reply.body())?;
    reply.into_success()?;
    Ok(())
}

pub(crate) fn client(route: &Route) -> Result<Client, Trouble> {
    let mut trust = Trust::public();
    if let Some(path) = &route.ca {
        trust = trust.and_file(path).map_err(|source| Trouble::Trust { path: path.clone(), source })?;
    }
    let wait = Duration::from_secs(route.timeout);
    let timeouts = Timeouts { connect: wait, read: wait, write: wait };
    let client = Client::new(trust).map_err(|error: TlsError| CallError::from(error))?.timeouts(timeouts);
    Ok(match &route.connect {
        Some(address) => client.connect_to(address),
        None => client,
    })
}

fn show(mark: char, head: &str) {
    for line in head.lines() {
        say(format_args!("{mark} {line}"));
    }
}
