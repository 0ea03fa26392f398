//! The response scanner agrees with serde_json.

use crate::rows::{format_error, without_allocating};
use crate::{source::Source, tree::Tree};
use serde_json::value::RawValue;
use tc3_core::response::{Answer, Failure, JsonText, MAX_DEPTH, Malformed, Reason, parse};

/// Parses any bytes by both, and compares the response or the reason to refuse it.
pub fn check(data: &[u8]) {
    let is_json = serde_json::from_slice::<&RawValue>(data).is_ok();
    // `Tree` does not accept lone surrogates and some numbers, which are valid JSON.
    let tree = serde_json::from_slice::<Tree>(data).ok();
    match without_allocating("parsing a response", || parse(data)) {
        Ok(answer) => {
            assert!(is_json, "{answer:?} is not JSON");
            if let Some(tree) = tree {
                assert_eq!(Some(fields(answer)), expected(&tree));
            }
            assert_prefixes_are_truncated(data);
        }
        Err(malformed) => {
            assert_offset(data, malformed);
            match (malformed.reason, tree) {
                (Reason::TooDeep, tree) => {
                    let depth = tree.map(|tree| tree.depth());
                    assert!(depth.is_none_or(|depth| depth > MAX_DEPTH), "too deep: {depth:?}");
                }
                (_, Some(tree)) => assert_eq!(expected(&tree), None, "{malformed}"),
                (reason, None) => assert!(!is_json || !is_syntax_error(reason), "{malformed}"),
            }
        }
    }
}

/// Parses an answer that is drawn from the input, with up to three damaged bytes, and names what it is.
pub fn check_drawn(data: &[u8]) -> &'static str {
    const BYTES: &[u8] = b"{}[]:,\"\\ \n\x00\x1f\x80\xbf\xc3\xe0\xed\xf0\xff-+.eE019tfnulabdCRM";
    let mut writer = Writer { source: Source::new(data), out: String::new() };
    writer.object(&["Response"], 0);
    let (mut source, mut body) = (writer.source, writer.out.into_bytes());
    for _ in 0..source.below(4) {
        let (at, byte) = (source.short() % body.len(), source.pick(BYTES));
        match source.below(4) {
            0 => body[at] = byte,
            1 => body.insert(at, byte),
            2 => drop(body.remove(at)),
            _ => source.edit(&mut body),
        }
    }
    check(&body);
    match parse(&body) {
        Ok(Answer::Success { .. }) => "success",
        Ok(Answer::Failure(_)) => "failure",
        Err(malformed) if is_syntax_error(malformed.reason) => "not JSON",
        Err(_) => "not an answer",
    }
}

/// Writes JSON with the names of the envelope in any place, any white space and any escapes.
struct Writer<'a> {
    source: Source<'a>,
    out: String,
}

impl Writer<'_> {
    /// Most of the wanted fields, and fields with other names.
    fn object(&mut self, wanted: &[&'static str], depth: usize) {
        let mut names = wanted.to_vec();
        names.retain(|_| !self.source.one_in(16));
        for _ in 0..self.source.below(3) {
            let at = self.source.below(names.len() + 1);
            let others =
                ["Response", "RequestId", "Error", "Code", "Message", "A", "b", "c", "d", "Erro", ""];
            names.insert(at, self.source.pick(&others));
        }
        self.token("{");
        for (at, name) in names.into_iter().enumerate() {
            if at > 0 {
                self.token(",");
            }
            self.string(name);
            self.token(":");
            self.value(name, depth);
        }
        self.token("}");
    }

    fn value(&mut self, name: &str, depth: usize) {
        const LEAVES: &str = concat!(
            r#"null true false {} [] "\/" "\ud83d" "\uDbff\u00E9""#,
            " -0 7 0.5 -3.25e-7 1E+2 98765432109876543210"
        );
        let is_wanted = !self.source.one_in(32);
        match (name, depth) {
            ("Response", 0) if is_wanted => self.object(&["Error", "RequestId"], 1),
            ("Error", 1) if self.source.one_in(3) => self.token("null"),
            ("Error", 1) if is_wanted => self.object(&["Code", "Message"], 2),
            ("RequestId", 1) | ("Code" | "Message", 2) if is_wanted => self.any_string(),
            _ => match self.source.below(if depth > 4 { 2 } else { 4 }) {
                0 => {
                    let leaves: Vec<_> = LEAVES.split(' ').collect();
                    let leaf = self.source.pick(&leaves);
                    self.token(leaf);
                }
                1 => self.any_string(),
                2 => self.object(&["Error", "Code"], depth + 1),
                _ => {
                    self.token("[");
                    self.value("", depth + 1);
                    for _ in 0..self.source.below(3) {
                        self.token(",");
                        self.value("", depth + 1);
                    }
                    self.token("]");
                }
            },
        }
    }

    fn any_string(&mut self) {
        let characters: Vec<_> = "aZ0. \"\\/\u{8}\u{c}\n\r\t\0\u{1f}\u{7f}é签\u{ffff}😀".chars().collect();
        let text: String = self.source.list(8, |source| source.pick(&characters)).into_iter().collect();
        self.string(&text);
    }

    fn string(&mut self, text: &str) {
        self.out.push('"');
        for character in text.chars() {
            if self.source.one_in(3) {
                let units = character.encode_utf16(&mut [0; 2]).to_vec();
                self.out.extend(units.into_iter().map(|unit| format!("\\u{unit:04x}")));
            } else {
                let quoted = serde_json::to_string(&character).expect("a character is JSON");
                self.out.push_str(&quoted[1..quoted.len() - 1]);
            }
        }
        self.out.push('"');
    }

    fn token(&mut self, token: &str) {
        let spaces = ["", "", " ", "\r\n\t"];
        let (before, after) = (self.source.pick(&spaces), self.source.pick(&spaces));
        self.out.extend([before, token, after]);
    }
}

fn is_syntax_error(reason: Reason) -> bool {
    use Reason::{BadEscape, NotUtf8, Syntax, Trailing, Truncated};
    matches!(reason, Truncated | Syntax(_) | BadEscape | NotUtf8 | Trailing)
}

/// Asserts that the error's offset fits its reason.
fn assert_offset(data: &[u8], malformed: Malformed) {
    let Malformed { at, reason, .. } = malformed;
    assert!(at <= data.len(), "byte {at} of {}", data.len());
    format_error(&malformed);
    assert_eq!(reason == Reason::Truncated, at == data.len(), "{malformed}");
    if let Reason::Syntax(byte) = reason {
        assert_eq!(data[at], byte);
    }
    if reason == Reason::NotUtf8 {
        assert_eq!(str::from_utf8(data).map_err(|error| error.valid_up_to()), Err(at));
    }
}

/// Asserts that a prefix of a response is refused as truncated.
fn assert_prefixes_are_truncated(data: &[u8]) {
    let whole = data.trim_ascii_end().len();
    for cut in [0, 1, whole / 3, whole / 2, whole - 1] {
        let refused = parse(&data[..cut]).map_err(|malformed| (malformed.at, malformed.reason));
        assert_eq!(refused.map(drop), Err((cut, Reason::Truncated)));
    }
}

/// The error's code and message if there is one, and the request ID.
type Response = (Option<(String, String)>, Option<String>);

fn fields(answer: Answer<'_>) -> Response {
    let unescaped = |text: JsonText<'_>| {
        let string = text.to_string();
        assert!(text == string.as_str(), "{text:?} is not equal to {string:?}");
        assert!(!format!("{text:?}").contains('\n'), "{text:?}");
        string
    };
    let failure = match answer {
        Answer::Success { .. } => None,
        Answer::Failure(failure) => {
            let Failure { code, message, .. } = failure;
            assert!(failure.to_string().contains(&code.to_string()), "{failure} does not name {code}");
            without_allocating("advice", || failure.advice());
            format_error(&failure);
            Some((unescaped(code), unescaped(message)))
        }
    };
    (failure, answer.request_id().map(unescaped))
}

/// The fields of a response of the documented structure.
fn expected(tree: &Tree) -> Option<Response> {
    let response = field(tree, "Response")??;
    let failure = match field(response, "Error")? {
        None | Some(Tree::Null) => None,
        Some(error) => Some((string(error, "Code")??, string(error, "Message")?.unwrap_or_default())),
    };
    Some((failure, string(response, "RequestId")?))
}

/// `None` if the name is duplicate, or this is not an object.
fn field<'t>(tree: &'t Tree, name: &str) -> Option<Option<&'t Tree>> {
    let Tree::Object(fields) = tree else { return None };
    let mut named = fields.iter().filter(|(other, _)| other == name).map(|(_, value)| value);
    let first = named.next();
    named.next().is_none().then_some(first)
}

fn string(tree: &Tree, name: &str) -> Option<Option<String>> {
    match field(tree, name)? {
        None | Some(Tree::Null) => Some(None),
        Some(Tree::Text(string)) => Some(Some(string.clone())),
        Some(_) => None,
    }
}
