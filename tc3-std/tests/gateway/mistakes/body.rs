//! Mistakes in the hash of the body.

use super::{JSON, Row, UNKNOWN, post};
use crate::naive::{Naive, sha256};
use base64ct::{Base64, Encoding};
use sha2::{Digest, Sha256};

fn swap_body(text: &str, body: impl AsRef<[u8]>) -> String {
    text.replace(&sha256(JSON), &sha256(body))
}

pub(super) const ROWS: &[Row] = &[
    (|| post().canonical(|it| swap_body(&it, "")), "the hash is that of an empty body"),
    (
        || post().canonical(|it| it.replace(&sha256(JSON), &sha256(JSON).to_uppercase())),
        "the hash of the body is written in capitals",
    ),
    (
        || post().canonical(|it| it.replace(&sha256(JSON), &Base64::encode_string(&Sha256::digest(JSON)))),
        "the hash of the body is written in base64",
    ),
    (|| post().canonical(|it| it.replace(&sha256(JSON), JSON)), "the body itself is signed"),
    (|| post().canonical(|it| it.replace(&sha256(JSON), "")), "the line for the hash of the body is empty"),
    (|| post().canonical(|it| swap_body(&it, sha256(JSON))), "the body is hashed twice"),
    (
        || post().canonical(|it| swap_body(&it, "UNSIGNED-PAYLOAD")),
        "UNSIGNED-PAYLOAD is signed and the header",
    ),
    (
        || Naive::get("A=1").canonical(|it| it.replace(&sha256(""), &sha256("A=1"))),
        "the query is hashed in place of the body",
    ),
    (
        || post().canonical(|it| swap_body(&it, "null")),
        "another body is hashed than is sent; hashed was \"null\"",
    ),
    (
        || post().canonical(|it| swap_body(&it, r#"{"Name": "é", "Limit": 1}"#)),
        "hash the bytes that are sent; hashed was JSON with a space after each comma and colon",
    ),
    (
        || post().canonical(|it| swap_body(&it, r#"{"Name": "\u00e9", "Limit": 1}"#)),
        r"hashed was JSON with \u escapes and a space after each comma and colon",
    ),
    (
        || post().canonical(|it| swap_body(&it, r#"{"Limit":1,"Name":"é"}"#)),
        "hashed was JSON with sorted names and no spaces",
    ),
    (
        || post().canonical(|it| swap_body(&it, format!("{JSON}\n"))),
        "hashed was the body with a line feed at its end",
    ),
    (
        || {
            Naive::post("{\"A\":1}\n")
                .canonical(|it| it.replace(&sha256("{\"A\":1}\n"), &sha256("{\"A\":1}")))
        },
        "hashed was the body without the line feed",
    ),
    (|| post().canonical(|it| swap_body(&it, b"{\"Name\":\"\xe9\",\"Limit\":1}")), "hashed was Latin-1"),
    (
        || {
            post().canonical(|it| {
                swap_body(&it, JSON.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>())
            })
        },
        "hashed was UTF-16, little endian",
    ),
    (
        || post().canonical(|it| swap_body(&it, serde_json::to_string(JSON).unwrap())),
        "a JSON string in quotes",
    ),
    // GBK: the gateway has no tables of it.
    (|| post().canonical(|it| swap_body(&it, b"{\"Name\":\"\xa8\xa6\",\"Limit\":1}")), UNKNOWN),
    (|| post().canonical(|it| swap_body(&it, "the body of another request")), UNKNOWN),
];
