//! Signers as somebody writes them after reading the documents: strings that are put together. A mistake changes them.

use crate::server::{ID, KEY, hex, now};
use base64ct::{Base64, Encoding};
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use tc3_core::Timestamp;

pub(crate) fn hmac(key: &[u8], message: &str) -> Vec<u8> {
    let mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.chain_update(message).finalize().into_bytes().to_vec()
}

pub(crate) fn sha1(key: &[u8], message: &str) -> Vec<u8> {
    let mac = Hmac::<Sha1>::new_from_slice(key).unwrap();
    mac.chain_update(message).finalize().into_bytes().to_vec()
}

pub(crate) fn sha256(data: impl AsRef<[u8]>) -> String {
    hex(&Sha256::digest(data))
}

pub(crate) fn date(at: u64) -> String {
    Timestamp::from_unix(at).unwrap().to_string()[..10].to_owned()
}

pub(crate) fn key(secret: &str, date: &str, service: &str) -> Vec<u8> {
    hmac(&hmac(&hmac(format!("TC3{secret}").as_bytes(), date), service), "tc3_request")
}

/// A naive signer of TC3: strings that are put together. A row changes them.
pub(crate) struct Naive {
    pub(crate) at: u64,
    pub(crate) method: &'static str,
    pub(crate) query: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) id: &'static str,
    /// Changes the strings after they are put together rightly.
    pub(crate) canonical: fn(String) -> String,
    pub(crate) to_sign: fn(String) -> String,
    pub(crate) key: fn(u64) -> Vec<u8>,
    pub(crate) mac: fn(&[u8], &str) -> Vec<u8>,
    pub(crate) authorization: fn(String) -> String,
}

impl Naive {
    pub(crate) fn post(body: impl Into<Vec<u8>>) -> Self {
        Self {
            at: now().unix(),
            method: "POST",
            query: String::new(),
            headers: vec![
                ("Content-Type", "application/json".to_owned()),
                ("Host", "cvm.tencentcloudapi.com".to_owned()),
            ],
            body: body.into(),
            id: ID,
            canonical: |text| text,
            to_sign: |text| text,
            key: |at| key(KEY, &date(at), "cvm"),
            mac: hmac,
            authorization: |text| text,
        }
    }

    pub(crate) fn get(query: &str) -> Self {
        let get = Self { method: "GET", query: query.to_owned(), ..Self::post("") };
        get.header("Content-Type", "application/x-www-form-urlencoded")
    }

    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.retain(|(other, _)| *other != name);
        self.headers.push((name, value.to_owned()));
        self.headers.sort();
        self
    }

    pub(crate) fn canonical(self, canonical: fn(String) -> String) -> Self {
        Self { canonical, ..self }
    }

    pub(crate) fn string_to_sign(self, to_sign: fn(String) -> String) -> Self {
        Self { to_sign, ..self }
    }

    pub(crate) fn key(self, key: fn(u64) -> Vec<u8>) -> Self {
        Self { key, ..self }
    }

    pub(crate) fn authorization(self, authorization: fn(String) -> String) -> Self {
        Self { authorization, ..self }
    }

    pub(crate) fn names(&self) -> String {
        self.headers.iter().map(|(name, _)| name.to_lowercase()).collect::<Vec<_>>().join(";")
    }

    pub(crate) fn authorize(&self, signature: &str) -> String {
        let (id, date, names) = (self.id, date(self.at), self.names());
        format!(
            "TC3-HMAC-SHA256 Credential={id}/{date}/cvm/tc3_request, SignedHeaders={names}, Signature={signature}"
        )
    }

    pub(crate) fn signature(&self) -> String {
        let lines: String =
            self.headers.iter().map(|(name, value)| format!("{name}:{value}\n").to_lowercase()).collect();
        let (method, query, names, body) = (self.method, &self.query, self.names(), sha256(&self.body));
        let canonical = (self.canonical)(format!("{method}\n/\n{query}\n{lines}\n{names}\n{body}"));
        let (at, date) = (self.at, date(self.at));
        // A mistake can sign the canonical request itself.
        let hashed = canonical.strip_prefix("RAW").map_or_else(|| sha256(&canonical), str::to_owned);
        let to_sign = format!("TC3-HMAC-SHA256\n{at}\n{date}/cvm/tc3_request\n{hashed}");
        hex(&(self.mac)(&(self.key)(at), &(self.to_sign)(to_sign)))
    }

    /// The signed request, with `Connection: close`.
    pub(crate) fn signed(&self) -> Vec<u8> {
        self.request(&self.authorize(&self.signature()))
    }

    pub(crate) fn request(&self, authorization: &str) -> Vec<u8> {
        let Self { method, at, .. } = self;
        let target = if self.query.is_empty() { "/".to_owned() } else { format!("/?{}", self.query) };
        let mut head =
            format!("{method} {target} HTTP/1.1\r\nConnection: close\r\nX-TC-Version: 2017-03-12\r\n");
        let defaults = [("X-TC-Action", "DescribeZones".to_owned()), ("X-TC-Timestamp", at.to_string())];
        let defaults = defaults.into_iter().filter(|(name, _)| self.headers.iter().all(|(it, _)| it != name));
        for (name, value) in self.headers.iter().cloned().chain(defaults) {
            head += &format!("{name}: {value}\r\n");
        }
        head += &format!("Content-Length: {}\r\nAuthorization: {authorization}\r\n\r\n", self.body.len());
        [head.as_bytes(), &self.body].concat()
    }
}

/// A naive signer of v1.
pub(crate) struct NaiveForm {
    pub(crate) method: &'static str,
    pub(crate) host: &'static str,
    pub(crate) params: Vec<(&'static str, String)>,
    /// Changes the text after it is put together rightly.
    pub(crate) text: fn(String) -> String,
    /// Changes the form after it is percent-encoded rightly.
    pub(crate) form: fn(String) -> String,
    pub(crate) mac: fn(&[u8], &str) -> Vec<u8>,
    pub(crate) key: &'static str,
    /// Writes the signature.
    pub(crate) signature: fn(&[u8]) -> String,
}

pub(crate) fn percent(text: &str) -> String {
    let keep = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes()
        .map(|byte| if keep(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

pub(crate) fn form() -> NaiveForm {
    let params = [
        ("Action", "DescribeZones"),
        ("InstanceIds.12", "i-12"),
        ("InstanceIds.2", "i-2"),
        ("Name", "a b/+"),
        ("Empty", ""),
        ("Nonce", "7"),
        ("Region", "ap-guangzhou"),
        ("SecretId", ID),
        ("SignatureMethod", "HmacSHA1"),
        ("Version", "2017-03-12"),
        ("zone", "b"),
    ];
    let mut params: Vec<_> = params.map(|(name, value)| (name, value.to_owned())).into();
    params.push(("Timestamp", now().unix().to_string()));
    NaiveForm {
        method: "POST",
        host: "cvm.tencentcloudapi.com",
        params,
        text: |text| text,
        form: |form| form,
        mac: sha1,
        key: KEY,
        signature: |mac| percent(&Base64::encode_string(mac)),
    }
}

impl NaiveForm {
    pub(crate) fn set(mut self, name: &'static str, value: &str) -> Self {
        self.params.retain(|(other, _)| *other != name);
        self.params.push((name, value.to_owned()));
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.params.retain(|(other, _)| *other != name);
        self
    }

    pub(crate) fn request(&self, mac: Option<Vec<u8>>) -> Vec<u8> {
        let mut sorted = self.params.clone();
        sorted.sort();
        let pairs: Vec<_> = sorted.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let text = (self.text)(format!("{}{}/?{}", self.method, self.host, pairs.join("&")));
        let signature = match mac {
            None => (self.signature)(&(self.mac)(self.key.as_bytes(), &text)),
            Some(mac) => percent(&Base64::encode_string(&mac)),
        };
        let sent: Vec<_> =
            self.params.iter().map(|(name, value)| format!("{name}={}", percent(value))).collect();
        let sent = format!("{}&Signature={signature}", (self.form)(sent.join("&")));
        let (method, host) = (self.method, self.host);
        let headers = format!(
            "Host: {host}\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        );
        match method {
            "GET" => format!("GET /?{sent} HTTP/1.1\r\n{headers}\r\n"),
            _ => format!("POST / HTTP/1.1\r\n{headers}Content-Length: {}\r\n\r\n{sent}", sent.len()),
        }
        .into_bytes()
    }
}
