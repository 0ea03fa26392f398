//! What is printed, and what ends the program when it is not as expected.

use std::{error::Error, fmt, fmt::Display};

pub(crate) fn title(text: &str) {
    println!("\n== {text}");
}

/// A text of several lines, set off by a mark.
pub(crate) fn block(mark: &str, text: impl Display) {
    for line in text.to_string().trim_end().lines() {
        println!("{mark} {line}");
    }
}

/// Something did not go as it should.
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

/// Ends the program unless `got` has `expected` in it.
pub(crate) fn expect(expected: &str, got: impl Display) -> Result<(), Unexpected> {
    let got = got.to_string();
    if got.contains(expected) { Ok(()) } else { Err(Unexpected::new(expected, got)) }
}
