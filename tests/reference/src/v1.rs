//! A v1 signature equals the one that the naive signer computes from the parameters.

use crate::naive::{self, Wire};
use crate::rows::{Row, agree, encoded, without_allocating};
use crate::tree::{self, Arena, Fields, Tree};
use crate::{draft::Draft, source::Source};
use core::num::NonZeroU64;
use tc3_core::{Header, Invalid, MAX_DEPTH, Signer, v1};

const ALGORITHMS: [(v1::Algorithm, Option<&str>); 3] = [
    (v1::Algorithm::HmacSha1, Some("HmacSHA1")),
    (v1::Algorithm::HmacSha1Unnamed, None),
    (v1::Algorithm::HmacSha256, Some("HmacSHA256")),
];

const HEADERS: [Header<'_>; 2] = [Header::Unsigned("X-More", "1"), Header::Unsigned("X-Most", "2")];

/// A request, drawn from an input.
#[derive(Clone, Debug)]
pub(crate) struct Drawn {
    pub(crate) draft: Draft,
    pub(crate) fields: Fields,
    algorithm: (v1::Algorithm, Option<&'static str>),
    pub(crate) method: v1::Method,
    pub(crate) nonce: NonZeroU64,
    /// Whether the parameters are not sorted in place.
    pub(crate) unsorted: bool,
    /// The length of a buffer.
    size: usize,
}

impl Drawn {
    pub(crate) fn new(source: &mut Source<'_>) -> Self {
        let mut drawn = Self {
            draft: Draft::new(source),
            fields: tree::fields(source, 0),
            algorithm: source.pick(&ALGORITHMS),
            method: source.pick(&[v1::Method::Get, v1::Method::Post]),
            nonce: NonZeroU64::new(source.number()).unwrap_or(NonZeroU64::MIN),
            unsorted: source.one_in(2),
            size: 0,
        };
        if source.tidy {
            tidy(&mut drawn.fields);
        }
        drawn
    }

    pub(crate) fn is_post(&self) -> bool {
        self.method == v1::Method::Post
    }

    /// Calls `then` with the signed request.
    pub(crate) fn with<R>(&self, then: impl FnOnce(v1::Signed<'_>) -> R) -> Result<R, Invalid> {
        let arena = Arena::default();
        let params = arena.params(&self.fields);
        let request = without_allocating("making a request", || {
            let params =
                if self.unsorted { v1::Params::unsorted(params)? } else { v1::Params::sorted(params)? };
            self.draft.call(self.has_headers().then_some(&HEADERS))?.v1(self.method, self.algorithm.0, params)
        })?;
        let mut signer = Signer::new(self.draft.credentials()?);
        let (now, nonce) = (self.draft.now(), v1::Nonce::new(self.nonce));
        Ok(then(without_allocating("signing", || signer.sign_v1(&request, now, nonce))?))
    }

    /// Derived from the time instead of drawn: drawing a byte would change the meaning of the corpus.
    fn has_headers(&self) -> bool {
        self.draft.time.is_multiple_of(2)
    }

    /// "Every request parameter, common and action, except Signature."
    fn params(&self) -> Vec<(String, String)> {
        let draft = &self.draft;
        let common = [
            ("Action", Some(draft.action.clone())),
            ("Version", Some(draft.version.clone())),
            ("Timestamp", Some(draft.time.to_string())),
            ("Nonce", Some(self.nonce.to_string())),
            ("SecretId", Some(draft.id.clone())),
            ("Region", draft.region.clone()),
            ("SignatureMethod", self.algorithm.1.map(str::to_owned)),
            ("Token", draft.token.clone()),
            ("Language", draft.language()),
            ("RequestClient", draft.client.clone()),
        ];
        let common = common.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
        common.chain(tree::flat(&self.fields)).collect()
    }

    /// String to sign, signature and encoded parameters.
    pub(crate) fn expected(&self) -> [String; 3] {
        let Draft { service, host, path, key, .. } = &self.draft;
        let method = if self.is_post() { "POST" } else { "GET" };
        let target = format!("{method}{}{path}", host.name(service));
        naive::v1(&target, self.params(), key, self.algorithm.1 == Some("HmacSHA256"))
    }

    /// The request that must be sent.
    fn wire(&self, params: &str) -> Wire {
        let Draft { service, host, path, trace, .. } = &self.draft;
        let headers = [
            ("host", Some(host.name(service))),
            ("content-type", Some("application/x-www-form-urlencoded".to_owned())),
            ("content-length", self.is_post().then(|| params.len().to_string())),
            ("x-tc-traceid", trace.clone()),
        ];
        let own = self.has_headers().then_some([("X-More", "1"), ("X-Most", "2")]).into_iter().flatten();
        let own = own.map(|(name, value)| (name.to_owned(), value.as_bytes().to_vec()));
        let headers =
            headers.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.into_bytes())));
        let headers = headers.chain(own);
        let (method, target, body) = match self.method {
            v1::Method::Post => ("POST", path.clone(), params.to_owned()),
            v1::Method::Get => ("GET", format!("{path}?{params}"), String::new()),
        };
        Wire { method: method.to_owned(), target, headers: headers.collect(), body: body.into_bytes() }
    }
}

/// Signs any parameters by every algorithm, and encodes them into buffers of any length.
pub fn check(data: &[u8]) {
    let _ = agrees(data);
}

/// The length of the secret key, or `None` if the request is refused, for a valid reason.
pub fn agrees(data: &[u8]) -> Option<usize> {
    let drawn = drawn(data);
    let [_, _, params] = drawn.expected();
    let is_too_large = match drawn.is_post() {
        true => params.len() > 1 << 20,
        false => drawn.draft.url(&params) > 32 << 10,
    };
    let has_fault = |(name, tree): &(String, Tree)| tree.depth() > MAX_DEPTH || is_reserved(name);
    let invalid = is_too_large || drawn.fields.iter().any(has_fault) || is_invalid(&drawn.fields);
    agree(&drawn, &drawn.draft, invalid, rows)
}

pub(crate) fn drawn(data: &[u8]) -> Drawn {
    let mut source = Source::new(data);
    let mut drawn = Drawn::new(&mut source);
    drawn.size = source.short();
    drawn
}

/// Every value by tc3-core for one request, and by the naive signer for another, which is the same unless an error is
/// planted.
pub(crate) fn rows(core: &Drawn, naive: &Drawn) -> Result<Vec<Row>, Invalid> {
    core.with(|signed| {
        let ([to_sign, signature, params], size) = (naive.expected(), core.size);
        let wire = naive.wire(&params);
        let written = encoded(&signed.wire(), size);
        assert_eq!(signed.request().method(), core.method);
        let has_token = core.draft.token.is_some();
        let (wire_without, target) = (signed.wire_without_token(), signed.target());
        let sensitive = [signed.wire().is_sensitive(), signed.head().is_sensitive(), target.is_sensitive()];
        assert_eq!(sensitive, [has_token, has_token, has_token && !core.is_post()], "{core:?}");
        let sensitive = [signed.string_to_sign().is_sensitive(), wire_without.is_sensitive()];
        assert_eq!(sensitive, [has_token, false], "{core:?}");
        let body = if core.is_post() { written.clone() } else { String::new() };
        assert_eq!(signed.body_len(), body.len() as u64);
        let sent = Wire::parse(&encoded(&signed.head(), size), body.into_bytes());
        let headers = signed.headers().map(|(name, value)| {
            assert!(!value.is_sensitive(), "{name}");
            (name.to_owned(), encoded(&value, size).into_bytes())
        });
        assert_eq!(headers.collect::<Vec<_>>(), sent.headers);
        vec![
            Row::new("string to sign", encoded(&signed.string_to_sign(), size), to_sign),
            Row::new("signature", encoded(&signed.signature(), size), signature),
            Row::new("target", encoded(&target, size), wire.target.clone()),
            // Both signers put the signature last; the protocol allows any place.
            Row::new("encoded parameters", written, params.clone()),
            Row::new("parameters without the token", encoded(&wire_without, size), without_token(&params)),
            Row::new("request as sent", sent.sorted(), wire.sorted()),
        ]
    })
}

fn without_token(params: &str) -> String {
    params.split('&').filter(|param| !param.starts_with("Token=")).collect::<Vec<_>>().join("&")
}

/// The parameters that the signer adds.
const RESERVED: &str =
    "Action Language Nonce Region RequestClient SecretId Signature SignatureMethod Timestamp Token Version";

fn is_reserved(name: &str) -> bool {
    RESERVED.split(' ').any(|reserved| reserved == name)
}

/// Whether v1 must refuse a name or a value: invalid or overlapping names at any level, and empty strings.
fn is_invalid(fields: &Fields) -> bool {
    fn has_fault(tree: &Tree) -> bool {
        let is_empty = matches!(tree, Tree::Text(text) if text.is_empty());
        let has_names = matches!(tree, Tree::Object(fields) if has_invalid_names(fields));
        is_empty || has_names || tree.inner().into_iter().any(has_fault)
    }
    has_invalid_names(fields) || fields.iter().any(|(_, tree)| has_fault(tree))
}

/// Whether a name has other characters than letters, digits and dots, is a duplicate, or overlaps with
/// the members of another.
fn has_invalid_names(fields: &Fields) -> bool {
    let is_valid = |name: &str| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.')
    };
    fields.iter().any(|(name, _)| !is_valid(name))
        || fields.iter().any(|(name, tree)| {
            let inside = format!("{name}.");
            fields.iter().filter(|(other, _)| other == name).count() > 1
                || (!tree.inner().is_empty() && fields.iter().any(|(other, _)| other.starts_with(&inside)))
        })
}

/// Removes or changes what v1 refuses.
fn tidy(fields: &mut Fields) {
    fn tidy_value(tree: &mut Tree) {
        match tree {
            Tree::Text(text) if text.is_empty() => text.push('x'),
            Tree::List(items) => items.iter_mut().for_each(tidy_value),
            Tree::Object(fields) => tidy(fields),
            _ => {}
        }
    }
    for (mut name, mut tree) in std::mem::take(fields) {
        tidy_value(&mut tree);
        // A beginning of a name that the signer adds, or a name that begins with one.
        match is_reserved(&name) {
            true if fields.len().is_multiple_of(2) => name.push('s'),
            true => drop(name.pop()),
            false => {}
        }
        fields.push((name, tree));
        if has_invalid_names(fields) {
            fields.pop();
        }
    }
}
