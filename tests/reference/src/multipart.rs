//! The parts of a multipart body can be parsed back from it, or are refused for a valid reason.

use crate::{draft::visible, rows::without_allocating, source::Source};
use tc3_core::{Multipart, Part, api};

/// A boundary and parts.
#[derive(Clone, Debug)]
pub(crate) struct Form {
    pub(crate) boundary: String,
    parts: Vec<FormPart>,
}

#[derive(Clone, Debug)]
struct FormPart {
    name: String,
    filename: Option<String>,
    content_type: Option<String>,
    data: Vec<u8>,
}

impl Form {
    pub(crate) fn new(source: &mut Source<'_>) -> Self {
        let boundary =
            |byte: u8| visible(byte) && !b"\"(),/:;<=>?@[\\]".contains(&byte) && !byte.is_ascii_uppercase();
        let printable = |byte| visible(byte) || byte == b' ';
        let part = |source: &mut Source<'_>| FormPart {
            name: source.text(printable, 255),
            filename: source.maybe(|source| source.text(printable, 255)),
            content_type: source.maybe(|source| source.text(printable, 255)),
            data: source.bytes().to_vec(),
        };
        Self { boundary: source.text(boundary, 70), parts: source.list(4, part) }
    }

    pub(crate) fn parts(&self) -> Vec<Part<'_>> {
        self.parts.iter().map(FormPart::borrowed).collect()
    }

    /// The body by RFC 7578.
    pub(crate) fn encoded(&self) -> Vec<u8> {
        let mut body = Vec::new();
        for part in &self.parts {
            body.extend(format!("--{}\r\n{}\r\n\r\n", self.boundary, part.head()).bytes());
            body.extend([&part.data[..], b"\r\n"].concat());
        }
        body.extend(format!("--{}--\r\n", self.boundary).bytes());
        body
    }

    fn is_valid(&self) -> bool {
        let is_allowed = |byte: u8| b"!#$%&'*+-.0123456789^_`abcdefghijklmnopqrstuvwxyz{|}~".contains(&byte);
        let is_valid = |part: &FormPart| {
            let escaped = [Some(&part.name), part.filename.as_ref()];
            let is_escapable = |byte: u8| !byte.is_ascii_control() || b"\r\n".contains(&byte);
            !part.name.is_empty()
                && escaped.into_iter().flatten().all(|text| text.bytes().all(is_escapable))
                && part.content_type.iter().all(|text| !text.bytes().any(|byte| byte.is_ascii_control()))
        };
        (1..=70).contains(&self.boundary.len())
            && self.boundary.bytes().all(is_allowed)
            && self.parts.iter().all(is_valid)
            && !self.contains_its_boundary()
    }

    /// Whether the data of a part contains the boundary.
    pub(crate) fn contains_its_boundary(&self) -> bool {
        let end = format!("--{}", self.boundary);
        self.parts.iter().any(|part| part.data.windows(end.len()).any(|window| window == end.as_bytes()))
    }
}

impl FormPart {
    fn borrowed(&self) -> Part<'_> {
        let Self { name, filename, content_type, data } = self;
        Part { name, filename: filename.as_deref(), content_type: content_type.as_deref(), data }
    }

    fn head(&self) -> String {
        let escaped = |name: &str| name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A");
        let filename = self.filename.as_ref().map(|name| format!("; filename=\"{}\"", escaped(name)));
        let kind = self.content_type.as_ref().map(|kind| format!("\r\nContent-Type: {kind}"));
        let [filename, kind] = [filename, kind].map(Option::unwrap_or_default);
        format!("Content-Disposition: form-data; name=\"{}\"{filename}{kind}", escaped(&self.name))
    }
}

/// Encodes any parts with any boundary.
pub fn check(data: &[u8]) {
    let form = Form::new(&mut Source::new(data));
    let parts = form.parts();
    let multipart = without_allocating("checking parts", || Multipart::new(&form.boundary, &parts));
    assert_eq!(multipart.is_ok(), form.is_valid(), "{:?} for {form:?}", multipart.err());
    let Ok(multipart) = multipart else { return };
    let call = api!("cvm", "2017-03-12").action("Upload");
    let request = call.multipart(multipart).expect("it is below the limit");
    let body = request.body().collect::<Vec<_>>().concat();
    assert_eq!((request.body_len(), &body), (body.len() as u64, &form.encoded()));
    let expected: Vec<_> = form.parts.iter().map(|part| (part.head(), part.data.clone())).collect();
    assert_eq!(split(&body, &form.boundary), expected);
}

/// Splits a body into headers and data of its parts, by RFC 2046 section 5.1.1.
fn split(body: &[u8], boundary: &str) -> Vec<(String, Vec<u8>)> {
    let delimiter = format!("\r\n--{boundary}");
    let find = |bytes: &[u8], what: &[u8]| bytes.windows(what.len()).position(|window| window == what);
    let (mut rest, mut parts) = ([b"\r\n", body].concat(), Vec::new());
    loop {
        let after = rest.strip_prefix(delimiter.as_bytes()).expect("a part begins with its boundary");
        let Some(part) = after.strip_prefix(b"\r\n") else {
            assert_eq!(after, b"--\r\n");
            return parts;
        };
        let end = find(part, delimiter.as_bytes()).expect("a part ends with its boundary");
        let head = find(part, b"\r\n\r\n").expect("headers end with an empty line");
        let heading = String::from_utf8(part[..head].to_vec()).expect("headers are UTF-8");
        parts.push((heading, part[head + 4..end].to_vec()));
        rest = part[end..].to_vec();
    }
}
