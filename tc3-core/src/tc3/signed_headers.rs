//! SignedHeaders: which headers are signed, and in which order. Without extra headers these are always the two
//! of `required!`, which `canonical.rs` and `signed/authorization.rs` write directly.

use crate::{
    call::{Call, ExtraHeaders, HeaderCode},
    content_type::MediaType,
    encode::{DynSink, Encode, Sink, lower},
    error::Invalid,
    header::{self, Header},
};
use core::cmp::Ordering;

/// The headers that are signed in a call without extra headers. Tencent's document: "content-type and host are
/// the required headers". A macro, for `concat!`.
macro_rules! required {
    () => {
        "content-type;host"
    };
}
pub(crate) use required;

impl<'a> Call<'a> {
    /// Adds headers, and chooses which headers are signed besides `content-type` and `host`.
    #[must_use]
    pub const fn headers(self, headers: &'a [Header<'a>]) -> Self {
        Self {
            extra_headers: Some(ExtraHeaders {
                list: headers,
                code: &HeaderCode { check, canonical, names },
            }),
            ..self
        }
    }
}

fn check(call: Call<'_>) -> Result<(), Invalid> {
    header::check(list(&call), call.region)
}

/// A signed header.
#[derive(Clone, Copy)]
enum SignedHeader<'r> {
    ContentType,
    Host,
    Action,
    Version,
    Region,
    Own(&'r str, &'r str),
}

impl<'r> SignedHeader<'r> {
    const fn name(self) -> &'r str {
        match self {
            Self::ContentType => "content-type",
            Self::Host => "host",
            Self::Action => "x-tc-action",
            Self::Version => "x-tc-version",
            Self::Region => "x-tc-region",
            Self::Own(name, _) => name,
        }
    }
}

/// Visits the signed headers in the byte order of their lower-case names. Each step searches for the
/// smallest name that is greater than the last one, so no sorted list is stored.
fn each(call: &Call<'_>, visit: &mut dyn FnMut(SignedHeader<'_>)) {
    let mut last = "";
    loop {
        let own = list(call).iter().filter_map(|header| match *header {
            Header::SignAction => Some(SignedHeader::Action),
            Header::SignVersion => Some(SignedHeader::Version),
            Header::SignRegion => Some(SignedHeader::Region),
            Header::Signed(name, value) => Some(SignedHeader::Own(name, value)),
            Header::Unsigned(..) => None,
        });
        let all = [SignedHeader::ContentType, SignedHeader::Host].into_iter().chain(own);
        let rest = all.filter(|header| order(header.name(), last) == Ordering::Greater);
        let Some(next) = rest.min_by(|a, b| order(a.name(), b.name())) else { return };
        visit(next);
        last = next.name();
    }
}

fn list<'a>(call: &Call<'a>) -> &'a [Header<'a>] {
    call.extra_headers.map_or(&[], |headers| headers.list)
}

fn order(a: &str, b: &str) -> Ordering {
    a.bytes().map(|byte| byte.to_ascii_lowercase()).cmp(b.bytes().map(|byte| byte.to_ascii_lowercase()))
}

/// The canonical headers: `name:value` and a line feed for each signed header, in lower case.
fn canonical(call: &Call<'_>, content_type: &MediaType<'_>, out: &mut dyn Sink) {
    each(call, &mut |header| {
        lower(header.name().as_bytes(), out);
        out.put(b":");
        match header {
            SignedHeader::ContentType => content_type.encode_to(&mut DynSink(out)),
            SignedHeader::Host => call.api.host().encode_to(&mut DynSink(out)),
            SignedHeader::Action => lower(call.action.as_bytes(), out),
            SignedHeader::Version => lower(call.api.version.unwrap_or_default().as_bytes(), out),
            SignedHeader::Region => lower(call.region.unwrap_or_default().as_bytes(), out),
            SignedHeader::Own(_, value) => lower(value.as_bytes(), out),
        }
        out.put(b"\n");
    });
}

/// The names of the signed headers, joined by `;`.
fn names(call: &Call<'_>, out: &mut dyn Sink) {
    let mut separator: &[u8] = b"";
    each(call, &mut |header| {
        out.put(separator);
        lower(header.name().as_bytes(), out);
        separator = b";";
    });
}
