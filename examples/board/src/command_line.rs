//! Reads the emulator's command line.

use semihosting::experimental::env::{self, Args};

use crate::parameters::{Parameters, USAGE};
use crate::{outcome, report};

/// Maximum length of the command line, in bytes. It stays on the stack while the program runs.
const MAX_LENGTH: usize = 768;

/// The emulator's command line.
#[derive(Debug)]
pub struct CommandLine(Args<MAX_LENGTH>);

impl CommandLine {
    /// Reads the command line from the host. Exits if it is missing or too long.
    #[must_use]
    pub fn fetch() -> Self {
        match env::args() {
            Ok(args) => Self(args),
            Err(_) => usage_error(format_args!("the command line is missing or over {MAX_LENGTH} bytes")),
        }
    }

    /// Parses the parameters. Exits if one is wrong. Call this once, because it consumes the words.
    pub fn parameters(&self) -> Parameters<'_> {
        let words = (&self.0).map(|word| word.unwrap_or("(not UTF-8)"));
        match Parameters::read(words.skip(1).filter(|word| !word.is_empty())) {
            Ok(parameters) => parameters,
            Err(error) => usage_error(format_args!("{error}")),
        }
    }
}

fn usage_error(reason: core::fmt::Arguments<'_>) -> ! {
    report!("error: parameter: {reason}");
    report!("{USAGE}");
    outcome::exit(outcome::USAGE_ERROR)
}
