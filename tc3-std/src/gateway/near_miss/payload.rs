//! Mistakes in the hash of the body.

use super::{
    Facts, Mistake, each, json,
    mac::{hex_sha256, sha256},
    recipe::Recipe,
    text::{CAPITAL_HEX, base64, hex, lossy, replace},
};
use tc3_core::HashedPayload;

/// A larger body is not hashed in other forms.
const MAX_BODY: usize = 1024 * 1024;

/// The body, if it was kept whole and is not too large.
fn body<'a>(facts: &Facts<'a>) -> Option<&'a [u8]> {
    (facts.inbound.body.len() <= MAX_BODY).then_some(&facts.inbound.body[..])
}

/// The recipes for other bodies, each with its note.
fn hashed<N: Into<String>>(base: &Recipe, bodies: impl IntoIterator<Item = (N, Vec<u8>)>) -> Vec<Recipe> {
    each(base, bodies, |it, (note, body)| {
        it.note = note.into();
        it.payload = hex_sha256(&body);
    })
}

fn trimmed(body: &[u8]) -> &[u8] {
    body.strip_suffix(b"\n").map(|body| body.strip_suffix(b"\r").unwrap_or(body)).unwrap_or(body)
}

fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

const BOM: &[u8] = "\u{feff}".as_bytes();

pub(super) const MISTAKES: &[Mistake] = &[
    ("the hash is that of an empty body: hash the body that is sent", |_, base| {
        hashed(base, [("", Vec::new())])
    }),
    ("the hash of the body is written in capitals: write it in lower case", |facts, base| {
        let digest = facts.inbound.payload;
        each(base, [()], |it, ()| it.payload = hex(digest.digest(), CAPITAL_HEX))
    }),
    ("the hash of the body is written in base64: write it in hexadecimal", |facts, base| {
        each(base, [()], |it, ()| it.payload = base64(facts.inbound.payload.digest()))
    }),
    ("the body itself is signed: sign its SHA-256 in hexadecimal", |facts, base| {
        each(base, body(facts), |it, body| it.payload = body.to_vec())
    }),
    ("the line for the hash of the body is empty: an empty body has a hash too", |_, base| {
        each(base, [()], |it, ()| it.payload = Vec::new())
    }),
    ("the body is hashed twice", |facts, base| {
        let digest = facts.inbound.payload;
        hashed(base, [("", base.payload.clone()), ("", digest.digest().to_vec())])
    }),
    (
        "UNSIGNED-PAYLOAD is signed and the header X-TC-Content-SHA256: UNSIGNED-PAYLOAD is not sent",
        |_, base| {
            let literal = b"UNSIGNED-PAYLOAD".to_vec();
            let mut recipes = hashed(base, [("", literal.clone())]);
            recipes.extend(each(base, [literal], |it, literal| it.payload = literal));
            recipes
        },
    ),
    ("the header X-TC-Content-SHA256: UNSIGNED-PAYLOAD is sent and the body is signed", |facts, base| {
        let digest: HashedPayload = facts.inbound.payload;
        each(base, facts.claim.is_unsigned().then_some(()), |it, ()| {
            it.payload = hex(digest.digest(), super::text::HEX);
        })
    }),
    ("the query is hashed in place of the body: the body of a GET is empty", |_, base| {
        hashed(base, [("", base.query.clone()), ("", [b"?", base.query.as_slice()].concat())])
    }),
    ("another body is hashed than is sent; hashed was ", |_, base| {
        hashed(base, ["{}", "null", "[]", "\"\"", " ", "\n"].map(|text| (format!("{text:?}"), text.into())))
    }),
    ("line ends of the body are changed after it was hashed; hashed was the body ", |facts, base| {
        let Some(body) = body(facts) else { return Vec::new() };
        hashed(
            base,
            [
                ("with a line feed at its end", [body, b"\n"].concat()),
                ("with CR LF at its end", [body, b"\r\n"].concat()),
                ("without the line feed at its end", trimmed(body).to_vec()),
                ("with CR LF in place of line feeds", replace(body, b"\n", b"\r\n")),
                ("with line feeds in place of CR LF", replace(body, b"\r\n", b"\n")),
                ("without line feeds", replace(body, b"\n", b"")),
            ],
        )
    }),
    (
        "the body is written anew after it was hashed: hash the bytes that are sent; hashed was ",
        |facts, base| {
            let text = body(facts).and_then(|body| str::from_utf8(body).ok());
            hashed(base, text.into_iter().flat_map(json::forms))
        },
    ),
    (
        "the body is encoded in another way when it is hashed than when it is sent; hashed was ",
        |facts, base| {
            let Some(body) = body(facts) else { return Vec::new() };
            let text = lossy(body);
            let latin: Option<Vec<u8>> = text.chars().map(|it| u8::try_from(u32::from(it)).ok()).collect();
            let from_latin: String = body.iter().map(|byte| char::from(*byte)).collect();
            let quoted = serde_json::to_vec(&text).unwrap_or_default();
            let questioned = text.chars().map(|it| if it.is_ascii() { it } else { '?' }).collect::<String>();
            let mut bodies = vec![
                ("UTF-16, little endian", utf16(&text, u16::to_le_bytes)),
                (
                    "UTF-16, little endian with a byte order mark",
                    utf16(&format!("\u{feff}{text}"), u16::to_le_bytes),
                ),
                ("UTF-16, big endian", utf16(&text, u16::to_be_bytes)),
                ("UTF-8 with a byte order mark", [BOM, body].concat()),
                ("UTF-8 without the byte order mark", body.strip_prefix(BOM).unwrap_or(body).to_vec()),
                ("UTF-8, encoded a second time", from_latin.into_bytes()),
                ("ASCII with ? for other characters", questioned.into_bytes()),
                ("the body as a JSON string in quotes", quoted),
                ("base64", base64(body)),
                ("the SHA-256 as bytes", sha256(body).to_vec()),
            ];
            bodies.extend(latin.map(|body| ("Latin-1", body)));
            bodies.extend(
                body.strip_suffix(b"\0")
                    .map(|body| ("the body without the zero byte at its end", body.to_vec())),
            );
            bodies.push(("the body with a zero byte at its end", [body, b"\0"].concat()));
            hashed(base, bodies)
        },
    ),
];
