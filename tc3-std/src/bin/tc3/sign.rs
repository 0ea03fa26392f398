//! `tc3 sign` and `--dry-run`

use crate::{
    arguments::Sign,
    curl, print, print_line,
    shot::{Shot, sign},
    trouble::Trouble,
};
use std::io::Read;

pub(crate) fn run(arguments: &Sign) -> Result<(), Trouble> {
    sign(&arguments.request, |shot| {
        if arguments.curl {
            return print(curl::command(&shot, &arguments.route)?.as_bytes());
        }
        print_request(&shot)
    })
}

/// Prints head and body.
pub(crate) fn print_request(shot: &Shot<'_>) -> Result<(), Trouble> {
    note_mask(shot);
    let (head, body) = (shot.head(), body(shot)?);
    match str::from_utf8(&body) {
        Ok(text) => print_line((head + &shot.mask.hide(text)).as_bytes()),
        // A byte more would be taken for one of the body's.
        Err(_) => print(&[head.as_bytes(), &body].concat()),
    }
}

/// The body as it is sent.
pub(crate) fn body(shot: &Shot<'_>) -> Result<Vec<u8>, Trouble> {
    let mut body = Vec::new();
    let read = shot.message().into_body().read_to_end(&mut body);
    read.map_err(|source| Trouble::Input { what: "the body".to_owned(), source })?;
    Ok(body)
}

fn note_mask(shot: &Shot<'_>) {
    if let Some(variable) = shot.token_variable {
        eprintln!("tc3: *** stands for the token in {variable}");
    }
}
