//! Mistakes in the lines of the canonical request, its method and its path.

use super::{Mistake, each, recipe::Recipe, text::lossy};

/// Where a line end is wrong: in the canonical request, in the string to sign, or in both.
const PLACES: [(bool, bool); 3] = [(true, true), (true, false), (false, true)];

fn with_line_end(base: &Recipe, end: &'static str) -> Vec<Recipe> {
    each(base, PLACES, |it, (in_request, in_string)| {
        it.line_end = if in_request { end } else { it.line_end };
        it.to_sign_line_end = if in_string { end } else { it.to_sign_line_end };
        it.note = match (in_request, in_string) {
            (true, true) => " (in the canonical request and the string to sign)",
            (true, false) => " (in the canonical request)",
            _ => " (in the string to sign)",
        }
        .to_owned();
    })
}

pub(super) const MISTAKES: &[Mistake] = &[
    (
        r"the lines are joined by a backslash and the letter n: join them with a line feed, the byte 0x0A",
        |_, base| with_line_end(base, "\\n"),
    ),
    ("the lines end in CR LF: join them with a line feed alone", |_, base| with_line_end(base, "\r\n")),
    ("the canonical request ends in a line feed: nothing follows the hash of the body", |_, base| {
        each(base, ["\n", "\r\n", "\\n"], |it, end| it.end = end)
    }),
    (
        "the blank line after the canonical headers is missing: an empty line stands between the last header and \
         SignedHeaders",
        |_, base| each(base, [0], |it, count| it.blank_lines = count),
    ),
    ("there is more than one blank line after the canonical headers", |_, base| {
        each(base, [2, 3], |it, count| it.blank_lines = count)
    }),
    ("the method is signed in lower case: sign POST or GET", |_, base| {
        each(base, [()], |it, ()| it.method.make_ascii_lowercase())
    }),
    ("another method is signed than is sent: ", |_, base| {
        each(base, [&b"GET"[..], b"POST", b"PUT"], |it, method| {
            it.note = lossy(method);
            it.method = method.to_vec();
        })
    }),
    ("the path is signed in another form than it is sent; signed was ", |facts, base| {
        let path = &base.path;
        let with_query = [path, &b"?"[..], &base.query].concat();
        let whole = [b"https://", facts.claim.host().as_bytes(), path].concat();
        each(base, [Vec::new(), [path, &b"/"[..]].concat(), with_query, whole, b"/".to_vec()], |it, path| {
            it.note = format!("{:?}", lossy(&path));
            it.path = path;
        })
    }),
    (
        "the whole canonical request is signed in lower case: lower only the names and values of headers",
        |_, base| {
            each(base, [()], |it, ()| {
                it.method.make_ascii_lowercase();
                it.path.make_ascii_lowercase();
                it.query.make_ascii_lowercase();
            })
        },
    ),
];
