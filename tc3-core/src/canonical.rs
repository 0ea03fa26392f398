//! The two texts that TC3-HMAC-SHA256 is made of.

use crate::{
    hash::Sha256,
    key::TERMINATOR,
    request::Request,
    spell::{Sink, Spell, hex, lower, masked},
    time::Timestamp,
};

/// The name of the algorithm, as it stands in the string to sign and in the Authorization header.
pub(crate) const ALGORITHM: &str = "TC3-HMAC-SHA256";

/// Method, path, query, headers, names of the signed headers, hash of the payload: six parts,
/// joined by line feeds.
#[derive(Clone, Copy)]
pub struct CanonicalRequest<'r> {
    pub(crate) request: &'r Request<'r>,
    pub(crate) payload: &'r [u8; 32],
}

impl CanonicalRequest<'_> {
    pub(crate) fn hashed<H: Sha256>(&self, hash: &mut H) -> [u8; 32] {
        hash.begin();
        self.spell(hash);
        hash.finish()
    }
}

impl Spell for CanonicalRequest<'_> {
    fn spell(&self, out: &mut dyn Sink) {
        let request = self.request;
        out.put(request.method().as_bytes());
        out.put(b"\n");
        out.put(request.api().path.as_bytes());
        out.put(b"\n");
        request.query().spell(out);
        match request.call.further {
            None => {
                out.put(b"\ncontent-type:");
                request.content_type().spell(out);
                out.put(b"\nhost:");
                request.api().host().spell(out);
                out.put(b"\n\n");
                out.put(DEFAULT_SIGNED.as_bytes());
            }
            Some(further) => {
                out.put(b"\n");
                (further.spelling.lines)(request, out);
                out.put(b"\n");
                (further.spelling.names)(request, out);
            }
        }
        out.put(b"\n");
        hex(self.payload, out);
    }
}

masked!(CanonicalRequest<'_>, StringToSign<'_>);

/// "content-type and host are the required headers."
pub(crate) const DEFAULT_SIGNED: &str = "content-type;host";

/// Algorithm, timestamp, credential scope, hash of the canonical request.
#[derive(Clone, Copy)]
pub struct StringToSign<'r> {
    pub(crate) service: &'r str,
    pub(crate) at: Timestamp,
    pub(crate) canonical: &'r [u8; 32],
}

impl Spell for StringToSign<'_> {
    fn spell(&self, out: &mut dyn Sink) {
        out.put(ALGORITHM.as_bytes());
        out.put(b"\n");
        self.at.spell(out);
        out.put(b"\n");
        scope(self.service, self.at, out);
        out.put(b"\n");
        hex(self.canonical, out);
    }
}

/// Spells `date/service/tc3_request`.
pub(crate) fn scope(service: &str, at: Timestamp, out: &mut dyn Sink) {
    at.date().spell(out);
    out.put(b"/");
    lower(service.as_bytes(), out);
    out.put(b"/");
    out.put(TERMINATOR.as_bytes());
}
