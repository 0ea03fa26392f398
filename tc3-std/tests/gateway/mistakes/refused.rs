//! Mistakes that are seen without recomputing a signature.

use super::{Row, post};
use crate::naive::{Naive, date};
use crate::server::{KEY, now};

pub(super) const ROWS: &[Row] = &[
    (
        || {
            post()
                .authorization(|it| it.replacen(&it[it.len() - 64..], &it[it.len() - 64..].to_uppercase(), 1))
        },
        "it is in capitals",
    ),
    (|| post().authorization(|it| it[..it.len() - 64].to_owned() + &"A".repeat(43) + "="), "it is in base64"),
    (|| post().authorization(|it| it[..it.len() - 24].to_owned()), "it has the length of SHA-1"),
    (
        || post().authorization(|it| it.replace("content-type;host", "Content-Type;Host")),
        "the names are not in lower case",
    ),
    (
        || post().authorization(|it| it.replace("content-type;host", "host;content-type")),
        "the names are not in ascending order",
    ),
    (|| post().authorization(|it| it.replace("content-type;host", "content-type,host")), "joined by ','"),
    (
        || post().authorization(|it| it.replace("content-type;host", "host")),
        "must contain content-type and host",
    ),
    (|| post().authorization(|it| it.replace("tc3_request", "aws4_request")), "it ends in aws4_request"),
    (|| post().authorization(|it| it.replace("/tc3_request", "")), "a part is missing: usually tc3_request"),
    (|| post().authorization(|it| it.replace("/cvm/", "/CVM/")), "the service is not in lower case"),
    (
        || post().authorization(|it| it.replace("/cvm/", "/cbs/")),
        "the service in Credential is not the service of the host",
    ),
    (
        || post().authorization(|it| it.replace("TC3-HMAC-SHA256 ", "TC3-HMAC-SHA256, ")),
        "one space follows the name",
    ),
    (|| post().authorization(|it| it.replace("TC3-HMAC", "tc3-hmac")), "write the name in capitals"),
    (|| post().authorization(|it| it[..15].to_owned()), "Credential=... follow the name"),
    (
        || post().authorization(|it| it.replace(", ", ",").replace("/tc3_request", "/aws4_request")),
        "it ends in aws4_request",
    ),
    (
        || {
            post().authorization(|it| {
                it.replacen(&it[it.len() - 64..], &it[it.len() - 64..].to_uppercase(), 1).replace(", ", ",")
            })
        },
        "it is in capitals",
    ),
    (
        || post().authorization(|it| it.replace(&date(now().unix()), &date(now().unix() + 86_400))),
        "the local date of a time zone east of UTC",
    ),
    (
        || post().authorization(|it| it.replace(&date(now().unix()), &date(now().unix() - 86_400))),
        "a time zone west of UTC",
    ),
    (|| post().header("X-TC-Timestamp", &format!("{}000", now().unix())), "it is in milliseconds"),
    (|| Naive { at: now().unix() + 8 * 3600, ..post() }, "was a local time taken for UTC?"),
    (|| Naive { id: "akidexample", ..post() }, "it is known in another case"),
    (|| Naive { id: "\"AKIDEXAMPLE\"", ..post() }, "it has more around it than it should"),
    (|| Naive { id: KEY, ..post() }, "id and key are swapped"),
    (|| post().header("X-TC-Token", "a-token-left-over"), "this key is a long-term one: send no token"),
];
