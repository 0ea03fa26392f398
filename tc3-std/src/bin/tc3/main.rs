//! `tc3`: makes, signs, explains and verifies calls to Tencent Cloud API 3.0 from a shell.

mod args;
mod body;
mod call;
mod curl;
mod error;
mod explain;
mod mask;
mod output;
mod serve;
mod sign;
mod signed;

use args::{Cli, Command};
use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Call(arguments) => call::run(&arguments),
        Command::Sign(arguments) => sign::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Serve(arguments) => serve::run(&arguments),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output::eprint_line(format_args!("tc3: {error}"));
            if let Some(remedy) = error.remedy() {
                output::eprint_line(format_args!("  remedy: {remedy}"));
            }
            ExitCode::from(error.exit_code())
        }
    }
}
