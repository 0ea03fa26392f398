//! The naive signer: written directly from the documents with `String`, sorting and the RustCrypto
//! crates. It shares no code with tc3-core.

use base64ct::{Base64, Encoding};
use conformance::Tree;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256};

pub(crate) struct Tc3<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) query: &'a str,
    /// All signed headers, in any order and case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) payload: &'a [u8],
    pub(crate) id: &'a str,
    pub(crate) key: &'a str,
    pub(crate) service: &'a str,
    pub(crate) timestamp: u64,
}

/// Canonical request, string to sign, Authorization.
pub(crate) fn tc3(of: &Tc3<'_>) -> [String; 3] {
    let mut headers: Vec<_> =
        of.headers.iter().map(|(name, value)| (name.to_lowercase(), value.trim().to_lowercase())).collect();
    headers.sort();
    let lines: String = headers.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
    let names = headers.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(";");
    let payload = hex(&Sha256::digest(of.payload));
    let canonical = format!("{}\n{}\n{}\n{lines}\n{names}\n{payload}", of.method, of.path, of.query);

    let (date, service) = (date(of.timestamp), of.service.to_lowercase());
    let scope = format!("{date}/{service}/tc3_request");
    let hashed = hex(&Sha256::digest(&canonical));
    let to_sign = format!("TC3-HMAC-SHA256\n{}\n{scope}\n{hashed}", of.timestamp);

    let key = ["TC3", of.key].concat().into_bytes();
    let key = [&date, &service, "tc3_request"].iter().fold(key, |key, part| hmac_sha256(&key, part));
    let signature = hex(&hmac_sha256(&key, &to_sign));
    let id = of.id;
    let authorization =
        format!("TC3-HMAC-SHA256 Credential={id}/{scope}, SignedHeaders={names}, Signature={signature}");
    [canonical, to_sign, authorization]
}

/// String to sign, signature, wire form. `target` is method, host and path.
pub(crate) fn v1(target: &str, mut params: Vec<(String, String)>, key: &str, sha256: bool) -> [String; 3] {
    params.sort();
    let join = |pairs: Vec<String>| pairs.join("&");
    let raw = join(params.iter().map(|(name, value)| format!("{name}={value}")).collect());
    let to_sign = format!("{target}?{raw}");
    let mac =
        if sha256 { hmac_sha256(key.as_bytes(), &to_sign) } else { hmac_sha1(key.as_bytes(), &to_sign) };
    let signature = Base64::encode_string(&mac);
    params.push(("Signature".to_owned(), signature.clone()));
    let wire =
        join(params.iter().map(|(name, value)| format!("{}={}", percent(name), percent(value))).collect());
    [to_sign, signature, wire]
}

/// Flattens structured parameters into names and values, in the given order.
pub(crate) fn flat(fields: &[(String, Tree)]) -> Vec<(String, String)> {
    fields.iter().flat_map(|(name, tree)| flat_tree(name, tree)).collect()
}

fn flat_tree(name: &str, tree: &Tree) -> Vec<(String, String)> {
    let one = |value: String| vec![(name.to_owned(), value)];
    match tree {
        Tree::Null => Vec::new(),
        Tree::Text(text) => one(text.clone()),
        Tree::Int(number) => one(number.to_string()),
        Tree::Bool(truth) => one(truth.to_string()),
        Tree::List(items) => {
            items.iter().enumerate().flat_map(|(at, item)| flat_tree(&format!("{name}.{at}"), item)).collect()
        }
        Tree::Object(fields) => {
            fields.iter().flat_map(|(key, tree)| flat_tree(&format!("{name}.{key}"), tree)).collect()
        }
    }
}

pub(crate) fn query(fields: &[(String, Tree)]) -> String {
    let pairs =
        flat(fields).into_iter().map(|(name, value)| format!("{}={}", percent(&name), percent(&value)));
    pairs.collect::<Vec<_>>().join("&")
}

fn percent(value: &str) -> String {
    let is_unreserved = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~".contains(byte);
    let encode =
        |byte: u8| if is_unreserved(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    value.bytes().map(encode).collect()
}

/// Counts the years and months one by one.
fn date(timestamp: u64) -> String {
    let (mut days, mut year, mut month) = (timestamp / 86_400, 1970, 0);
    let leap = |year: u64| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    while days >= 365 + u64::from(leap(year)) {
        days -= 365 + u64::from(leap(year));
        year += 1;
    }
    let february = 28 + u64::from(leap(year));
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        month += 1;
        if days < length {
            break;
        }
        days -= length;
    }
    format!("{year}-{month:02}-{:02}", days + 1)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn hmac_sha256(key: &[u8], message: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(message.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn hmac_sha1(key: &[u8], message: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha1>::new_from_slice(key).unwrap();
    mac.update(message.as_bytes());
    mac.finalize().into_bytes().to_vec()
}
