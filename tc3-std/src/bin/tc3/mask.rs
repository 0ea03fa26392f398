//! Keeps the token of a temporary key out of everything that is shown.

use tc3_core::{Invalid, Node, Query};

/// Hides a token in texts, raw and percent-encoded.
pub(crate) struct Mask {
    forms: Vec<String>,
}

impl Mask {
    pub(crate) fn new(token: Option<&str>) -> Result<Self, Invalid> {
        let Some(token) = token else { return Ok(Self { forms: Vec::new() }) };
        let encoded = Query::params(&[("t", Node::Text(token))])?.to_string();
        let encoded = encoded.strip_prefix("t=").unwrap_or(&encoded).to_owned();
        Ok(Self { forms: vec![encoded, token.to_owned()] })
    }

    pub(crate) fn hide(&self, text: &str) -> String {
        self.forms.iter().fold(text.to_owned(), |text, form| text.replace(form, "***"))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::Mask;

    #[test]
    fn a_token_is_hidden_as_it_is_and_percent_encoded() {
        let mask = Mask::new(Some("a+/b=")).unwrap();
        assert_eq!(mask.hide("X-TC-Token: a+/b="), "X-TC-Token: ***");
        assert_eq!(mask.hide("&Token=a%2B%2Fb%3D&"), "&Token=***&");
        assert_eq!(Mask::new(None).unwrap().hide("X"), "X");
    }
}
