//! The emulator's command line, and the end of a run that it makes no sense of.

use semihosting::experimental::env::{self, Args};

use crate::parameters::{Parameters, USAGE};
use crate::{report, verdict};

/// Longest command line, in bytes: it stays on the stack while the program runs.
const LIMIT: usize = 768;

/// The command line, as the host gave it.
#[derive(Debug)]
pub struct CommandLine(Args<LIMIT>);

impl CommandLine {
    /// Asks the host; ends the run if it has none to give.
    #[must_use]
    pub fn fetch() -> Self {
        match env::args() {
            Ok(args) => Self(args),
            Err(_) => refuse(format_args!("no command line of at most {LIMIT} bytes")),
        }
    }

    /// What it says, to be read once; ends the run if that makes no sense.
    pub fn parameters(&self) -> Parameters<'_> {
        let words = (&self.0).map(|word| word.unwrap_or("(not UTF-8)"));
        match Parameters::read(words.skip(1).filter(|word| !word.is_empty())) {
            Ok(parameters) => parameters,
            Err(error) => refuse(format_args!("{error}")),
        }
    }
}

fn refuse(why: core::fmt::Arguments<'_>) -> ! {
    report!("error: parameter: {why}");
    report!("{USAGE}");
    verdict::exit(verdict::USED_WRONGLY)
}
