//! Prints requests and responses, and checks the responses.

use std::{error::Error, fmt, fmt::Display};
use tc3_core::Signed;

pub(crate) fn title(title: &str) {
    println!("\n== {title}");
}

/// Prints each line of a value after a mark such as `>`.
pub(crate) fn block(mark: &str, value: impl Display) {
    for line in value.to_string().trim_end().lines() {
        println!("{mark} {line}");
    }
}

/// Prints request line and headers. `Debug` of a header value masks a token.
pub(crate) fn head(signed: &Signed<'_>) {
    let request = signed.request();
    block(">", format_args!("{} {} HTTP/1.1", request.method(), request.target()));
    signed.headers().for_each(|(name, value)| block(">", format_args!("{name}: {value:?}")));
}

/// The program received something other than it expected.
#[derive(Debug)]
pub(crate) struct Unexpected {
    expected: String,
    got: String,
}

impl Unexpected {
    pub(crate) fn new(expected: &str, got: impl Display) -> Self {
        Self { expected: expected.to_owned(), got: got.to_string() }
    }
}

impl Display for Unexpected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {}, got {}", self.expected, self.got)
    }
}

impl Error for Unexpected {}

/// Fails unless `got` contains `expected`.
pub(crate) fn expect(expected: &str, got: impl Display) -> Result<(), Unexpected> {
    let got = got.to_string();
    if got.contains(expected) { Ok(()) } else { Err(Unexpected::new(expected, got)) }
}
