//! Mistakes in the string to sign and in the key.

use super::{Row, UNKNOWN, post};
use crate::naive::{date, hmac, key};
use crate::server::{ID, KEY, OTHER_KEY, hex, now};

/// Adds seconds to the timestamp of a string to sign.
fn shift(to_sign: &str, seconds: u64) -> String {
    let mut lines: Vec<_> = to_sign.split('\n').map(str::to_owned).collect();
    lines[1] = (lines[1].parse::<u64>().unwrap() + seconds).to_string();
    lines.join("\n")
}

pub(super) const ROWS: &[Row] = &[
    // the string to sign
    (|| post().canonical(|it| format!("RAW{it}")), "the canonical request itself is signed"),
    (
        || {
            post().string_to_sign(|it| {
                let (lines, hash) = it.rsplit_once('\n').unwrap();
                format!("{lines}\n{}", hash.to_uppercase())
            })
        },
        "the hash of the canonical request is written in capitals",
    ),
    (|| post().string_to_sign(|it| it.replace("TC3-HMAC", "AWS4-HMAC")), "signed was AWS4-HMAC-SHA256"),
    (
        || post().string_to_sign(|it| it.replace("TC3-HMAC-SHA256\n", "")),
        "a line of the string to sign is missing: the algorithm",
    ),
    (
        || post().string_to_sign(|it| shift(&it, 1)),
        "the timestamp in the string to sign is not that of X-TC-Timestamp",
    ),
    (
        || post().string_to_sign(|it| shift(&it, 8 * 3600)),
        "the timestamp in the string to sign is not that of X-TC-Timestamp",
    ),
    (
        || {
            post().string_to_sign(|it| {
                let today = date(now().unix());
                it.replace(&today, &date(now().unix() + 86_400))
            })
        },
        "is not the UTC date of the timestamp",
    ),
    (
        || post().string_to_sign(|it| it.replace("\n20", &format!("\n{ID}/20"))),
        "the scope in the string to sign must be DATE/SERVICE/tc3_request",
    ),
    (|| post().string_to_sign(|it| it.replace("/cvm/", "/CVM/")), "the scope in the string to sign must be"),
    // the key
    (
        || post().key(|at| key(OTHER_KEY, &date(at), "cvm")),
        "the SecretKey is that of another SecretId: AKIDOTHER",
    ),
    (|| post().key(|at| key(ID, &date(at), "cvm")), "the SecretId is used as the SecretKey"),
    (|| post().key(|at| key(&format!("{KEY}\n"), &date(at), "cvm")), "trim it; it has a line feed after it"),
    (|| post().key(|at| key(&format!(" {KEY}"), &date(at), "cvm")), "trim it; it has a space before it"),
    (|| post().key(|at| key(&format!("\"{KEY}\""), &date(at), "cvm")), "with quotes around it"),
    (
        || post().key(|at| hmac(&hmac(&hmac(KEY.as_bytes(), &date(at)), "cvm"), "tc3_request")),
        "used was no TC3",
    ),
    (|| post().key(|at| key(KEY, &date(at - 86_400), "cvm")), "the signing key is that of another day"),
    (
        || post().key(|at| key(KEY, &date(at).replace('-', ""), "cvm")),
        "a date in another form than YYYY-MM-DD",
    ),
    (
        || post().key(|at| key(KEY, &date(at), "cbs")),
        "the signing key is that of another service; used was cbs",
    ),
    (
        || {
            post().key(|at| {
                hmac(&hmac(&hmac(format!("TC3{KEY}").as_bytes(), &date(at)), "cvm"), "aws4_request")
            })
        },
        "the last step of the signing key must be tc3_request; used was aws4_request",
    ),
    (|| post().key(|at| key(KEY, "cvm", &date(at))), "used was another order"),
    (
        || post().key(|at| hmac(format!("TC3{KEY}").as_bytes(), &date(at))),
        "steps of the signing key are missing",
    ),
    (
        || {
            post().key(|at| {
                let first = hex(&hmac(format!("TC3{KEY}").as_bytes(), &date(at)));
                let second = hex(&hmac(first.as_bytes(), "cvm"));
                hex(&hmac(second.as_bytes(), "tc3_request")).into_bytes()
            })
        },
        "uses the previous MAC in hexadecimal",
    ),
    (|| post().key(|at| key("another-key", &date(at), "cvm")), UNKNOWN),
    // Two mistakes at once.
    (|| post().canonical(|it| it + "\n").key(|at| key(KEY, &date(at - 86_400), "cvm")), UNKNOWN),
];
