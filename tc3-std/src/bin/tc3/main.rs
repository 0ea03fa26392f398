//! `tc3`: makes, signs, explains and verifies calls to Tencent Cloud API 3.0 from a shell.

mod arguments;
mod body;
mod call;
mod curl;
mod explain;
mod mask;
mod serve;
mod shot;
mod sign;
mod trouble;

use arguments::{Cli, Command};
use clap::Parser;
use std::{
    io::{self, Write},
    process::ExitCode,
};
use trouble::Trouble;

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Call(arguments) => call::run(&arguments),
        Command::Sign(arguments) => sign::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Serve(arguments) => serve::run(&arguments),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            trouble.report();
            ExitCode::from(trouble.exit_code())
        }
    }
}

/// As [`print`], ending with the end of a line, so that a prompt or the next output starts on its own.
fn print_line(bytes: &[u8]) -> Result<(), Trouble> {
    print(bytes)?;
    if bytes.ends_with(b"\n") { Ok(()) } else { print(b"\n") }
}

/// Writes to standard output. A reader that has seen enough (`| head`) is no trouble.
fn print(bytes: &[u8]) -> Result<(), Trouble> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Trouble::Output(error)),
        _ => Ok(()),
    }
}
