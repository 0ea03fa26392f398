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
    fmt,
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

/// One line of standard error. Strangers' words are in it, and a terminal obeys control characters.
fn say(line: impl fmt::Display) {
    eprintln!("{}", escape(&line.to_string()));
}

fn escape(text: &str) -> String {
    let shown = |letter: char| match letter.is_control() {
        true => letter.escape_default().to_string(),
        false => letter.to_string(),
    };
    text.chars().map(shown).collect()
}

/// As [`print()`], ending with the end of a line, so that a prompt or the next output starts on its own.
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

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn control_characters_are_spelt_and_letters_of_any_script_are_not() {
        assert_eq!(escape("\u{1b}[2J\r\n\u{9b}未命名 é"), "\\u{1b}[2J\\r\\n\\u{9b}未命名 é");
    }
}
