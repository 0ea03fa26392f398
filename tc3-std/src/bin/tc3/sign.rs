//! `tc3 sign` and `--dry-run`

use crate::{
    args::SignArgs,
    curl,
    error::CliError,
    output::{eprint_line, print, print_line},
    signed::{SignedCall, sign},
};

pub(crate) fn run(arguments: &SignArgs) -> Result<(), CliError> {
    sign(&arguments.request, |call| {
        if arguments.curl {
            if let Some(variable) = call.token_variable.filter(|variable| *variable != call.origin) {
                let origin = &call.origin;
                eprint_line(format_args!(
                    "tc3: the command reads {variable}: set it to the token of {origin}"
                ));
            }
            return print(curl::command(&call, &arguments.route)?.as_bytes());
        }
        print_request(&call)
    })
}

/// Prints head and body with the token masked.
pub(crate) fn print_request(call: &SignedCall<'_>) -> Result<(), CliError> {
    if call.token_variable.is_some() {
        eprint_line(format_args!("tc3: *** stands for the token in {}", call.origin));
    }
    let (head, body) = (call.shown_head().join("\r\n") + "\r\n\r\n", call.body()?);
    match str::from_utf8(&body) {
        Ok(body) => print_line((head + &call.mask.hide(body)).as_bytes()),
        // An added line end would look like a byte of the binary body.
        Err(_) => print(&[head.as_bytes(), &body].concat()),
    }
}
