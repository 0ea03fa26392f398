//! The two texts that TC3-HMAC-SHA256 is made of.

use crate::{
    encode::{Encode, Sink, hex, masked},
    key::Scope,
    request::Request,
    time::Timestamp,
};

/// The name of the algorithm: a macro, because it stands in longer texts.
macro_rules! algorithm {
    () => {
        "TC3-HMAC-SHA256"
    };
}

/// "content-type and host are the required headers": a macro, as the name of the algorithm.
macro_rules! required {
    () => {
        "content-type;host"
    };
}

/// Ends every credential scope: a macro, as the name of the algorithm.
macro_rules! terminator {
    () => {
        "tc3_request"
    };
}

pub(crate) use {algorithm, required, terminator};

/// Method, path, query, headers, names of the signed headers, hash of the payload: six parts,
/// joined by line feeds.
#[derive(Clone, Copy)]
pub struct CanonicalRequest<'r> {
    pub(crate) request: &'r Request<'r>,
    pub(crate) payload: &'r [u8; 32],
}

impl Encode for CanonicalRequest<'_> {
    fn encode_to<S: Sink>(&self, out: &mut S) {
        let request = self.request;
        out.put(request.method().as_bytes());
        if let Some(path) = request.api().path {
            out.put(b"\n");
            out.put(path.as_bytes());
            out.put(b"\n");
        } else {
            // In one piece, as all that can be: so it takes less code and time.
            out.put(b"\n/\n");
        }
        if let Some(query) = request.query() {
            query.encode_to(out);
        }
        match request.call.further {
            None => {
                out.put(b"\ncontent-type:");
                request.content_type().encode_to(out);
                out.put(b"\nhost:");
                request.api().host().encode_to(out);
                out.put(concat!("\n\n", required!(), "\n").as_bytes());
            }
            Some(further) => {
                out.put(b"\n");
                (further.spelling.lines)(request, out);
                out.put(b"\n");
                (further.spelling.names)(request, out);
                out.put(b"\n");
            }
        }
        hex(self.payload, out);
    }
}

masked!(CanonicalRequest<'_>, StringToSign<'_>);

/// Algorithm, timestamp, credential scope, hash of the canonical request.
#[derive(Clone, Copy)]
pub struct StringToSign<'r> {
    pub(crate) scope: &'r Scope,
    pub(crate) at: Timestamp,
    pub(crate) canonical: &'r [u8; 32],
}

impl Encode for StringToSign<'_> {
    fn encode_to<S: Sink>(&self, out: &mut S) {
        out.put(concat!(algorithm!(), "\n").as_bytes());
        self.at.encode_to(out);
        out.put(b"\n");
        out.put(self.scope.line());
        hex(self.canonical, out);
    }
}
