//! A request as received.

use bytes::Bytes;
use tc3_core::{
    HashedPayload,
    verify::{Body, Message},
};

/// A request as received.
pub(super) struct Inbound<'a> {
    pub(super) method: &'a str,
    /// The request target: path and query, percent-encoded.
    pub(super) target: &'a str,
    pub(super) headers: &'a [(&'a str, &'a [u8])],
    /// The body, truncated one byte after [`tc3_core::Limit::Body`].
    pub(super) body: Bytes,
    /// Hash and length of the whole body.
    pub(super) payload: HashedPayload,
    /// Whether the head has both Content-Length and Transfer-Encoding. `headers` lacks the former then.
    pub(super) has_two_lengths: bool,
}

impl<'a> Inbound<'a> {
    pub(super) fn header(&self, name: &str) -> Option<&'a [u8]> {
        let mut headers = self.headers.iter();
        headers.find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
    }

    pub(super) fn query(&self) -> Option<&'a str> {
        self.target.split_once('?').map(|(_, query)| query)
    }

    /// Whether the signature is v1: in the parameters of a query or form, not in a header.
    pub(super) fn is_v1(&self) -> bool {
        if self.header("authorization").is_some() {
            return false;
        }
        match self.method {
            // A TC3 GET without Authorization still has the header X-TC-Action.
            "GET" => self.header("x-tc-action").is_none() && self.query().is_some(),
            _ => self.header("content-type").is_some_and(is_form),
        }
    }

    pub(super) fn message(&self, body: Body<'a>) -> Message<'a>
    where
        Self: 'a,
    {
        Message { method: self.method, target: self.target, headers: self.headers, body }
    }
}

/// Whether a Content-Type is that of a form. Upper and lower case are the same.
pub(super) fn is_form(content_type: &[u8]) -> bool {
    const FORM: &[u8] = b"x-www-form-urlencoded";
    content_type.windows(FORM.len()).any(|part| part.eq_ignore_ascii_case(FORM))
}

#[cfg(test)]
mod tests {
    use super::is_form;

    #[test]
    fn a_forms_content_type_may_have_parameters_and_letters_of_either_case() {
        assert!(is_form(b"application/x-www-form-urlencoded"));
        assert!(is_form(b"Application/X-WWW-Form-Urlencoded; charset=\xff"));
        assert!(!is_form(b"application/json") && !is_form(b""));
    }
}
