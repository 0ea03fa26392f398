//! Keeps the token of a temporary key out of everything that is shown.

/// Hides a token in texts, raw and percent-encoded.
pub(crate) struct Mask {
    forms: Vec<String>,
}

impl Mask {
    pub(crate) fn new(token: Option<&str>) -> Self {
        let forms = token.map(|token| vec![percent(token), token.to_owned()]);
        Self { forms: forms.unwrap_or_default() }
    }

    pub(crate) fn hide(&self, text: &str) -> String {
        self.forms.iter().fold(text.to_owned(), |text, form| text.replace(form, "***"))
    }
}

/// As the signer encodes: everything but `A-Za-z0-9-._~`.
fn percent(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let encode = |byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(encode).collect()
}

#[cfg(test)]
mod tests {
    use super::Mask;

    #[test]
    fn a_token_is_hidden_as_it_is_and_percent_encoded() {
        let mask = Mask::new(Some("a+/b="));
        assert_eq!(mask.hide("X-TC-Token: a+/b="), "X-TC-Token: ***");
        assert_eq!(mask.hide("&Token=a%2B%2Fb%3D&"), "&Token=***&");
        assert_eq!(Mask::new(None).hide("X"), "X");
    }
}
