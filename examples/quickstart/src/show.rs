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

/// Request line and headers, but for the token of a temporary key.
pub(crate) fn head(head: impl Display) {
    block(">", without_token(&head.to_string()));
}

fn without_token(head: &str) -> String {
    let lines = head.lines().map(|line| match line.split_once(": ") {
        Some((name @ "X-TC-Token", _)) => format!("{name}: ***"),
        _ => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
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

#[cfg(test)]
mod tests {
    use tc3_core::{Credentials, Invalid, Signer, Timestamp};

    #[test]
    fn a_head_is_shown_without_the_token_of_a_temporary_key() -> Result<(), Invalid> {
        let mut signer = Signer::new(Credentials::temporary("AKIDEXAMPLE", "key", "MARKER")?);
        let request = crate::calls::first()?;
        let head = signer.sign(&request, Timestamp::from_unix(1_551_113_065)?).head().to_string();
        let shown = super::without_token(&head);
        assert!(head.contains("MARKER") && !shown.contains("MARKER"), "{shown}");
        assert!(shown.contains("\nX-TC-Token: ***\n") && shown.contains("\nAuthorization: TC3"), "{shown}");
        Ok(())
    }
}
