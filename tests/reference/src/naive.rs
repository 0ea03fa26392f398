//! The naive signer, written directly from the documents with `String`, sorting and the RustCrypto crates.
//!
//! It shares no code with `tc3-core`, and signs a request as sent.

use base64ct::{Base64, Encoding};
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256};

/// A request as sent.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Wire {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    pub(crate) body: Vec<u8>,
}

impl Wire {
    /// Parses a head, and panics if it is malformed.
    pub(crate) fn parse(head: &str, body: Vec<u8>) -> Self {
        let lines = head.strip_suffix("\r\n\r\n").expect("a head ends with an empty line");
        let mut lines = lines.split("\r\n");
        let words: Vec<_> = lines.next().unwrap_or_default().split(' ').collect();
        let [method, target, "HTTP/1.1"] = words[..] else { panic!("malformed request line: {words:?}") };
        let header = |line: &str| {
            assert!(!line.contains(['\r', '\n']), "CR or LF in {line:?}");
            let (name, value) = line.split_once(": ").expect("a header has a name and a value");
            (name.to_owned(), value.as_bytes().to_vec())
        };
        let headers = lines.map(header).collect();
        Self { method: method.to_owned(), target: target.to_owned(), headers, body }
    }

    /// Request line, headers with names in lower case, sorted, and body.
    pub(crate) fn sorted(&self) -> Vec<u8> {
        let line =
            |(name, value): &(String, Vec<u8>)| [name.to_lowercase().as_bytes(), b": ", value].concat();
        let mut headers: Vec<_> = self.headers.iter().map(line).collect();
        headers.sort();
        let start = format!("{} {}", self.method, self.target).into_bytes();
        [start, headers.join(&b'\n'), self.body.clone()].join(&b'\n')
    }

    /// The trimmed value of the first header of this name.
    pub(crate) fn header(&self, name: &str) -> &[u8] {
        let mut named = self.headers.iter().filter(|(other, _)| other.eq_ignore_ascii_case(name));
        named.next().map(|(_, value)| value.trim_ascii()).unwrap_or_default()
    }

    /// The canonical request, with the signed headers of these lower-case names.
    pub(crate) fn canonical_request(&self, signed: &[String]) -> String {
        let (path, query) = self.target.split_once('?').unwrap_or((&self.target, ""));
        let mut signed = signed.to_vec();
        signed.sort();
        let value = |name: &String| String::from_utf8_lossy(self.header(name)).to_ascii_lowercase();
        let lines: String = signed.iter().map(|name| format!("{name}:{}\n", value(name))).collect();
        let is_unsigned = !self.header("x-tc-content-sha256").is_empty();
        let payload = if is_unsigned { b"UNSIGNED-PAYLOAD" } else { &self.body[..] };
        let payload = hex(&Sha256::digest(payload));
        format!("{}\n{path}\n{query}\n{lines}\n{}\n{payload}", self.method, signed.join(";"))
    }
}

/// TC3: string to sign and Authorization.
pub(crate) fn tc3(canonical: &str, id: &str, key: &str, service: &str, time: u64) -> [String; 2] {
    let (date, service) = (date(time), service.to_lowercase());
    let scope = format!("{date}/{service}/tc3_request");
    let to_sign = format!("TC3-HMAC-SHA256\n{time}\n{scope}\n{}", hex(&Sha256::digest(canonical)));
    let key = ["TC3", key].concat().into_bytes();
    let key = [&date, &service, "tc3_request"].iter().fold(key, |key, part| hmac::<Hmac<Sha256>>(&key, part));
    let signature = hex(&hmac::<Hmac<Sha256>>(&key, &to_sign));
    let names = canonical.rsplit('\n').nth(1).unwrap_or_default();
    let credential = format!("{id}/{scope}");
    let authorization =
        format!("TC3-HMAC-SHA256 Credential={credential}, SignedHeaders={names}, Signature={signature}");
    [to_sign, authorization]
}

/// v1: string to sign, signature and encoded parameters. `target` is method, host and path.
pub(crate) fn v1(target: &str, mut params: Vec<(String, String)>, key: &str, is_sha256: bool) -> [String; 3] {
    params.sort();
    let raw: Vec<_> = params.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let to_sign = format!("{target}?{}", raw.join("&"));
    let hmac = if is_sha256 { hmac::<Hmac<Sha256>> } else { hmac::<Hmac<Sha1>> };
    let signature = Base64::encode_string(&hmac(key.as_bytes(), &to_sign));
    params.push(("Signature".to_owned(), signature.clone()));
    [to_sign, signature, query(&params)]
}

pub(crate) fn query(params: &[(String, String)]) -> String {
    let encoded = params.iter().map(|(name, value)| format!("{}={}", percent(name), percent(value)));
    encoded.collect::<Vec<_>>().join("&")
}

fn percent(value: &str) -> String {
    let encoded = value.bytes().map(|byte| match byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    });
    encoded.collect()
}

/// The UTC date, from the one that `httpdate` formats.
pub fn date(time: u64) -> String {
    let http = crate::date::format(time);
    let month = "JanFebMarAprMayJunJulAugSepOctNovDec".find(&http[8..11]).expect("it is a month") / 3 + 1;
    format!("{}-{month:02}-{}", &http[12..16], &http[5..7])
}

/// Lower-case hex digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn hmac<M: Mac + KeyInit>(key: &[u8], message: &str) -> Vec<u8> {
    let mut mac = <M as KeyInit>::new_from_slice(key).expect("a key may have any length");
    mac.update(message.as_bytes());
    mac.finalize().into_bytes().to_vec()
}
