//! SignedHeaders: which headers are signed, and in which order.

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
            headers: Some(ExtraHeaders { list: headers, code: &HeaderCode { check, canonical, names } }),
            ..self
        }
    }
}

fn check(call: Call<'_>) -> Result<(), Invalid> {
    header::check(list(&call), call.region)
}

/// A signed header.
#[derive(Clone, Copy)]
enum Line<'r> {
    ContentType,
    Host,
    Action,
    Version,
    Region,
    Own(&'r str, &'r str),
}

impl<'r> Line<'r> {
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
fn each(call: &Call<'_>, visit: &mut dyn FnMut(Line<'_>)) {
    let mut last = "";
    loop {
        let own = list(call).iter().filter_map(|header| match *header {
            Header::SignAction => Some(Line::Action),
            Header::SignVersion => Some(Line::Version),
            Header::SignRegion => Some(Line::Region),
            Header::Signed(name, value) => Some(Line::Own(name, value)),
            Header::Unsigned(..) => None,
        });
        let lines = [Line::ContentType, Line::Host].into_iter().chain(own);
        let rest = lines.filter(|line| order(line.name(), last) == Ordering::Greater);
        let Some(next) = rest.min_by(|a, b| order(a.name(), b.name())) else { return };
        visit(next);
        last = next.name();
    }
}

fn list<'a>(call: &Call<'a>) -> &'a [Header<'a>] {
    call.headers.map_or(&[], |headers| headers.list)
}

fn order(a: &str, b: &str) -> Ordering {
    a.bytes().map(|byte| byte.to_ascii_lowercase()).cmp(b.bytes().map(|byte| byte.to_ascii_lowercase()))
}

/// The canonical headers: `name:value` and a line feed for each signed header, in lower case.
fn canonical(call: &Call<'_>, content_type: &MediaType<'_>, out: &mut dyn Sink) {
    each(call, &mut |line| {
        lower(line.name().as_bytes(), out);
        out.put(b":");
        match line {
            Line::ContentType => content_type.encode_to(&mut DynSink(out)),
            Line::Host => call.api.host().encode_to(&mut DynSink(out)),
            Line::Action => lower(call.action.as_bytes(), out),
            Line::Version => lower(call.api.version.unwrap_or_default().as_bytes(), out),
            Line::Region => lower(call.region.unwrap_or_default().as_bytes(), out),
            Line::Own(_, value) => lower(value.as_bytes(), out),
        }
        out.put(b"\n");
    });
}

/// The names of the signed headers, joined by `;`.
fn names(call: &Call<'_>, out: &mut dyn Sink) {
    let mut separator: &[u8] = b"";
    each(call, &mut |line| {
        out.put(separator);
        lower(line.name().as_bytes(), out);
        separator = b";";
    });
}
