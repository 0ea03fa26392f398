//! Says more about a request that is refused for another reason than its signature: what was probably done.

use super::{account::Account, inbound::Inbound};
use tc3_core::{
    Timestamp,
    verify::{Item, Rejection},
};

/// What was probably done. It completes the sentence of the rejection.
pub(super) fn hint(rejection: Rejection, accounts: &[Account], inbound: &Inbound<'_>) -> Option<String> {
    let authorization = Authorization(text(inbound.header("authorization")));
    match rejection {
        Rejection::Malformed(Item::Signature) if inbound.is_v1() => v1_signature(inbound),
        Rejection::Malformed(Item::Signature) => authorization.signature(),
        Rejection::Malformed(Item::SignedHeaders) => authorization.signed_headers(),
        Rejection::Malformed(Item::Credential) => authorization.credential(),
        Rejection::Malformed(Item::Algorithm) => authorization.algorithm(),
        Rejection::Malformed(Item::Timestamp) => timestamp(&timestamp_of(inbound)),
        Rejection::Date => authorization.date(&timestamp_of(inbound)),
        Rejection::Expired { seconds, .. } => zone(seconds),
        Rejection::SecretId => secret_id(accounts, &secret_id_of(inbound, &authorization)),
        Rejection::Token => token(accounts, &secret_id_of(inbound, &authorization)),
        _ => None,
    }
    .map(str::to_owned)
}

fn text(value: Option<&[u8]>) -> &str {
    value.and_then(|value| str::from_utf8(value).ok()).unwrap_or_default()
}

/// A parameter of v1 as it is sent, percent-encoded.
fn parameter<'a>(inbound: &'a Inbound<'_>, name: &str) -> Option<&'a str> {
    let form = match inbound.method {
        "GET" => inbound.query().unwrap_or_default(),
        _ => text(Some(&inbound.body)),
    };
    let mut pairs = form.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(other, _)| *other == name).map(|(_, value)| value)
}

fn timestamp_of(inbound: &Inbound<'_>) -> String {
    let header = text(inbound.header("x-tc-timestamp"));
    if inbound.is_v1() { parameter(inbound, "Timestamp").unwrap_or_default() } else { header }.to_owned()
}

fn secret_id_of(inbound: &Inbound<'_>, authorization: &Authorization<'_>) -> String {
    let of_v1 = || parameter(inbound, "SecretId").unwrap_or_default();
    if inbound.is_v1() { of_v1() } else { authorization.secret_id() }.to_owned()
}

/// The value of the header Authorization.
struct Authorization<'a>(&'a str);

impl<'a> Authorization<'a> {
    fn field(&self, name: &str) -> Option<&'a str> {
        let value = self.0.split_once(name)?.1;
        Some(value.split_once(',').map_or(value, |(value, _)| value).trim_ascii())
    }

    fn secret_id(&self) -> &'a str {
        self.field("Credential=").and_then(|credential| credential.split('/').next()).unwrap_or_default()
    }

    fn signature(&self) -> Option<&'static str> {
        let names = self.0.split_once("SignedHeaders=").and_then(|(_, rest)| rest.split_once("Signature="));
        if names.is_some_and(|(names, _)| names.trim_end_matches([',', ' ']).contains(',')) {
            return Some("the names in SignedHeaders are joined by ',': join them with ';'");
        }
        let signature = self.field("Signature=")?;
        let is_hex = signature.bytes().all(|byte| byte.is_ascii_hexdigit());
        Some(match signature.len() {
            64 if is_hex => "it is in capitals: write the hex digits in lower case",
            40 if is_hex => "it has the length of SHA-1: TC3 uses HMAC-SHA256",
            44 if signature.ends_with('=') => "it is in base64: write the bytes of the MAC in hexadecimal",
            66 if signature.starts_with(['"', '\'']) => "it has quotes around it: remove them",
            66 if signature.starts_with("0x") => "it begins with 0x: write the 64 digits alone",
            _ => return None,
        })
    }

    fn signed_headers(&self) -> Option<&'static str> {
        let names = self.field("SignedHeaders=")?;
        if names.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Some("the names are not in lower case");
        }
        (!names.split(';').is_sorted())
            .then_some("the names are not in ascending order, such as content-type;host")
    }

    fn credential(&self) -> Option<&'static str> {
        let scope: Vec<_> = self.field("Credential=")?.split('/').collect();
        Some(match *scope {
            [_, _, _, "aws4_request"] => "it ends in aws4_request: TC3 ends in tc3_request",
            [_, _, service, _] if service.bytes().any(|byte| byte.is_ascii_uppercase()) => {
                "the service is not in lower case"
            }
            [_, _, _] => "a part is missing: usually tc3_request at the end",
            [_] => "it is the SecretId alone: the scope is missing",
            [_, _, _, _, _] => "it has five parts: TC3 has no region in Credential",
            _ => return None,
        })
    }

    fn algorithm(&self) -> Option<&'static str> {
        let name = self.0.split(' ').next()?;
        Some(match name {
            "TC3-HMAC-SHA256" => "one space and Credential=... follow the name",
            _ if name.eq_ignore_ascii_case("TC3-HMAC-SHA256") => "write the name in capitals",
            _ if name.trim_end_matches([',', ':']) == "TC3-HMAC-SHA256" => {
                "one space follows the name, nothing else"
            }
            "AWS4-HMAC-SHA256" => "this is the name of another provider's algorithm",
            _ => return None,
        })
    }

    fn date(&self, timestamp: &str) -> Option<&'static str> {
        let date = self.field("Credential=")?.split('/').nth(1)?;
        let seconds: u64 = timestamp.parse().ok()?;
        let is = |seconds| Timestamp::from_unix(seconds).is_ok_and(|at| at.to_string().starts_with(date));
        let (before, after) = (seconds.checked_sub(86_400)?, seconds.checked_add(86_400)?);
        Some(match date.len() {
            8 if !date.contains('-') => "it is written without '-': write YYYY-MM-DD",
            10 if is(after) => {
                "it is the next day: the local date of a time zone east of UTC, such as China's?"
            }
            10 if is(before) => {
                "it is the day before: the local date of a time zone west of UTC, or an old scope?"
            }
            _ => return None,
        })
    }
}

fn timestamp(digits: &str) -> Option<&'static str> {
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
    Some(match digits.len() {
        13 if is_number => "it is in milliseconds: give seconds",
        16 | 19 if is_number => "it is in microseconds or nanoseconds: give seconds",
        _ if digits.contains('.') => "it has a fraction: cut it off",
        _ if digits.contains([':', 'T']) || digits.matches('-').count() > 1 => {
            "it is a date: give the seconds since 1970-01-01, UTC"
        }
        _ => return None,
    })
}

/// Seconds that are whole hours or half hours look like a time zone.
fn zone(seconds: u64) -> Option<&'static str> {
    let rest = seconds.checked_rem(1800)?;
    let is_zone = (1740..50_460).contains(&seconds) && (rest <= 60 || rest >= 1740);
    is_zone.then_some("a whole number of half hours: was a local time taken for UTC?")
}

fn secret_id(accounts: &[Account], id: &str) -> Option<&'static str> {
    let any = |is: &dyn Fn(&Account) -> bool| accounts.iter().any(is);
    Some(match id {
        _ if accounts.is_empty() => "this gateway accepts no account",
        "" => "it is empty",
        _ if any(&|account| account.key() == id) => {
            "it is a SecretKey: id and key are swapped, and the key was sent; create a new one"
        }
        _ if any(&|account| account.id().eq_ignore_ascii_case(id)) => "it is known in another case",
        _ if any(&|account| id.contains(account.id())) => {
            "it has more around it than it should, such as white space or a quote"
        }
        _ if any(&|account| account.id().starts_with(id)) => "its end is missing",
        _ => return None,
    })
}

fn token(accounts: &[Account], id: &str) -> Option<&'static str> {
    let account = accounts.iter().find(|account| account.id() == id)?;
    Some(match account.has_token() {
        true => "this key is temporary: send its own token with it",
        false => "this key is a long-term one: send no token",
    })
}

fn v1_signature(inbound: &Inbound<'_>) -> Option<&'static str> {
    let signature = parameter(inbound, "Signature")?;
    let is_hex = signature.bytes().all(|byte| byte.is_ascii_hexdigit());
    let escapes = signature.matches('%').count();
    let len = signature.len().saturating_sub(escapes.saturating_mul(2));
    Some(match len {
        40 | 64 if is_hex => "it is in hexadecimal: v1 has the bytes of the MAC in base64",
        _ if signature.contains("%25") => "it is percent-encoded twice",
        _ if signature.contains(['+', ' ']) => {
            "its + was not percent-encoded and arrived as a space: send %2B"
        }
        _ if signature.contains(['-', '_']) => "it is in the base64 of URLs: use + and /, percent-encoded",
        45.. => "it is too long: base64 of hexadecimal digits? Encode the bytes of the MAC",
        _ => return None,
    })
}
