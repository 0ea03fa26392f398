//! Mistakes in the key and its derivation.

use super::{
    Mistake, each,
    mac::{plain_hash, swapped},
    recipe::{Recipe, date_of, secret},
    text::{CAPITAL_HEX, encode},
};

const DAY: u64 = 86_400;

/// At most so many other accounts are tried.
const MAX_ACCOUNTS: usize = 64;

/// Changes a step of the derivation, and notes it.
fn step(base: &Recipe, index: usize, messages: impl IntoIterator<Item = String>) -> Vec<Recipe> {
    each(base, messages, |it, message| {
        it.note.clone_from(&message);
        if let Some(old) = it.steps.get_mut(index) {
            *old = message.into_bytes();
        }
    })
}

pub(super) const MISTAKES: &[Mistake] = &[
    ("the SecretKey is that of another SecretId: ", |facts, base| {
        let others = facts.accounts.iter().filter(|other| other.id() != facts.account.id());
        each(base, others.take(MAX_ACCOUNTS), |it, other| {
            it.note = other.id().to_owned();
            it.secret = secret(b"TC3", other.key().as_bytes());
        })
    }),
    ("the SecretId is used as the SecretKey", |facts, base| {
        each(base, [()], |it, ()| it.secret = secret(b"TC3", facts.account.id().as_bytes()))
    }),
    ("the SecretKey has white space around it: trim it; it has ", |facts, base| {
        let spaces =
            [("a line feed", "\n"), ("CR LF", "\r\n"), ("a space", " "), ("a tab", "\t"), ("CR", "\r")];
        let places = spaces.into_iter().flat_map(|space| [(space, true), (space, false)]);
        each(base, places, |it, ((name, space), is_after)| {
            it.note = format!("{name} {}", if is_after { "after it" } else { "before it" });
            let (key, space) = (facts.account.key().as_bytes(), space.as_bytes());
            it.secret = match is_after {
                true => secret(b"TC3", &secret(key, space)),
                false => secret(b"TC3", &secret(space, key)),
            };
        })
    }),
    ("the SecretKey is used with quotes around it: remove them", |facts, base| {
        each(base, ["\"", "'", "`"], |it, quote| {
            let quoted = secret(&secret(quote.as_bytes(), facts.account.key().as_bytes()), quote.as_bytes());
            it.secret = secret(b"TC3", &quoted);
        })
    }),
    ("the SecretKey is used percent-encoded or in another case", |facts, base| {
        let key = facts.account.key().as_bytes();
        let forms = [encode(key, b"-._~", CAPITAL_HEX), key.to_ascii_lowercase(), key.to_ascii_uppercase()];
        each(base, forms.map(zeroize::Zeroizing::new), |it, key| it.secret = secret(b"TC3", &key))
    }),
    ("the first key must be TC3 followed by the SecretKey; used was ", |facts, base| {
        let prefixes = ["", "AWS4", "tc3", "TC3-HMAC-SHA256", "TC3 "];
        each(base, prefixes, |it, prefix| {
            it.note = if prefix.is_empty() { "no TC3" } else { prefix }.to_owned();
            it.secret = secret(prefix.as_bytes(), facts.account.key().as_bytes());
        })
    }),
    (
        "the signing key is that of another day: derive it from the UTC date of the timestamp; used was ",
        |facts, base| {
            let at = facts.claim.timestamp().unix();
            let earlier = (1..=7_u64).map(|days| at.saturating_sub(days.saturating_mul(DAY)));
            step(base, 0, earlier.chain([at.saturating_add(DAY)]).map(date_of))
        },
    ),
    ("the signing key is derived from a date in another form than YYYY-MM-DD; used was ", |facts, base| {
        let (at, date) = (facts.claim.timestamp(), date_of(facts.claim.timestamp().unix()));
        step(base, 0, [date.replace('-', ""), at.unix().to_string(), date.replace('-', "/"), at.to_string()])
    }),
    ("the signing key is that of another service; used was ", |facts, base| {
        let (service, host) = (facts.claim.service(), facts.claim.host());
        let label = host.split('.').next().unwrap_or_default();
        let region = facts.claim.region().unwrap_or_default();
        let common = ["cvm", "sts", "cam", "cbs", "vpc", "cls", "tmt", "iotcloud", "dnspod", "sms"];
        let names = [&service.to_ascii_uppercase(), label, host, "", region].map(str::to_owned);
        step(base, 1, names.into_iter().chain(common.map(str::to_owned)))
    }),
    ("the last step of the signing key must be tc3_request; used was ", |_, base| {
        step(
            base,
            2,
            ["aws4_request", "TC3_REQUEST", "tc3_request\n", "tc3-request", "tc3request", "TC3"]
                .map(str::to_owned),
        )
    }),
    (
        "the signing key is derived in the order date, service, tc3_request; used was another order",
        |_, base| {
            each(base, [[1, 0, 2], [2, 1, 0], [0, 2, 1], [1, 2, 0], [2, 0, 1]], |it, order| {
                it.steps = order.iter().filter_map(|index| base.steps.get(*index)).cloned().collect();
            })
        },
    ),
    (
        "steps of the signing key are missing: derive it from date, service and tc3_request, in this order",
        |_, base| {
            each(base, [&[][..], &[0], &[0, 1], &[1, 2], &[0, 2]], |it, kept| {
                it.steps = kept.iter().filter_map(|index| base.steps.get(*index)).cloned().collect();
            })
        },
    ),
    (
        "each step of the signing key uses the previous MAC in hexadecimal: use the bytes of each MAC as the next key",
        |_, base| each(base, [()], |it, ()| it.has_hex_keys = true),
    ),
    ("key and message of HMAC are swapped: the key comes first in the document", |_, base| {
        each(base, [()], |it, ()| it.mac = swapped)
    }),
    ("key and message are hashed together: use HMAC-SHA256", |_, base| {
        each(base, [()], |it, ()| it.mac = plain_hash)
    }),
];
