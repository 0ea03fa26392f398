//! Verifies TC3-HMAC-SHA256.

use super::{
    Body, HeaderName, Item, Message, Rejection,
    message::{self, split_on},
};
use crate::{
    allowed_bytes::{HOST, check},
    api::MAX_SERVICE,
    crypto::sha256::Sha256Engine,
    encode::{Encode, Sink, hex::hex, lower},
    error::Field,
    host::entry_of,
    limit::Limit,
    tc3::{
        credential_scope::{TERMINATOR, algorithm},
        key::CachedKey,
        request::UNSIGNED,
    },
    time::Timestamp,
};
use core::fmt;
use subtle::ConstantTimeEq;

/// The SHA-256 of [`UNSIGNED`].
const UNSIGNED_HASH: [u8; 32] = [
    0x43, 0x8d, 0x41, 0x09, 0xef, 0x0d, 0x67, 0x6b, 0x8c, 0x2c, 0x7e, 0xd1, 0x3c, 0xdf, 0xcb, 0x41, 0x8e,
    0x49, 0x4d, 0x53, 0xb8, 0x43, 0xd4, 0x63, 0x4c, 0xe3, 0xb1, 0x08, 0x5f, 0x07, 0xbb, 0x96,
];

/// What a TC3 request claims about itself.
///
/// Do not trust any of it before a [`Verifier`](super::Verifier) has accepted the claim.
#[derive(Clone, Copy)]
pub struct Claim<'a> {
    /// The request, with only the path as its target: a field of its own for the path would take more stack.
    pub(super) message: Message<'a>,
    host: &'a str,
    query: &'a str,
    pub(super) at: Timestamp,
    action: &'a str,
    version: &'a str,
    token: Option<&'a str>,
    secret_id: &'a str,
    service: &'a str,
    signed_headers: &'a str,
    signature: [u8; 32],
    unsigned: bool,
}

impl<'a> Claim<'a> {
    /// Reads the claim of a message.
    ///
    /// # Errors
    /// [`Rejection`] if the request is wrong whatever the key is.
    pub fn read(message: &Message<'a>) -> Result<Self, Rejection> {
        message.is_post()?;
        let (path, query) = message.target()?;
        let authorization = message.required_header("authorization", Item::Authorization)?;
        let at = message.required_header("x-tc-timestamp", Item::Timestamp)?;
        let at = message::parse_timestamp(at.bytes())?;
        let Authorization { secret_id, date, service, signed_headers, signature } =
            authorization.try_into()?;
        if date.as_bytes() != at.date() {
            return Err(Rejection::Date);
        }
        check_signed_headers(message, signed_headers)?;
        let host = message.host()?;
        check_host(host, service)?;
        message
            .check_size(host, Limit::Body)
            .map_err(|(bytes, limit)| Rejection::TooLarge { bytes, limit })?;
        let unsigned = match message.header_str("x-tc-content-sha256", Item::ContentSha256)? {
            None => false,
            Some(UNSIGNED) => true,
            Some(_) => return Err(Rejection::Malformed(Item::ContentSha256)),
        };
        // Only checked. `Self::region` reads it again: without a field, verifying takes 16 B less stack on a Cortex-M0.
        message.header_str("x-tc-region", Item::Region)?;
        Ok(Self {
            message: Message { target: path, ..*message },
            host,
            query,
            at,
            action: message.required_header("x-tc-action", Item::Action)?,
            version: message.required_header("x-tc-version", Item::Version)?,
            token: message.header_str("x-tc-token", Item::Token)?,
            secret_id,
            service,
            signed_headers,
            signature,
            unsigned,
        })
    }

    /// The SecretId, to look up the credentials.
    #[must_use]
    pub const fn secret_id(&self) -> &'a str {
        self.secret_id
    }

    /// The service in `Credential`.
    #[must_use]
    pub const fn service(&self) -> &'a str {
        self.service
    }

    /// The host that was sent, with its port if it has one: `Host`, or `:authority` of HTTP/2. The signature covers the
    /// host. It does not cover the port if the client signed the host without it.
    #[must_use]
    pub const fn host(&self) -> &'a str {
        self.host
    }

    /// The time of the signature.
    #[must_use]
    pub const fn timestamp(&self) -> Timestamp {
        self.at
    }

    /// The signature. It is the same in each copy of a request, even if someone changed what it does not cover.
    #[must_use]
    pub const fn signature(&self) -> &[u8; 32] {
        &self.signature
    }

    /// The names of the signed headers, in lower case and in order.
    pub fn signed_headers(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        split_on(self.signed_headers, b';')
    }

    /// Whether this header is sent and signed. Names are compared without case.
    #[must_use]
    pub fn is_signed(&self, header: &str) -> bool {
        self.signed_headers().any(|name| name.eq_ignore_ascii_case(header))
    }

    /// The action. The signature covers it only if `x-tc-action` is signed.
    #[must_use]
    pub const fn action(&self) -> &'a str {
        self.action
    }

    /// The version of the API. The signature covers it only if `x-tc-version` is signed.
    #[must_use]
    pub const fn version(&self) -> &'a str {
        self.version
    }

    /// The region, if any. The signature covers it only if `x-tc-region` is signed.
    #[must_use]
    pub fn region(&self) -> Option<&'a str> {
        self.message.header_str("x-tc-region", Item::Region).ok().flatten()
    }

    /// The token of temporary credentials, if any.
    #[must_use]
    pub const fn token(&self) -> Option<&'a str> {
        self.token
    }

    /// Whether the request says that its body is not signed. An attacker can remove this header if the body becomes the
    /// string `UNSIGNED-PAYLOAD`: [`Demands::signed_body`](super::Demands::signed_body) refuses this too.
    #[must_use]
    pub const fn is_unsigned(&self) -> bool {
        self.unsigned
    }

    /// Whether the signature could be one over an unsigned payload. It also fits a body that is the string
    /// `UNSIGNED-PAYLOAD`, without the header.
    pub(super) fn may_be_unsigned(&self) -> bool {
        let is_literal = match self.message.body {
            Body::Whole(body) => body == UNSIGNED.as_bytes(),
            Body::Hashed(payload) => *payload.digest() == UNSIGNED_HASH,
        };
        self.unsigned || is_literal
    }

    fn hash_payload<H: Sha256Engine>(&self, hash: &mut H, digest: &mut [u8; 32]) {
        hash.begin();
        match self.message.body {
            _ if self.unsigned => hash.put(UNSIGNED.as_bytes()),
            Body::Whole(body) => hash.put(body),
            Body::Hashed(payload) => return *digest = *payload.digest(),
        }
        hash.finish(digest);
    }

    pub(super) fn check_signature<H: Sha256Engine>(&self, hash: &mut H, key: &str) -> Result<(), Rejection> {
        let (mut cached, mut payload, mut digest) = (CachedKey::NONE, [0; 32], [0; 32]);
        cached.refresh(hash, key, self.service, self.at, &mut payload);
        self.hash_payload(hash, &mut payload);
        for host in message::signed_hosts(self.host) {
            hash.begin();
            CanonicalRequest { claim: self, host, payload: &payload }.encode_to(hash);
            hash.finish(&mut digest);
            cached.sign(hash, self.at, &mut digest);
            if digest.ct_eq(&self.signature).into() {
                return Ok(());
            }
        }
        Err(Rejection::Signature)
    }
}

impl fmt::Debug for Claim<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut claim = f.debug_struct("Claim");
        claim.field("secret_id", &self.secret_id).field("action", &self.action).finish_non_exhaustive()
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Claim<'_> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "Claim({=str}, {=str})", self.secret_id, self.action);
    }
}

/// The canonical request of a received message.
struct CanonicalRequest<'a> {
    claim: &'a Claim<'a>,
    host: &'a str,
    payload: &'a [u8; 32],
}

impl Encode for CanonicalRequest<'_> {
    fn encode_to<S: Sink>(&self, out: &mut S) {
        let Claim { message, query, signed_headers, .. } = self.claim;
        for part in [message.method, message.target, query] {
            out.put(part.as_bytes());
            out.put(b"\n");
        }
        for name in split_on(signed_headers, b';') {
            out.put(name.as_bytes());
            out.put(b":");
            // `Claim::read` has checked that the header is present.
            let value = match name {
                "host" => self.host.as_bytes(),
                _ => message.header(name).ok().flatten().unwrap_or_default(),
            };
            lower(value, out);
            out.put(b"\n");
        }
        out.put(b"\n");
        out.put(signed_headers.as_bytes());
        out.put(b"\n");
        hex(self.payload, out);
    }
}

/// The parsed value of the Authorization header.
struct Authorization<'a> {
    secret_id: &'a str,
    date: &'a str,
    service: &'a str,
    signed_headers: &'a str,
    signature: [u8; 32],
}

impl<'a> TryFrom<&'a str> for Authorization<'a> {
    type Error = Rejection;

    fn try_from(value: &'a str) -> Result<Self, Rejection> {
        if value == "SKIP" {
            return Err(Rejection::Unsigned);
        }
        let fields = value.strip_prefix(algorithm!()).and_then(|fields| fields.strip_prefix(' '));
        let mut fields =
            split_on(fields.ok_or(Rejection::Malformed(Item::Algorithm))?, b',').map(str::trim_ascii);
        let mut field = |name: &str, item| {
            let field = fields.next().and_then(|field| field.strip_prefix(name));
            field.ok_or(Rejection::Malformed(item))
        };
        let credential = field("Credential=", Item::Credential)?;
        let signed_headers = field("SignedHeaders=", Item::SignedHeaders)?;
        let hex = field("Signature=", Item::Signature)?;
        if fields.next().is_some() {
            return Err(Rejection::Malformed(Item::Authorization));
        }
        let mut signature = [0; 32];
        match base16ct::lower::decode(hex, &mut signature) {
            Ok(bytes) if bytes.len() == 32 => {}
            _ => return Err(Rejection::Malformed(Item::Signature)),
        }
        let mut parts = split_on(credential, b'/');
        match [(); 5].map(|()| parts.next()) {
            [Some(secret_id), Some(date), Some(service), Some(TERMINATOR), None]
                if !secret_id.is_empty() && is_service(service) =>
            {
                Ok(Self { secret_id, date, service, signed_headers, signature })
            }
            _ => Err(Rejection::Malformed(Item::Credential)),
        }
    }
}

/// Maximum number of names in `SignedHeaders`. Each name is searched for among all headers before the request is
/// verified, and the limit bounds this work.
const MAX_SIGNED: usize = 64;

/// Checks that the names are in lower case and strictly ascending, that each of these headers is present, and that
/// `content-type` and `host` are among them.
fn check_signed_headers(message: &Message<'_>, names: &str) -> Result<(), Rejection> {
    if split_on(names, b';').count() > MAX_SIGNED {
        return Err(Rejection::Malformed(Item::SignedHeaders));
    }
    let (mut last, mut required) = ("", 0u32);
    for name in split_on(names, b';') {
        if name <= last || has_upper(name) {
            return Err(Rejection::Malformed(Item::SignedHeaders));
        }
        if message.header(name)?.is_none() {
            return Err(Rejection::MissingHeader(HeaderName::new(name)));
        }
        required = required.saturating_add(u32::from(matches!(name, "content-type" | "host")));
        last = name;
    }
    if required == 2 { Ok(()) } else { Err(Rejection::Uncovered) }
}

/// Checks that the host belongs to the service. A host outside Tencent's domains is accepted for every service.
fn check_host(host: &str, service: &str) -> Result<(), Rejection> {
    entry_of(host, service).map_or(Err(Rejection::Service), |_| Ok(()))
}

/// Accepts a lower-case host as a service, because an SDK whose endpoint is `localhost:8443` sends that as the service.
fn is_service(name: &str) -> bool {
    name.len() <= MAX_SERVICE && check(name, Field::Service, &HOST).is_ok() && !has_upper(name)
}

fn has_upper(name: &str) -> bool {
    name.bytes().any(|byte| byte.is_ascii_uppercase())
}
