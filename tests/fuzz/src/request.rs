//! A TC3 request, drawn from an input.

use crate::draft::{Draft, visible};
use crate::naive::{self, Wire};
use crate::source::Source;
use crate::tree::{self, Arena, Fields};
use tc3_core::{ContentType, Header, Invalid, Multipart, Part, PayloadHasher, Query, Request};

pub(crate) struct Drawn {
    pub(crate) draft: Draft,
    /// Name, value, and whether it is signed.
    headers: Vec<(String, String, bool)>,
    /// Which of action, version and region are signed.
    sign: [bool; 3],
    content: Content,
}

enum Content {
    Params(Fields),
    Encoded(String),
    Body(Kind, Vec<u8>, How),
    Form(Form),
}

#[derive(Clone, Copy)]
enum Kind {
    Json,
    JsonUtf8,
    Octets,
    OctetsUtf8,
    Multipart,
}

const KINDS: [Kind; 5] = [Kind::Json, Kind::JsonUtf8, Kind::Octets, Kind::OctetsUtf8, Kind::Multipart];

#[derive(Clone, Copy)]
enum How {
    Whole,
    /// Hashed in pieces of this many bytes.
    Pieces(usize),
    /// Not hashed, with this content length.
    Unsigned(u64),
}

/// The parts of a multipart body.
pub(crate) struct Form {
    pub(crate) boundary: String,
    pub(crate) parts: Vec<FormPart>,
}

pub(crate) struct FormPart {
    pub(crate) name: String,
    pub(crate) filename: Option<String>,
    pub(crate) content_type: Option<String>,
    pub(crate) data: Vec<u8>,
}

impl FormPart {
    fn borrowed(&self) -> Part<'_> {
        Part {
            name: &self.name,
            filename: self.filename.as_deref(),
            content_type: self.content_type.as_deref(),
            data: &self.data,
        }
    }
}

impl Form {
    pub(crate) fn new(source: &mut Source<'_>) -> Self {
        let boundary =
            |byte: u8| (visible(byte) && !b"\"(),/:;<=>?@[\\]".contains(&byte)) && !byte.is_ascii_uppercase();
        let quotable = |byte| (visible(byte) || byte == b' ') && !b"\"\\".contains(&byte);
        let part = |source: &mut Source<'_>| FormPart {
            name: source.text(quotable, 255),
            filename: source.maybe(|source| source.text(quotable, 255)),
            content_type: source.maybe(|source| source.text(quotable, 255)),
            data: source.bytes().to_vec(),
        };
        Self { boundary: source.text(boundary, 70), parts: source.list(4, part) }
    }

    pub(crate) fn parts(&self) -> Vec<Part<'_>> {
        self.parts.iter().map(FormPart::borrowed).collect()
    }

    /// The body by RFC 7578.
    pub(crate) fn encoded(&self) -> Vec<u8> {
        let boundary = &self.boundary;
        let mut body = Vec::new();
        for FormPart { name, filename, content_type, data } in &self.parts {
            let filename = filename.as_ref().map(|name| format!("; filename=\"{name}\""));
            let kind = content_type.as_ref().map(|kind| format!("\r\nContent-Type: {kind}"));
            let [filename, kind] = [filename, kind].map(Option::unwrap_or_default);
            let disposition = format!("Content-Disposition: form-data; name=\"{name}\"");
            body.extend(format!("--{boundary}\r\n{disposition}{filename}{kind}\r\n\r\n").bytes());
            body.extend(data);
            body.extend(b"\r\n");
        }
        body.extend(format!("--{boundary}--\r\n").bytes());
        body
    }

    /// Whether the data of a part contains the boundary.
    pub(crate) fn contains_its_boundary(&self) -> bool {
        let end = format!("--{}", self.boundary);
        self.parts.iter().any(|part| part.data.windows(end.len()).any(|window| window == end.as_bytes()))
    }
}

/// Headers that the signer adds, or that would change the framing of request or response.
const RESERVED: [&str; 15] = [
    "accept-encoding",
    "authorization",
    "content-length",
    "content-type",
    "host",
    "transfer-encoding",
    "x-tc-action",
    "x-tc-content-sha256",
    "x-tc-language",
    "x-tc-region",
    "x-tc-requestclient",
    "x-tc-timestamp",
    "x-tc-token",
    "x-tc-traceid",
    "x-tc-version",
];

const QUERY: &[u8] = b"!$&'()*+,-./:;=?@_~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

impl Content {
    fn new(source: &mut Source<'_>) -> Self {
        match source.below(8) {
            0 | 1 => Self::Params(tree::fields(source, 0)),
            2 => {
                let query = source.text(|byte| QUERY.contains(&byte), 255);
                // Sometimes near the limit of 32 KiB.
                let times = if source.one_in(16) { source.below(150) } else { 1 };
                Self::Encoded(query.repeat(times))
            }
            3 => Self::Form(Form::new(source)),
            _ => {
                let kind = source.pick(&KINDS);
                let how = match source.below(4) {
                    0 | 1 => How::Whole,
                    2 => How::Pieces(1 + source.below(100)),
                    _ => How::Unsigned(source.number() >> source.below(64)),
                };
                let body = match kind {
                    Kind::Json | Kind::JsonUtf8 if !source.wild => source.utf8().into_bytes(),
                    _ => source.bytes().to_vec(),
                };
                Self::Body(kind, body, how)
            }
        }
    }
}

impl Kind {
    fn content_type(self) -> ContentType<'static> {
        match self {
            Self::Json => ContentType::Json,
            Self::JsonUtf8 => ContentType::JsonUtf8,
            Self::Octets => ContentType::Octets,
            Self::OctetsUtf8 => ContentType::OctetsUtf8,
            Self::Multipart => ContentType::Multipart { boundary: "b0undary" },
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::JsonUtf8 => "application/json; charset=utf-8",
            Self::Octets => "application/octet-stream",
            Self::OctetsUtf8 => "application/octet-stream; charset=utf-8",
            Self::Multipart => "multipart/form-data; boundary=b0undary",
        }
    }
}

impl Drawn {
    pub(crate) fn new(source: &mut Source<'_>) -> Self {
        let draft = Draft::new(source);
        let header = |source: &mut Source<'_>| {
            let name =
                source.text(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte), 255);
            let value = source.text(|byte| visible(byte) || byte == b' ' || byte == b'\t', 255);
            let value = if source.wild { value } else { value.trim().to_owned() };
            (name, value, source.one_in(2))
        };
        let headers = source.list(4, header);
        let sign = [true, true, draft.region.is_some()].map(|may| may && source.one_in(2));
        Self { headers, sign, content: Content::new(source), draft }
    }

    /// Calls `then` with the request, which borrows from local variables.
    pub(crate) fn with<R>(&self, then: impl FnOnce(Request<'_>) -> R) -> Result<R, Invalid> {
        let own = self.headers.iter().map(|(name, value, signed)| match signed {
            true => Header::Signed(name, value),
            false => Header::Unsigned(name, value),
        });
        let also = [Header::SignAction, Header::SignVersion, Header::SignRegion].into_iter().zip(self.sign);
        let headers: Vec<_> = also.filter(|(_, sign)| *sign).map(|(header, _)| header).chain(own).collect();
        // An empty list of headers takes another code path than no list.
        let headers = (!headers.is_empty() || self.draft.time.is_multiple_of(2)).then_some(&headers[..]);
        let call = self.draft.call(headers)?;
        let (arena, parts, payload);
        let request = match &self.content {
            Content::Params(fields) => {
                arena = Arena::default();
                call.get(Query::params(arena.params(fields))?)
            }
            Content::Encoded(query) => call.get(Query::encoded(query)?),
            Content::Form(form) => {
                parts = form.parts();
                call.multipart(Multipart::new(&form.boundary, &parts)?)
            }
            Content::Body(kind, body, how) => match (how, kind, str::from_utf8(body)) {
                (How::Whole, Kind::Json, Ok(text)) => call.json(text),
                (How::Whole, Kind::Octets, _) => call.octets(body),
                (How::Whole, _, _) => call.post(kind.content_type(), body),
                (How::Unsigned(len), _, _) => call.unsigned(kind.content_type(), *len),
                (How::Pieces(size), _, _) => {
                    let mut hasher = PayloadHasher::new();
                    body.chunks(*size).for_each(|piece| hasher.update(piece));
                    payload = hasher.finish();
                    call.streamed(kind.content_type(), &payload)
                }
            },
        }?;
        Ok(then(request))
    }

    pub(crate) fn body(&self) -> Vec<u8> {
        match &self.content {
            Content::Body(_, body, _) => body.clone(),
            Content::Form(form) => form.encoded(),
            _ => Vec::new(),
        }
    }

    /// Whether the caller sends the body, because the request does not contain it.
    pub(crate) fn is_sent_by_the_caller(&self) -> bool {
        matches!(self.content, Content::Body(_, _, How::Pieces(_) | How::Unsigned(_)))
    }

    fn query(&self) -> String {
        match &self.content {
            Content::Params(fields) => naive::query(&tree::flat(fields)),
            Content::Encoded(query) => query.clone(),
            _ => String::new(),
        }
    }

    /// The lower-case names of the headers that are signed.
    pub(crate) fn signed(&self) -> Vec<String> {
        let own =
            self.headers.iter().filter(|(_, _, signed)| *signed).map(|(name, _, _)| name.to_lowercase());
        let also = ["x-tc-action", "x-tc-version", "x-tc-region"].into_iter().zip(self.sign);
        let also = also.filter(|(_, sign)| *sign).map(|(name, _)| name.to_owned());
        ["content-type".to_owned(), "host".to_owned()].into_iter().chain(also).chain(own).collect()
    }

    /// The request that must be sent, without the Authorization header.
    pub(crate) fn wire(&self) -> Wire {
        let Draft { service, version, host, path, action, region, client, trace, token, time, .. } =
            &self.draft;
        let query = self.query();
        let is_get = matches!(self.content, Content::Params(_) | Content::Encoded(_));
        let (content_type, length) = match &self.content {
            Content::Body(kind, _, How::Unsigned(len)) => (kind.name().to_owned(), *len),
            Content::Body(kind, body, _) => (kind.name().to_owned(), body.len() as u64),
            Content::Form(form) => {
                (format!("multipart/form-data; boundary={}", form.boundary), form.encoded().len() as u64)
            }
            _ => ("application/x-www-form-urlencoded".to_owned(), 0),
        };
        let unsigned = matches!(self.content, Content::Body(_, _, How::Unsigned(_)));
        let headers = [
            ("host", Some(host.name(service))),
            ("content-type", Some(content_type)),
            ("content-length", (!is_get).then(|| length.to_string())),
            ("x-tc-action", Some(action.clone())),
            ("x-tc-version", Some(version.clone())),
            ("x-tc-timestamp", Some(time.to_string())),
            ("x-tc-region", region.clone()),
            ("x-tc-token", token.clone()),
            ("x-tc-language", self.draft.language.map(|language| language.as_str().to_owned())),
            ("x-tc-requestclient", client.clone()),
            ("x-tc-traceid", trace.clone()),
            ("x-tc-content-sha256", unsigned.then(|| "UNSIGNED-PAYLOAD".to_owned())),
        ];
        let headers = headers.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
        let own = self.headers.iter().map(|(name, value, _)| (name.clone(), value.clone()));
        let target = if query.is_empty() { path.clone() } else { format!("{path}?{query}") };
        let method = if is_get { "GET" } else { "POST" }.to_owned();
        Wire { method, target, headers: headers.chain(own).collect(), body: self.body() }
    }

    /// Whether tc3-core may refuse it.
    pub(crate) fn may_be_refused(&self) -> bool {
        let mut names: Vec<_> = self.headers.iter().map(|(name, _, _)| name.to_lowercase()).collect();
        names.sort();
        self.draft.may_be_refused()
            || names.iter().any(|name| RESERVED.contains(&&**name))
            || names.windows(2).any(|pair| pair[0] == pair[1])
            || match &self.content {
                Content::Body(_, _, How::Unsigned(len)) => *len > 10 << 20,
                Content::Form(form) => form.contains_its_boundary(),
                Content::Params(_) | Content::Encoded(_) => self.draft.url(&self.query()) > 32 << 10,
                Content::Body(..) => false,
            }
    }
}
