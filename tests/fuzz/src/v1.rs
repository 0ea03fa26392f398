//! A v1 signature equals the one that the naive signer computes from the parameters.

use crate::draft::Draft;
use crate::naive::{self, Wire};
use crate::source::Source;
use crate::tc3::fits_or_is_refused;
use crate::tree::{self, Arena, Fields, Tree};
use core::num::NonZeroU64;
use tc3_core::{Signer, v1};

const ALGORITHMS: [(v1::Algorithm, Option<&str>); 3] = [
    (v1::Algorithm::HmacSha1, Some("HmacSHA1")),
    (v1::Algorithm::HmacSha1Unnamed, None),
    (v1::Algorithm::HmacSha256, Some("HmacSHA256")),
];

pub(crate) struct Drawn {
    pub(crate) draft: Draft,
    fields: Fields,
    pub(crate) algorithm: (v1::Algorithm, Option<&'static str>),
    pub(crate) method: v1::Method,
    nonce: NonZeroU64,
}

impl Drawn {
    pub(crate) fn new(source: &mut Source<'_>) -> Self {
        Self {
            draft: Draft::new(source),
            fields: tree::fields(source, 0),
            algorithm: source.pick(&ALGORITHMS),
            method: source.pick(&[v1::Method::Get, v1::Method::Post]),
            nonce: NonZeroU64::new(source.number()).unwrap_or(NonZeroU64::MIN),
        }
    }

    pub(crate) fn is_post(&self) -> bool {
        self.method == v1::Method::Post
    }

    /// Calls `then` with the signed request, of parameters sorted in place or unsorted.
    pub(crate) fn with(
        &self,
        unsorted: bool,
        then: impl FnOnce(v1::Signed<'_>),
    ) -> Result<(), tc3_core::Invalid> {
        let arena = Arena::default();
        let params = arena.params(&self.fields);
        let params = if unsorted { v1::Params::unsorted(params)? } else { v1::Params::sorted(params)? };
        let request = self.draft.call(None)?.v1(self.method, self.algorithm.0, params)?;
        let mut signer = Signer::new(self.draft.credentials()?);
        then(signer.sign_v1(&request, self.draft.now(), v1::Nonce::new(self.nonce))?);
        Ok(())
    }

    /// "Every request parameter, common and action, except Signature."
    fn params(&self) -> Vec<(String, String)> {
        let Draft { version, action, region, client, id, token, time, .. } = &self.draft;
        let common = [
            ("Action", Some(action.clone())),
            ("Version", Some(version.clone())),
            ("Timestamp", Some(time.to_string())),
            ("Nonce", Some(self.nonce.to_string())),
            ("SecretId", Some(id.clone())),
            ("Region", region.clone()),
            ("SignatureMethod", self.algorithm.1.map(str::to_owned)),
            ("Token", token.clone()),
            ("Language", self.draft.language.map(|language| language.as_str().to_owned())),
            ("RequestClient", client.clone()),
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
}

/// Signs any parameters by every algorithm, and encodes them into a buffer of any length.
pub fn check(data: &[u8]) {
    let mut source = Source::new(data);
    let drawn = Drawn::new(&mut source);
    let (unsorted, size) = (source.one_in(2), source.short());
    let refusable = drawn.draft.may_be_refused();
    let expected = drawn.expected();
    let too_large = match drawn.is_post() {
        true => expected[2].len() > 1 << 20,
        false => drawn.draft.url(&expected[2]) > 32 << 10,
    };
    let invalid = tree::depth(&drawn.fields) > tc3_core::MAX_DEPTH || is_invalid(&drawn.fields);
    let result = drawn.with(unsorted, |signed| {
        assert!(!invalid && !too_large, "accepted an invalid request");
        compare(&drawn, signed, &expected, size);
    });
    if let Err(refused) = result {
        assert!(refusable || invalid || too_large, "refused without a reason: {refused}");
    }
}

fn compare(drawn: &Drawn, signed: v1::Signed<'_>, [to_sign, signature, wire]: &[String; 3], size: usize) {
    assert_eq!(signed.string_to_sign().to_string(), *to_sign);
    assert_eq!(signed.signature().to_string(), *signature);
    // Both signers put the signature last; the protocol allows any place.
    assert_eq!(signed.wire().to_string(), *wire);
    let Draft { service, host, path, trace, .. } = &drawn.draft;
    let head = signed.head().to_string();
    let sent = Wire::parse(&head, Vec::new());
    let length = drawn.is_post().then(|| wire.len().to_string());
    assert_eq!(signed.body_len(), if drawn.is_post() { wire.len() as u64 } else { 0 });
    let target = if drawn.is_post() { path.clone() } else { format!("{path}?{wire}") };
    assert_eq!((&*sent.method, sent.target.clone()), (if drawn.is_post() { "POST" } else { "GET" }, target));
    let headers = [
        ("content-length", length),
        ("content-type", Some("application/x-www-form-urlencoded".to_owned())),
        ("host", Some(host.name(service))),
        ("x-tc-traceid", trace.clone()),
    ];
    let headers = headers.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    assert_eq!(sent.sorted_headers(), headers.collect::<Vec<_>>());
    fits_or_is_refused(signed.head(), &head, size);
    fits_or_is_refused(signed.wire(), wire, size);
    fits_or_is_refused(signed.string_to_sign(), to_sign, size);
}

const RESERVED: [&str; 11] = [
    "Action",
    "Language",
    "Nonce",
    "Region",
    "RequestClient",
    "SecretId",
    "Signature",
    "SignatureMethod",
    "Timestamp",
    "Token",
    "Version",
];

/// Whether v1 must refuse a name or a value: reserved, invalid or overlapping names, and empty strings.
fn is_invalid(fields: &Fields) -> bool {
    let mut invalid = fields.iter().any(|(name, _)| RESERVED.contains(&&**name)) || has_invalid_names(fields);
    for (_, tree) in fields {
        let (mut object, mut value) = (false, false);
        tree.visit(&mut |fields| object |= has_invalid_names(fields), &mut |tree| {
            value |= matches!(tree, Tree::Text(text) if text.is_empty());
        });
        invalid |= object || value;
    }
    invalid
}

/// Whether a name has other characters than letters, digits and dots, is a duplicate, or overlaps with
/// the members of another.
fn has_invalid_names(fields: &Fields) -> bool {
    let is_valid = |name: &str| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.')
    };
    let has_members = |tree: &Tree| match tree {
        Tree::List(items) => !items.is_empty(),
        Tree::Object(fields) => !fields.is_empty(),
        _ => false,
    };
    fields.iter().any(|(name, _)| !is_valid(name))
        || fields.iter().enumerate().any(|(at, (name, tree))| {
            let others = fields.iter().enumerate().filter(|(other, _)| *other != at);
            let inside = format!("{name}.");
            others
                .map(|(_, (other, _))| other)
                .any(|other| other == name || (has_members(tree) && other.starts_with(&inside)))
        })
}
