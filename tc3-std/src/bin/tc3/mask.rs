//! Keeps the token of a temporary key out of everything that is shown.

use tc3_core::{Invalid, ParamValue, Query};

/// Hides a token in its own places: whatever else happens to read like a short token stays legible.
pub(crate) struct Mask {
    /// What stands before the token, and the token as it is written there.
    places: Vec<(&'static str, String)>,
}

impl Mask {
    pub(crate) fn new(token: Option<&str>) -> Result<Self, Invalid> {
        let Some(token) = token else { return Ok(Self { places: Vec::new() }) };
        let encoded = Query::params(&[("t", ParamValue::Text(token))])?.to_string();
        let encoded = encoded.strip_prefix("t=").unwrap_or(&encoded).to_owned();
        let raw = token.to_owned();
        // The parameter is never the first: Action sorts before it. A string to sign has it raw.
        Ok(Self { places: vec![("X-TC-Token: ", raw.clone()), ("&Token=", encoded), ("&Token=", raw)] })
    }

    pub(crate) fn hide(&self, text: &str) -> String {
        self.places.iter().fold(text.to_owned(), |text, (before, token)| {
            text.replace(&format!("{before}{token}"), &format!("{before}***"))
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::Mask;

    #[test]
    fn what_only_reads_like_the_token_is_left_as_it_is() {
        let mask = Mask::new(Some("1")).unwrap();
        assert_eq!(mask.hide("HTTP/1.1\r\nX-TC-Token: 1\r\n"), "HTTP/1.1\r\nX-TC-Token: ***\r\n");
        assert_eq!(mask.hide("Nonce=11&Token=1&Version=1"), "Nonce=11&Token=***&Version=1");
    }

    #[test]
    fn a_token_is_hidden_as_it_is_and_percent_encoded() {
        let mask = Mask::new(Some("a+/b=")).unwrap();
        assert_eq!(mask.hide("X-TC-Token: a+/b="), "X-TC-Token: ***");
        assert_eq!(mask.hide("&Token=a+/b=&"), "&Token=***&");
        assert_eq!(mask.hide("&Token=a%2B%2Fb%3D&"), "&Token=***&");
        assert_eq!(Mask::new(None).unwrap().hide("X"), "X");
    }
}
