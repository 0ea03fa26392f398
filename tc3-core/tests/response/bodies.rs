//! Random answers: nesting, white space, escapes, and fields of the product that are named like the envelope's.

use crate::support::Random;

/// The content of an answer, as unescaped strings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Content {
    pub(crate) failure: Option<(String, String)>,
    pub(crate) request_id: Option<String>,
}

const NAMES: [&str; 5] = ["Response", "RequestId", "Error", "Code", "Message"];
const NUMBERS: [&str; 8] = ["0", "-0", "7", "-1200", "0.5", "-3.25e-7", "1E+2", "98765432109876543210"];
const CHARACTERS: [char; 20] = [
    'a', 'Z', '0', '.', ' ', '"', '\\', '/', '\u{8}', '\u{c}', '\n', '\r', '\t', '\0', '\u{1f}', '\u{7f}',
    'é', '签', '\u{ffff}', '😀',
];

/// A generator of answers, which depend only on the seed.
pub(crate) struct Bodies {
    random: Random,
    out: String,
    /// How many more levels of values may be opened.
    levels: usize,
}

impl Bodies {
    pub(crate) fn from_seed(seed: u64) -> Self {
        Self { random: Random(seed), out: String::new(), levels: 4 }
    }

    /// An answer and its content.
    pub(crate) fn body(&mut self) -> (String, Content) {
        let mut content = Content::default();
        self.out.clear();
        self.space();
        self.object(&[Some("Response")], &NAMES[1..], |bodies, _| bodies.response(&mut content));
        self.space();
        (self.out.clone(), content)
    }

    /// An answer with one to three damaged bytes.
    pub(crate) fn damaged(&mut self) -> Vec<u8> {
        let mut body = self.body().0.into_bytes();
        for _ in 0..=self.random.below(3) {
            let at = self.random.below(body.len());
            let byte =
                self.random.one_of(b"{}[]:,\"\\ \n\x00\x1f\x80\xbf\xc3\xe0\xed\xf0\xff-+.eE019tfnulabdCRM");
            match self.random.below(5) {
                0 => body[at] = byte,
                1 => body[at] ^= 1 << self.random.below(8),
                2 => body.insert(at, byte),
                3 if body.len() > 1 => drop(body.remove(at)),
                _ => {
                    let other = self.random.below(body.len());
                    body.swap(at, other);
                }
            }
        }
        body
    }

    fn response(&mut self, content: &mut Content) {
        let id = self.random.one_of(&[Some("RequestId"), Some("RequestId"), None]);
        let error = self.random.one_of(&[Some("Error"), Some("Error"), None]);
        self.object(&[id, error], &["Response", "Code", "Message"], |bodies, name| match name {
            "RequestId" => content.request_id = bodies.string_or_null(),
            _ if bodies.random.below(5) == 0 => bodies.out.push_str("null"),
            _ => {
                let (mut code, mut message) = (String::new(), None);
                let optional = bodies.random.one_of(&[Some("Message"), Some("Message"), None]);
                bodies.object(
                    &[Some("Code"), optional],
                    &["Response", "RequestId", "Error"],
                    |bodies, name| match name {
                        "Code" => code = bodies.any_string(),
                        _ => message = bodies.string_or_null(),
                    },
                );
                content.failure = Some((code, message.unwrap_or_default()));
            }
        });
    }

    /// An object with the wanted fields, in any order, between fields with the names of `decoys`.
    fn object(&mut self, wanted: &[Option<&str>], decoys: &[&str], mut value: impl FnMut(&mut Self, &str)) {
        let mut fields: Vec<(String, bool)> =
            wanted.iter().flatten().map(|name| ((*name).to_owned(), true)).collect();
        for _ in 0..self.random.below(4) {
            let name = if self.random.below(2) == 0 {
                self.random.one_of(decoys).to_owned()
            } else {
                format!("a{}", self.random.below(9))
            };
            let at = self.random.below(fields.len() + 1);
            fields.insert(at, (name, false));
        }
        if self.random.below(2) == 0 {
            fields.reverse();
        }
        self.out.push('{');
        self.space();
        for (index, (name, is_wanted)) in fields.iter().enumerate() {
            if index > 0 {
                self.token(",");
            }
            self.string(name);
            self.token(":");
            if *is_wanted { value(self, name) } else { self.value() }
        }
        self.space();
        self.out.push('}');
    }

    fn value(&mut self) {
        self.levels -= 1;
        match self.random.below(if self.levels == 0 { 4 } else { 7 }) {
            0 => drop(self.any_string()),
            1 => {
                let number = self.random.one_of(&NUMBERS);
                self.out.push_str(number);
            }
            2 => {
                let word = self.random.one_of(&["true", "false", "null"]);
                self.out.push_str(word);
            }
            3 => {
                let empty = self.random.one_of(&["{}", "[]", "\"\""]);
                self.out.push_str(empty);
            }
            4 => self.object(&[Some("Error"), Some("Code")], &NAMES, |bodies, _| bodies.value()),
            _ => {
                self.token("[");
                self.value();
                for _ in 0..self.random.below(3) {
                    self.token(",");
                    self.value();
                }
                self.space();
                self.out.push(']');
            }
        }
        self.levels += 1;
    }

    fn string_or_null(&mut self) -> Option<String> {
        if self.random.below(5) == 0 {
            self.out.push_str("null");
            return None;
        }
        Some(self.any_string())
    }

    /// Writes a random string and returns it unescaped. One in thirty ends in an unpaired surrogate.
    fn any_string(&mut self) -> String {
        let mut text: String = (0..self.random.below(9)).map(|_| self.random.one_of(&CHARACTERS)).collect();
        self.string(&text);
        if self.random.below(30) == 0 {
            self.out.pop();
            let half = self.random.one_of(&["\\ud83d\"", "\\uDC00\"", "\\uDbff\\u00e9\""]);
            self.out.push_str(half);
            text.push('\u{fffd}');
            text.extend(half.contains("e9").then_some('é'));
        }
        text
    }

    fn string(&mut self, text: &str) {
        self.out.push('"');
        for character in text.chars() {
            let plain = !"\"\\".contains(character) && character >= ' ';
            match "\"\\/\u{8}\u{c}\n\r\t".find(character) {
                _ if plain && self.random.below(4) > 0 => self.out.push(character),
                Some(index) if self.random.below(2) == 0 => {
                    self.out.push_str(&r#"\"\\\/\b\f\n\r\t"#[2 * index..][..2])
                }
                _ => self.escape(character),
            }
        }
        self.out.push('"');
    }

    fn escape(&mut self, character: char) {
        for unit in character.encode_utf16(&mut [0; 2]) {
            let digits =
                if self.random.below(2) == 0 { format!("{unit:04x}") } else { format!("{unit:04X}") };
            self.out.push_str("\\u");
            self.out.push_str(&digits);
        }
    }

    fn token(&mut self, token: &str) {
        self.space();
        self.out.push_str(token);
        self.space();
    }

    fn space(&mut self) {
        let space = self.random.one_of(&["", "", "", " ", "\t", "\r\n", "\n  "]);
        self.out.push_str(space);
    }
}
