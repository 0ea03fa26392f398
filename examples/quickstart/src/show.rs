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

/// Prints request line and headers, with the token masked.
pub(crate) fn head(signed: &Signed<'_>) {
    block(">", masked_head(signed));
}

/// Request line and headers. `Debug` of a header value masks a token.
fn masked_head(signed: &Signed<'_>) -> String {
    let request = signed.request();
    let headers = signed.headers().map(|(name, value)| format!("{name}: {value:?}\n"));
    format!("{} {} HTTP/1.1\n{}", request.method(), request.target(), headers.collect::<String>())
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

#[cfg(test)]
mod tests {
    use tc3_core::{Credentials, Invalid, Signer, Timestamp};

    #[test]
    fn the_head_is_shown_with_its_token_masked() -> Result<(), Invalid> {
        let mut signer = Signer::new(Credentials::temporary("AKIDEXAMPLE", "key", "MARKER")?);
        let request = crate::calls::first()?;
        let signed = signer.sign(&request, Timestamp::from_unix(1_551_113_065)?);
        let sent = signed.head().to_string();
        let shown = super::masked_head(&signed);
        assert_eq!(shown, sent.replace("MARKER", "***").replace("\r\n", "\n").trim_end().to_owned() + "\n");
        assert!(shown.contains("\nX-TC-Token: ***\n"), "{shown}");
        Ok(())
    }
}
