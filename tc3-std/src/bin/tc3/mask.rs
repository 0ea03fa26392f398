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
