//! How a TC3 signature is made, as data that a mistake can change.

use super::{
    Facts,
    mac::{MacOf, hex_sha256, hmac_sha256},
    text::{HEX, Recode, hex},
};
use tc3_core::HashedPayload;
use zeroize::Zeroizing;

/// The parts of a TC3 signature.
#[derive(Clone)]
pub(super) struct Recipe {
    pub(super) method: Vec<u8>,
    pub(super) path: Vec<u8>,
    pub(super) query: Vec<u8>,
    /// Names and values of the lines of the canonical headers.
    pub(super) headers: Vec<(String, Vec<u8>)>,
    /// Between the name and the value of a header.
    pub(super) colon: &'static str,
    /// The line ends after the last line of the headers.
    pub(super) blank_lines: usize,
    pub(super) signed_headers: String,
    pub(super) payload: Vec<u8>,
    pub(super) line_end: &'static str,
    /// What follows the canonical request.
    pub(super) end: &'static str,
    /// What the canonical request becomes in the string to sign.
    pub(super) digest: Recode,
    /// The lines of the string to sign before the digest: algorithm, timestamp and scope.
    pub(super) prologue: Vec<String>,
    pub(super) to_sign_line_end: &'static str,
    /// What follows the string to sign.
    pub(super) to_sign_end: &'static str,
    /// The first key: `TC3` and the SecretKey.
    pub(super) secret: Zeroizing<Vec<u8>>,
    /// The messages that derive the key: date, service and `tc3_request`.
    pub(super) steps: Vec<Vec<u8>>,
    pub(super) mac: MacOf,
    /// Whether a derived key is used as hexadecimal digits.
    pub(super) has_hex_keys: bool,
    /// Completes the sentence of the mistake.
    pub(super) note: String,
}

impl Recipe {
    /// The right recipe for a request.
    pub(super) fn of(facts: &Facts<'_>) -> Self {
        let Facts { account, inbound, claim, .. } = *facts;
        let (path, query) = inbound.target.split_once('?').unwrap_or((inbound.target, ""));
        let value = |name| inbound.header(name).unwrap_or_default().trim_ascii().to_ascii_lowercase();
        let headers: Vec<_> = claim.signed_headers().map(|name| (name.to_owned(), value(name))).collect();
        let names: Vec<_> = claim.signed_headers().collect();
        let payload = match claim.is_unsigned() {
            true => HashedPayload::of(b"UNSIGNED-PAYLOAD"),
            false => inbound.payload,
        };
        let (date, service) = (date_of(claim.timestamp().unix()), claim.service());
        Self {
            method: inbound.method.into(),
            path: path.into(),
            query: query.into(),
            headers,
            colon: ":",
            blank_lines: 1,
            signed_headers: names.join(";"),
            payload: hex(payload.digest(), HEX),
            line_end: "\n",
            end: "",
            digest: hex_sha256,
            prologue: vec![
                "TC3-HMAC-SHA256".to_owned(),
                claim.timestamp().unix().to_string(),
                format!("{date}/{service}/tc3_request"),
            ],
            to_sign_line_end: "\n",
            to_sign_end: "",
            secret: secret(b"TC3", account.key().as_bytes()),
            steps: vec![date.into_bytes(), service.into(), b"tc3_request".to_vec()],
            mac: hmac_sha256,
            has_hex_keys: false,
            note: String::new(),
        }
    }

    /// The recipe to show: with a mask for the token.
    pub(super) fn without_token(&self) -> Self {
        let mut shown = self.clone();
        let token = shown.headers.iter_mut().filter(|(name, _)| name == "x-tc-token");
        token.for_each(|(_, value)| *value = b"***".to_vec());
        shown
    }

    pub(super) fn canonical_request(&self) -> Vec<u8> {
        let end = self.line_end.as_bytes();
        let mut text = [&self.method[..], end, &self.path, end, &self.query, end].concat();
        for (name, value) in &self.headers {
            text.extend([name.as_bytes(), self.colon.as_bytes(), value, end].concat());
        }
        text.extend(end.repeat(self.blank_lines));
        text.extend([self.signed_headers.as_bytes(), end, &self.payload, self.end.as_bytes()].concat());
        text
    }

    pub(super) fn string_to_sign(&self) -> Vec<u8> {
        self.string_to_sign_of(self)
    }

    /// The string to sign of another canonical request.
    pub(super) fn string_to_sign_of(&self, other: &Self) -> Vec<u8> {
        let mut text = Vec::new();
        for line in &self.prologue {
            text.extend([line.as_bytes(), self.to_sign_line_end.as_bytes()].concat());
        }
        text.extend((self.digest)(&other.canonical_request()));
        text.extend_from_slice(self.to_sign_end.as_bytes());
        text
    }

    pub(super) fn signature(&self) -> Zeroizing<Vec<u8>> {
        let mut key = self.secret.clone();
        for step in &self.steps {
            let derived = (self.mac)(&key, step);
            key = if self.has_hex_keys { Zeroizing::new(hex(&derived, HEX)) } else { derived };
        }
        (self.mac)(&key, &self.string_to_sign())
    }
}

/// The first key of a derivation.
pub(super) fn secret(prefix: &[u8], key: &[u8]) -> Zeroizing<Vec<u8>> {
    Zeroizing::new([prefix, key].concat())
}

/// The UTC date of a UNIX time as `YYYY-MM-DD`.
pub(super) fn date_of(unix: u64) -> String {
    let at = tc3_core::Timestamp::from_unix(unix).map(|at| at.to_string()).unwrap_or_default();
    at.get(..10).unwrap_or_default().to_owned()
}
