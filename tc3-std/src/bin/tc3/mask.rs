//! Hides the token of a temporary key in everything that is shown.

use tc3_core::{Invalid, ParamValue, Query};

/// Replaces a token by `***` in the header and the parameter that carry it. Nowhere else: a short token
/// can also occur by chance, for example in a timestamp.
pub(crate) struct Mask {
    token: Option<Token>,
}

struct Token {
    raw: String,
    percent_encoded: String,
}

impl Mask {
    pub(crate) fn new(token: Option<&str>) -> Result<Self, Invalid> {
        let Some(raw) = token else { return Ok(Self { token: None }) };
        let encoded = Query::params(&[("t", ParamValue::Text(raw))])?.to_string();
        let percent_encoded = encoded.strip_prefix("t=").unwrap_or(&encoded).to_owned();
        Ok(Self { token: Some(Token { raw: raw.to_owned(), percent_encoded }) })
    }

    /// Hides the token in the header `X-TC-Token` and in the v1 parameter `Token`.
    pub(crate) fn hide(&self, shown: &str) -> String {
        let Some(Token { raw, percent_encoded }) = &self.token else { return shown.to_owned() };
        // `&` always precedes the parameter, because `Action` sorts before `Token`. In a string to sign the
        // token is not percent-encoded.
        let places = [("X-TC-Token: ", raw), ("&Token=", percent_encoded), ("&Token=", raw)];
        places.iter().fold(shown.to_owned(), |shown, (before, token)| {
            shown.replace(&format!("{before}{token}"), &format!("{before}***"))
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::Mask;

    #[test]
    fn digits_that_equal_a_short_token_are_not_hidden() {
        let mask = Mask::new(Some("1")).unwrap();
        assert_eq!(mask.hide("HTTP/1.1\r\nX-TC-Token: 1\r\n"), "HTTP/1.1\r\nX-TC-Token: ***\r\n");
        assert_eq!(mask.hide("Nonce=11&Token=1&Version=1"), "Nonce=11&Token=***&Version=1");
    }

    #[test]
    fn a_token_is_hidden_raw_and_percent_encoded() {
        let mask = Mask::new(Some("a+/b=")).unwrap();
        assert_eq!(mask.hide("X-TC-Token: a+/b="), "X-TC-Token: ***");
        assert_eq!(mask.hide("&Token=a+/b=&"), "&Token=***&");
        assert_eq!(mask.hide("&Token=a%2B%2Fb%3D&"), "&Token=***&");
        let none = Mask::new(None).unwrap();
        assert_eq!(none.hide("X"), "X");
    }
}
