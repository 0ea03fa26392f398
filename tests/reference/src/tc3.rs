//! A TC3 signature equals the one that the naive signer computes from the request as sent.

use crate::draft::{Draft, visible};
use crate::naive::{self, Wire};
use crate::rows::{Row, agree, encoded, without_allocating};
use crate::tree::{self, Arena, Fields};
use crate::{multipart::Form, source::Source};
use tc3_core::{ContentType, Header, Invalid, Multipart, PayloadHasher, Query, Request, Signer, Timestamp};

/// A request, drawn from an input.
#[derive(Clone, Debug)]
pub(crate) struct Drawn {
    pub(crate) draft: Draft,
    /// Name, value, and whether it is signed.
    headers: Vec<(String, String, bool)>,
    /// Which of action, version and region are signed.
    pub(crate) sign: [bool; 3],
    pub(crate) content: Content,
    /// Hours between an earlier signature and this one.
    earlier: u8,
    /// The length of a buffer.
    size: usize,
}

#[derive(Clone, Debug)]
pub(crate) enum Content {
    Params(Fields),
    Encoded(String),
    Body(Kind, Vec<u8>, How),
    Form(Form),
}

/// A content type, by the name of the documents and by that of tc3-core.
type Kind = (&'static str, ContentType<'static>);

const KINDS: [Kind; 5] = [
    ("application/json", ContentType::Json),
    ("application/json; charset=utf-8", ContentType::JsonUtf8),
    ("application/octet-stream", ContentType::Octets),
    ("application/octet-stream; charset=utf-8", ContentType::OctetsUtf8),
    ("multipart/form-data; boundary=b0undary", ContentType::Multipart { boundary: "b0undary" }),
];

#[derive(Clone, Copy, Debug)]
pub(crate) enum How {
    Whole,
    /// Hashed in pieces of this many bytes.
    Pieces(usize),
    /// Not hashed, with this content length.
    Unsigned(u64),
}

/// Headers that the signer adds, or that would change the framing of request or response.
const RESERVED: &str = "accept-encoding authorization content-length content-type host transfer-encoding x-tc-action \
    x-tc-content-sha256 x-tc-language x-tc-region x-tc-requestclient x-tc-timestamp x-tc-token x-tc-traceid x-tc-version";

const QUERY: &[u8] = b"!$&'()*+,-./:;=?@_~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const MAX_BODY: u64 = 10 << 20;

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
                let body = match kind.1 {
                    ContentType::Json | ContentType::JsonUtf8 if !source.wild => source.utf8().into_bytes(),
                    _ => source.bytes().to_vec(),
                };
                Self::Body(kind, body, how)
            }
        }
    }
}

impl Drawn {
    pub(crate) fn new(source: &mut Source<'_>) -> Self {
        let draft = Draft::new(source);
        let header = |source: &mut Source<'_>| {
            let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
            let name = source.text(is_allowed, 255);
            let value = source.text(|byte| visible(byte) || byte == b' ' || byte == b'\t', 255);
            let value = if source.wild { value } else { value.trim().to_owned() };
            (name, value, source.one_in(2))
        };
        let mut headers = source.list(4, header);
        // Derived instead of drawn: drawing a byte would change the meaning of the corpus.
        if source.tidy && draft.time.is_multiple_of(4) {
            relate(&mut headers, draft.time / 4);
        }
        let sign = [true, true, draft.region.is_some()].map(|may| may && source.one_in(2));
        let content = Content::new(source);
        Self { draft, headers, sign, content, earlier: 0, size: 0 }
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
        let (arena, mut payload) = (Arena::default(), None);
        let params = if let Content::Params(fields) = &self.content { arena.params(fields) } else { &mut [] };
        let parts = if let Content::Form(form) = &self.content { form.parts() } else { Vec::new() };
        let request = without_allocating("making a request", || {
            let call = self.draft.call(headers)?;
            match &self.content {
                Content::Params(_) => call.get(Query::params(params)?),
                Content::Encoded(query) => call.get(Query::encoded(query)?),
                Content::Form(form) => call.multipart(Multipart::new(&form.boundary, &parts)?),
                Content::Body((_, kind), body, how) => match (how, kind, str::from_utf8(body)) {
                    (How::Whole, ContentType::Json, Ok(text)) => call.json(text),
                    (How::Whole, ContentType::Octets, _) => call.octets(body),
                    // The string and its bytes are the same body.
                    (How::Whole, _, Ok(text)) if body.len().is_multiple_of(2) => call.text(*kind, text),
                    (How::Whole, _, _) => call.post(*kind, body),
                    (How::Unsigned(len), _, _) => call.unsigned(*kind, *len),
                    (How::Pieces(size), _, _) => {
                        let mut hasher = PayloadHasher::new();
                        body.chunks(*size).for_each(|piece| hasher.update(piece));
                        call.streamed(*kind, payload.insert(hasher.finish()))
                    }
                },
            }
        })?;
        Ok(then(request))
    }

    pub(crate) fn body(&self) -> Vec<u8> {
        match &self.content {
            Content::Body(_, body, _) => body.clone(),
            Content::Form(form) => form.encoded(),
            _ => Vec::new(),
        }
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
    fn wire(&self) -> Wire {
        let draft = &self.draft;
        let query = self.query();
        let is_get = matches!(self.content, Content::Params(_) | Content::Encoded(_));
        let (content_type, length) = match &self.content {
            Content::Body((name, _), _, How::Unsigned(len)) => ((*name).to_owned(), *len),
            Content::Body((name, _), body, _) => ((*name).to_owned(), body.len() as u64),
            Content::Form(form) => {
                (format!("multipart/form-data; boundary={}", form.boundary), form.encoded().len() as u64)
            }
            _ => ("application/x-www-form-urlencoded".to_owned(), 0),
        };
        let unsigned = matches!(self.content, Content::Body(_, _, How::Unsigned(_)));
        let headers = [
            ("host", Some(draft.host.name(&draft.service))),
            ("content-type", Some(content_type)),
            ("content-length", (!is_get).then(|| length.to_string())),
            ("x-tc-action", Some(draft.action.clone())),
            ("x-tc-version", Some(draft.version.clone())),
            ("x-tc-timestamp", Some(draft.time.to_string())),
            ("x-tc-region", draft.region.clone()),
            ("x-tc-token", draft.token.clone()),
            ("x-tc-language", draft.language()),
            ("x-tc-requestclient", draft.client.clone()),
            ("x-tc-traceid", draft.trace.clone()),
            ("x-tc-content-sha256", unsigned.then(|| "UNSIGNED-PAYLOAD".to_owned())),
        ];
        let headers = headers.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
        let own = self.headers.iter().map(|(name, value, _)| (name.clone(), value.clone()));
        let headers = headers.chain(own).map(|(name, value)| (name, value.into_bytes())).collect();
        let target = if query.is_empty() { draft.path.clone() } else { format!("{}?{query}", draft.path) };
        let method = if is_get { "GET" } else { "POST" }.to_owned();
        Wire { method, target, headers, body: self.body() }
    }

    /// Whether tc3-core must refuse the headers or the content.
    fn is_invalid(&self) -> bool {
        let mut names: Vec<_> = self.headers.iter().map(|(name, _, _)| name.to_lowercase()).collect();
        names.sort();
        names.iter().any(|name| name.is_empty() || RESERVED.split(' ').any(|reserved| reserved == name))
            || names.windows(2).any(|pair| pair[0] == pair[1])
            || match &self.content {
                Content::Body(_, _, How::Unsigned(len)) => *len > MAX_BODY,
                Content::Form(form) => form.contains_its_boundary(),
                Content::Params(_) | Content::Encoded(_) => self.draft.url(&self.query()) > 32 << 10,
                Content::Body((name, _), body, How::Whole) => {
                    name.contains("json") && str::from_utf8(body).is_err()
                }
                Content::Body(..) => false,
            }
    }
}

/// Gives headers names that begin or end with the name of another header, or that another name begins or ends with.
fn relate(headers: &mut [(String, String, bool)], random: u64) {
    let mut other = RESERVED.split(' ').cycle().nth((random % 15) as usize).unwrap_or_default().to_owned();
    for (shift, (name, ..)) in headers.iter_mut().enumerate() {
        *name = match (random >> (2 * shift)) % 4 {
            0 => format!("{other}-"),
            1 => format!("X{other}"),
            2 => other[1..].to_owned(),
            _ => other[..other.len() - 1].to_owned(),
        };
        other.clone_from(name);
    }
}

/// Signs any request, and encodes it into buffers of any length.
pub fn check(data: &[u8]) {
    let _ = agrees(data);
}

/// The length of the secret key, or `None` if the request is refused, for a valid reason.
pub fn agrees(data: &[u8]) -> Option<usize> {
    let drawn = drawn(data);
    agree(&drawn, &drawn.draft, drawn.is_invalid(), rows)
}

pub(crate) fn drawn(data: &[u8]) -> Drawn {
    let mut source = Source::new(data);
    let mut drawn = Drawn::new(&mut source);
    (drawn.earlier, drawn.size) = (source.byte(), source.short());
    match &mut drawn.content {
        Content::Body(_, _, How::Unsigned(len)) if source.tidy => *len %= MAX_BODY,
        _ => {}
    }
    drawn
}

/// Every value by tc3-core for one request, and by the naive signer for another, which is the same unless an error is
/// planted.
pub(crate) fn rows(core: &Drawn, naive: &Drawn) -> Result<Vec<Row>, Invalid> {
    let credentials = core.draft.credentials()?;
    core.with(|request| {
        let Draft { id, key, service, time, .. } = &naive.draft;
        let mut wire = naive.wire();
        let canonical = wire.canonical_request(&naive.signed());
        let [to_sign, authorization] = naive::tc3(&canonical, id, key, service, *time);
        wire.headers.push(("authorization".to_owned(), authorization.clone().into_bytes()));

        let (now, size) = (core.draft.now(), core.size);
        let mut signer = Signer::new(credentials);
        // The cached key is then of the same day or of another.
        let before = core.draft.time.saturating_sub(u64::from(core.earlier) * 3_600);
        let _ = signer.sign(&request, Timestamp::from_unix(before).expect("it is earlier"));
        let (signed, explanation) =
            without_allocating("signing", || (signer.sign(&request, now), signer.explain(&request, now)));
        let sent = Wire::parse(&encoded(&signed.head(), size), body(core, &request));
        let skipped = Wire::parse(&request.skip(now).head().to_string(), Vec::new());
        let sensitive = [signed.head().is_sensitive(), signed.authorization().is_sensitive()];
        assert_eq!(sensitive, [core.draft.token.is_some(), false], "{core:?}");
        let rows = vec![
            Row::new("canonical request", encoded(&explanation.canonical_request(), size), canonical),
            Row::new("string to sign", encoded(&explanation.string_to_sign(), size), to_sign),
            Row::new("Authorization", encoded(&signed.authorization(), size), authorization),
            Row::new("target", encoded(&request.target(), size), wire.target.clone()),
            Row::new("request as sent", sent.sorted(), wire.sorted()),
            Row::new("request that is not signed", skipped.sorted(), without_signature(wire)),
        ];
        let headers = signed.headers().map(|(name, value)| {
            assert_eq!(value.is_sensitive(), name == "X-TC-Token", "{name}");
            (name.to_owned(), encoded(&value, size).into_bytes())
        });
        assert_eq!(headers.collect::<Vec<_>>(), sent.headers);
        rows
    })
}

/// The body that is sent; the request itself has none if the caller sends it.
fn body(drawn: &Drawn, request: &Request<'_>) -> Vec<u8> {
    let body = request.body().collect::<Vec<_>>().concat();
    if !matches!(drawn.content, Content::Body(_, _, How::Pieces(_) | How::Unsigned(_))) {
        return body;
    }
    assert_eq!(body, b"", "the caller sends the body");
    drawn.body()
}

/// The same request with `SKIP` instead of the signature, without the token and without its body.
fn without_signature(mut wire: Wire) -> Vec<u8> {
    wire.body.clear();
    wire.headers.retain(|(name, _)| name != "x-tc-token" && name != "authorization");
    wire.headers.push(("authorization".to_owned(), b"SKIP".to_vec()));
    wire.sorted()
}
