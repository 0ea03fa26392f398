//! Mistakes in the lines, the headers and the query of a canonical request.

use super::{JSON, Row, UNKNOWN, post, query};
use crate::naive::Naive;

pub(super) const ROWS: &[Row] = &[
    // the canonical request
    (
        || post().canonical(|it| it.replace('\n', "\\n")).string_to_sign(|it| it.replace('\n', "\\n")),
        "the letter n",
    ),
    (
        || post().canonical(|it| it.replace('\n', "\\n")),
        "the letter n: join them with a line feed, the byte 0x0A (in the canonical",
    ),
    (|| post().string_to_sign(|it| it.replace('\n', "\\n")), "0x0A (in the string to sign)"),
    (|| post().canonical(|it| it.replace('\n', "\r\n")), "CR LF"),
    (
        || post().canonical(|it| it.replace('\n', "\r\n")).string_to_sign(|it| it.replace('\n', "\r\n")),
        "CR LF",
    ),
    (|| post().canonical(|it| it + "\n"), "the canonical request ends in a line feed"),
    (|| post().string_to_sign(|it| it + "\n"), "the string to sign ends in a line feed"),
    (|| post().canonical(|it| it.replace("\n\ncontent", "\ncontent")), UNKNOWN),
    (
        || post().canonical(|it| it.replace("com\n\n", "com\n")),
        "the blank line after the canonical headers is missing",
    ),
    (|| post().canonical(|it| it.replace("com\n\n", "com\n\n\n")), "more than one blank line"),
    (|| post().canonical(|it| it.replace("POST", "post")), "the method is signed in lower case"),
    (|| post().canonical(|it| it.replace("POST", "GET")), "another method is signed than is sent: GET"),
    (
        || post().canonical(|it| it.replace("\n/\n", "\n\n")),
        "the path is signed in another form than it is sent; signed was \"\"",
    ),
    (
        || post().canonical(|it| it.replace("\n/\n", "\nhttps://cvm.tencentcloudapi.com/\n")),
        "signed was \"https://cvm.",
    ),
    (|| query().canonical(|it| it.replace("\n/\n", "\n/?Zone=a%20b&Limit=1\n")), "signed was \"/?Zone"),
    // headers
    (|| post().canonical(|it| it.replace("json\n", "json; charset=utf-8\n")), "the charset in Content-Type"),
    (
        || {
            post()
                .header("Content-Type", "application/json; charset=utf-8")
                .canonical(|it| it.replace("; charset=utf-8", ""))
        },
        "the charset in Content-Type",
    ),
    (
        || post().canonical(|it| it.replace("application/json", "application/x-www-form-urlencoded")),
        "another Content-Type is signed than is sent; signed was application/x-www-form-urlencoded",
    ),
    (
        || post().canonical(|it| it.replace("api.com\n", "api.com:443\n")),
        "with a port that Host does not have; signed was cvm.tencentcloudapi.com:443",
    ),
    (
        || {
            post()
                .header("Host", "localhost:8443")
                .canonical(|it| it.replace("localhost:8443", "cvm.tencentcloudapi.com"))
        },
        "another host is signed than is sent in Host; signed was cvm.tencentcloudapi.com",
    ),
    (
        || post().canonical(|it| it.replace("host:", "host:https://")),
        "another host is signed than is sent in Host; signed was https://cvm",
    ),
    (
        || {
            post()
                .header("X-TC-Action", "DescribeZones")
                .canonical(|it| it.replace("describezones", "DescribeZones"))
        },
        "the values of headers are not signed in lower case",
    ),
    (
        || {
            post()
                .header("Content-Type", "application/json; charset=UTF-8")
                .canonical(|it| it.replace("charset=utf-8", "charset=UTF-8"))
        },
        "the values of headers are not signed in lower case",
    ),
    (
        || post().canonical(|it| it.replace("content-type:", "Content-Type:").replace("host:", "Host:")),
        "the names of headers are not signed in lower case",
    ),
    (
        || post().canonical(|it| it.replace("type:", "type: ").replace("host:", "host: ")),
        "a space follows the colon",
    ),
    (
        || {
            post().canonical(|it| {
                it.replace(
                    "content-type:application/json\nhost:cvm.tencentcloudapi.com\n",
                    "host:cvm.tencentcloudapi.com\ncontent-type:application/json\n",
                )
            })
        },
        "not in ascending order",
    ),
    (
        || {
            post().canonical(|it| {
                it.replace("com\n\n", "com\nx-tc-action:describezones\n\n")
                    .replace(";host", ";host;x-tc-action")
            })
        },
        "a header is signed that SignedHeaders does not list: x-tc-action",
    ),
    (
        || post().canonical(|it| it.replace("com\n\n", "com\nx-tc-version:2017-03-12\n\n")),
        "a header is signed that SignedHeaders does not list: x-tc-version",
    ),
    (
        || {
            post()
                .header("X-TC-Action", "DescribeZones")
                .canonical(|it| it.replace("x-tc-action:describezones\n", ""))
        },
        "a header that SignedHeaders lists is not signed: x-tc-action",
    ),
    (
        || {
            post()
                .header("X-TC-Action", "DescribeZones")
                .canonical(|it| it.replace("x-tc-action:describezones\n", "").replace(";x-tc-action", ""))
        },
        "a header that SignedHeaders lists is not signed: x-tc-action",
    ),
    (
        || post().canonical(|it| it.replace("type;host", "type,host")),
        "SignedHeaders line of the canonical request",
    ),
    // the query
    (
        || query().canonical(|it| it.replace("Zone=a%20b&Limit=1", "Limit=1&Zone=a%20b")),
        "in another order than it is sent",
    ),
    (
        || Naive::get("A=1&B=2&C=3").canonical(|it| it.replace("A=1&B=2&C=3", "B=2&C=3&A=1")),
        "in another order than it is sent: sign the bytes of the request line; signed was \"B=2&C=3&A=1\"",
    ),
    (|| query().canonical(|it| it.replace("a%20b", "a+b")), "signed as + and sent as %20"),
    (|| Naive::get("Zone=a+b").canonical(|it| it.replace("a+b", "a%20b")), "signed as %20 and sent as +"),
    (|| query().canonical(|it| it.replace("a%20b", "a b")), "without its percent-encoding"),
    (
        || Naive::get("Name=%C3%A9").canonical(|it| it.replace("%C3%A9", "%c3%a9")),
        "escapes are signed in another case",
    ),
    (
        || Naive::get("Name=%c3%a9").canonical(|it| it.replace("%c3%a9", "%C3%A9")),
        "escapes are signed in another case",
    ),
    (
        || Naive::get("Name=a*~").canonical(|it| it.replace("a*~", "a%2A~")),
        "other characters of the query are percent-encoded",
    ),
    (|| query().canonical(|it| it.replace("%20", "%2520")), "percent-encoded twice"),
    (|| query().canonical(|it| it.replace("Zone=", "?Zone=")), "signed with the question mark"),
    (|| query().canonical(|it| it.replace("Zone=a%20b&Limit=1", "")), "the query is not signed"),
    (
        || post().canonical(|it| it.replace("\n/\n\n", &format!("\n/\n{JSON}\n"))),
        "the body is signed as the query too",
    ),
];
