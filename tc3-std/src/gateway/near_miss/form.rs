//! Mistakes in a v1 signature.

use super::{
    each,
    mac::{hmac_sha1, hmac_sha256},
    recipe::secret,
    text::{CAPITAL_HEX, HEX, Recode, decode, encode, hex, lossy, replace, unbase64},
};
use crate::gateway::{account::Account, inbound::Inbound};
use zeroize::Zeroizing;

/// What is known about a v1 request.
pub(super) struct Facts<'a> {
    pub(super) accounts: &'a [Account],
    pub(super) account: &'a Account,
    pub(super) inbound: &'a Inbound<'a>,
    pub(super) host: &'a str,
}

pub(super) type Mistake = (&'static str, fn(&Facts<'_>, &Recipe) -> Vec<Recipe>);

/// A decoded name and value.
type Parameter = (Vec<u8>, Vec<u8>);

impl Facts<'_> {
    fn form(&self) -> &[u8] {
        match self.inbound.method {
            "GET" => self.inbound.query().unwrap_or_default().as_bytes(),
            _ => &self.inbound.body,
        }
    }

    /// The signed parameters in the order in which they are sent.
    fn parameters(&self) -> Vec<Parameter> {
        let decoded = |text: Option<&[u8]>| decode(&replace(text.unwrap_or_default(), b"+", b" "));
        let parameter = |piece: &[u8]| {
            let mut halves = piece.splitn(2, |byte| *byte == b'=');
            (decoded(halves.next()), decoded(halves.next()))
        };
        let all = self.form().split(|byte| *byte == b'&').map(parameter);
        all.filter(|(name, _)| name != b"Signature").collect()
    }
}

/// The parts of a v1 signature.
#[derive(Clone)]
pub(super) struct Recipe {
    method: String,
    host: String,
    path: String,
    /// Between the path and the parameters.
    mark: &'static str,
    parameters: Vec<Parameter>,
    /// How names and values are written.
    value: Recode,
    end: &'static str,
    secret: Zeroizing<Vec<u8>>,
    is_sha256: bool,
    /// Whether the signature is sent in hexadecimal.
    is_hex: bool,
    /// Completes the sentence of the mistake.
    pub(super) note: String,
}

impl Recipe {
    /// The right recipe for a request.
    pub(super) fn of(facts: &Facts<'_>) -> Self {
        let mut parameters = facts.parameters();
        parameters.sort();
        let is_sha256 =
            parameters.iter().any(|(name, value)| name == b"SignatureMethod" && value == b"HmacSHA256");
        Self {
            method: facts.inbound.method.to_owned(),
            host: facts.host.to_ascii_lowercase(),
            path: facts.inbound.target.split('?').next().unwrap_or_default().to_owned(),
            mark: "?",
            parameters,
            value: <[u8]>::to_vec,
            end: "",
            secret: secret(b"", facts.account.key().as_bytes()),
            is_sha256,
            is_hex: false,
            note: String::new(),
        }
    }

    /// The recipe to show: with a mask for the token.
    pub(super) fn without_token(&self) -> Self {
        let mut shown = self.clone();
        let token = shown.parameters.iter_mut().filter(|(name, _)| name.eq_ignore_ascii_case(b"Token"));
        token.for_each(|(_, value)| *value = b"***".to_vec());
        shown
    }

    pub(super) fn string_to_sign(&self) -> Vec<u8> {
        let written = |(name, value): &Parameter| [&name[..], b"=", &(self.value)(value)].concat();
        let parameters: Vec<_> = self.parameters.iter().map(written).collect();
        let head = [&self.method, &self.host, &self.path, self.mark].map(str::as_bytes).concat();
        [&head[..], &parameters.join(&b'&'), self.end.as_bytes()].concat()
    }

    pub(super) fn signature(&self) -> Zeroizing<Vec<u8>> {
        let mac = if self.is_sha256 { hmac_sha256 } else { hmac_sha1 };
        let mac = mac(&self.secret, &self.string_to_sign());
        match self.is_hex {
            // The 40 digits of SHA-1 are base64 too.
            true => Zeroizing::new(unbase64(&hex(&mac, HEX))),
            false => mac,
        }
    }
}

fn percent(value: &[u8]) -> Vec<u8> {
    encode(value, b"-._~", CAPITAL_HEX)
}

/// As a URL library writes a form.
fn plus(value: &[u8]) -> Vec<u8> {
    replace(&encode(value, b"-._*", CAPITAL_HEX), b"%20", b"+")
}

/// Sorts `a.10` after `a.2`.
fn natural(name: &[u8]) -> Vec<(u64, Vec<u8>)> {
    let part = |part: &[u8]| match str::from_utf8(part).ok().and_then(|part| part.parse().ok()) {
        Some(number) => (number, Vec::new()),
        None => (0, part.to_vec()),
    };
    name.split(|byte| *byte == b'.').map(part).collect()
}

pub(super) const MISTAKES: &[Mistake] = &[
    ("Signature is in hexadecimal: v1 has the bytes of the MAC in base64", |_, base| {
        each(base, [()], |it, ()| it.is_hex = true)
    }),
    ("a + was not percent-encoded and arrived as a space: send %2B", |facts, base| {
        let has_plus = facts.form().contains(&b'+');
        each(base, has_plus.then_some(()), |it, ()| it.value = |value| replace(value, b" ", b"+"))
    }),
    (
        "the values are signed percent-encoded: sign them as they are, and encode them only to send them",
        |_, base| {
            let encodings: [Recode; 3] = [percent, plus, |value| percent(&percent(value))];
            each(base, encodings, |it, encoding| it.value = encoding)
        },
    ),
    ("the parameters are not sorted by name in the order of bytes; signed was the order ", |facts, base| {
        let sent = facts.parameters();
        let mut others = [base.parameters.clone(), base.parameters.clone()];
        let [folded, by_number] = &mut others;
        folded.sort_by_key(|(name, _)| name.to_ascii_lowercase());
        by_number.sort_by_key(|(name, _)| natural(name));
        let [folded, by_number] = others;
        let reversed = base.parameters.iter().rev().cloned().collect();
        let orders = [
            ("in which they are sent", sent),
            ("without regard to capitals", folded),
            ("of numbers: InstanceIds.2 before InstanceIds.12", by_number),
            ("from the last name to the first", reversed),
        ];
        each(base, orders, |it, (note, order)| {
            it.note = note.to_owned();
            it.parameters = order;
        })
    }),
    (
        "the hash is another one than SignatureMethod says: without this parameter it is HmacSHA1; signed was with ",
        |_, base| {
            each(base, [()], |it, ()| {
                it.is_sha256 = !base.is_sha256;
                it.note = if it.is_sha256 { "HmacSHA256" } else { "HmacSHA1" }.to_owned();
            })
        },
    ),
    ("another method is signed than is sent: ", |_, base| {
        each(base, ["GET", "POST", "get", "post"], |it, method| {
            it.note = method.to_owned();
            it.method = method.to_owned();
        })
    }),
    ("a parameter that is sent is not signed: ", |_, base| {
        let names: Vec<_> = base.parameters.iter().take(64).map(|(name, _)| name.clone()).collect();
        each(base, names, |it, name| {
            it.note = lossy(&name);
            it.parameters.retain(|(other, _)| *other != name);
        })
    }),
    ("parameters without a value are not signed: sign NAME= too, or do not send them", |_, base| {
        each(base, [()], |it, ()| it.parameters.retain(|(_, value)| !value.is_empty()))
    }),
    ("the _ in a name is signed as a dot", |_, base| {
        each(base, [false, true], |it, is_sorted| {
            it.parameters.iter_mut().for_each(|(name, _)| *name = replace(name, b"_", b"."));
            if is_sorted {
                it.parameters.sort();
            }
        })
    }),
    ("another host or path is signed than is sent; signed was ", |facts, base| {
        let hosts = ["https://", "http://"].map(|scheme| format!("{scheme}{}", base.host));
        let service = base.host.split('.').next().unwrap_or_default();
        let ports = [443, 80, 8443].map(|port| format!("{}:{port}", base.host));
        let common =
            ["cvm", "cbs", "vpc", "cam", "sts", service].map(|it| format!("{it}.tencentcloudapi.com"));
        let all = hosts.into_iter().chain(ports).chain(common);
        let mut recipes = each(base, all.chain([String::new()]), |it, host| {
            it.note = format!("{host:?}");
            it.host = host;
        });
        recipes.extend(each(base, ["", "/v2/index.php", "/"], |it, path| {
            it.note = format!("the path {path:?}");
            it.path = path.to_owned();
        }));
        // A host in capitals, as it is sent.
        recipes.extend(each(base, [facts.host], |it, host| {
            it.note = host.to_owned();
            it.host = host.to_owned();
        }));
        recipes
    }),
    ("the question mark between path and parameters is missing or doubled", |_, base| {
        each(base, ["", "??", "\n", "&"], |it, mark| it.mark = mark)
    }),
    ("the string to sign ends in more than the last parameter", |_, base| {
        each(base, ["\n", "&", "\r\n"], |it, end| it.end = end)
    }),
    ("the SecretKey is that of another SecretId: ", |facts, base| {
        let others = facts.accounts.iter().filter(|other| other.id() != facts.account.id());
        each(base, others.take(64), |it, other| {
            it.note = other.id().to_owned();
            it.secret = secret(b"", other.key().as_bytes());
        })
    }),
    ("the SecretId is used as the SecretKey", |facts, base| {
        each(base, [()], |it, ()| it.secret = secret(b"", facts.account.id().as_bytes()))
    }),
    ("the SecretKey has more around it than it should: white space, a quote, TC3 or &", |facts, base| {
        let wraps = [
            ("", "\n"),
            ("", "\r\n"),
            ("", " "),
            (" ", ""),
            ("\"", "\""),
            ("'", "'"),
            ("", "&"),
            ("TC3", ""),
        ];
        each(base, wraps, |it, (before, after)| {
            let key = secret(before.as_bytes(), facts.account.key().as_bytes());
            it.secret = secret(&key, after.as_bytes());
        })
    }),
];
