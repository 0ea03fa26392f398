//! Mistakes in a v1 signature.

use super::{UNKNOWN, diagnosis, send, server};
use crate::naive::{NaiveForm, form, hmac, percent, sha1};
use crate::server::{ID, KEY, OTHER_KEY, hex};
use base64ct::{Base64, Encoding};

/// What the gateway must say about a form.
type FormRow = (fn() -> NaiveForm, &'static str);

/// The parameters of a text, in another order.
fn reorder(text: &str, sort: impl Fn(&mut Vec<&str>)) -> String {
    let (head, params) = text.split_once('?').unwrap();
    let mut params: Vec<_> = params.split('&').collect();
    sort(&mut params);
    format!("{head}?{}", params.join("&"))
}

const FORMS: &[FormRow] = &[
    (
        || NaiveForm { text: |it| it.replace("a b/+", "a%20b%2F%2B"), ..form() },
        "the values are signed percent-encoded",
    ),
    (
        || NaiveForm { text: |it| it.replace("a b/+", "a+b%2F%2B"), ..form() },
        "the values are signed percent-encoded",
    ),
    (
        || NaiveForm { form: |it| it.replace("x%2By", "x+y"), ..form().set("Name", "x+y") },
        "a + was not percent-encoded",
    ),
    (
        || NaiveForm {
            text: |it| reorder(&it, |all| all.sort_by_key(|it| it.split('=').next().map(str::to_lowercase))),
            ..form().set("nonce2", "x")
        },
        "without regard to capitals",
    ),
    (
        || NaiveForm {
            text: |it| {
                it.replace("InstanceIds.12=i-12&InstanceIds.2=i-2", "InstanceIds.2=i-2&InstanceIds.12=i-12")
            },
            ..form()
        },
        "of numbers: InstanceIds.2 before InstanceIds.12",
    ),
    (
        || NaiveForm { text: |it| reorder(&it, |all| all.reverse()), ..form() },
        "from the last name to the first",
    ),
    (|| NaiveForm { mac: hmac, ..form() }, "signed was with HmacSHA256"),
    (
        || NaiveForm { mac: hmac, ..form().without("SignatureMethod") },
        "without this parameter it is HmacSHA1; signed was with HmacSHA256",
    ),
    (|| form().set("SignatureMethod", "HmacSHA256"), "signed was with HmacSHA1"),
    (
        || NaiveForm { text: |it| it.replacen("POST", "GET", 1), ..form() },
        "another method is signed than is sent: GET",
    ),
    (
        || NaiveForm { method: "GET", text: |it| it.replacen("GET", "POST", 1), ..form() },
        "than is sent: POST",
    ),
    (
        || NaiveForm { text: |it| it.replace("&Region=ap-guangzhou", ""), ..form() },
        "a parameter that is sent is not signed: Region",
    ),
    (
        || NaiveForm {
            text: |it| it.replace("&Empty=", "").replace("&Other=", ""),
            ..form().set("Other", "")
        },
        "parameters without a value are not signed",
    ),
    (
        || NaiveForm { text: |it| it.replacen("POST", "POSThttps://", 1), ..form() },
        "another host or path is signed",
    ),
    (
        || NaiveForm { text: |it| it.replacen(".com/", ".com:443/", 1), ..form() },
        "another host or path is signed",
    ),
    (
        || NaiveForm { text: |it| it.replacen("/?", "/v2/index.php?", 1), ..form() },
        "the path \"/v2/index.php\"",
    ),
    (
        || NaiveForm { text: |it| it.replacen("/?", "/", 1), ..form() },
        "the question mark between path and parameters",
    ),
    (|| NaiveForm { text: |it| it + "\n", ..form() }, "ends in more than the last parameter"),
    (|| NaiveForm { key: OTHER_KEY, ..form() }, "the SecretKey is that of another SecretId: AKIDOTHER"),
    (|| NaiveForm { key: ID, ..form() }, "the SecretId is used as the SecretKey"),
    (|| NaiveForm { key: "MARKER-OF-THE-KEY\n", ..form() }, "the SecretKey has more around it"),
    (|| NaiveForm { key: "MARKER-OF-THE-KEY&", ..form() }, "the SecretKey has more around it"),
    (|| NaiveForm { key: "another-key", ..form() }, UNKNOWN),
];

/// Mistakes in how the signature is written.
const FORMS_REFUSED: &[FormRow] = &[
    (|| NaiveForm { signature: hex, ..form() }, "hexadecimal"),
    (
        || NaiveForm { signature: hex, mac: hmac, ..form().set("SignatureMethod", "HmacSHA256") },
        "it is in hexadecimal",
    ),
    (
        || NaiveForm { signature: |mac| percent(&Base64::encode_string(hex(mac).as_bytes())), ..form() },
        "it is too long: base64 of",
    ),
    (
        || NaiveForm { signature: |mac| percent(&percent(&Base64::encode_string(mac))), ..form() },
        "it is percent-encoded twice",
    ),
    (
        || NaiveForm { signature: |_| "ab+/ab+/ab+/ab+/ab+/ab+/ab8=".to_owned(), ..form() },
        "its + was not percent-encoded",
    ),
    (
        || NaiveForm { signature: |_| "ab-_ab-_ab-_ab-_ab-_ab-_ab8%3D".to_owned(), ..form() },
        "it is in the base64 of URLs",
    ),
    (|| form().set("Timestamp", "1551113065000"), "it is in milliseconds"),
];

#[test]
fn the_gateway_names_the_mistake_of_a_v1_signer_and_shows_what_it_should_have_signed() {
    let server = server();
    assert_eq!(send(&server, &form().request(None)), "", "without a mistake");
    for (make, says) in FORMS {
        let naive = make();
        server.records();
        let message = send(&server, &naive.request(None));
        assert!(
            message.starts_with("the signature is wrong: ") && message.contains(says),
            "{says}: {message}"
        );
        let found = diagnosis(&server).expect(says);
        assert_eq!(found.near_miss.is_some(), *says != UNKNOWN, "{says}: {found:?}");
        assert!(
            message.ends_with(&format!("\nexpected string to sign:\n{}", found.string_to_sign)),
            "{message}"
        );
        let is_sha256 = naive.params.iter().any(|(_, value)| value == "HmacSHA256");
        let mac = if is_sha256 { hmac } else { sha1 }(KEY.as_bytes(), &found.string_to_sign);
        assert_eq!(send(&server, &naive.request(Some(mac))), "", "{says}, signed as it is shown");
    }
    for (make, says) in FORMS_REFUSED {
        let message = send(&server, &make().request(None));
        assert!(message.contains(says), "{says} is not in {message}");
    }
}
