//! The query of a GET, from parameters or from an encoded string.

use crate::{
    allowed_bytes::{QUERY, check_optional},
    encode::{Encode, Sink, count, display, percent::Percent},
    error::{Field, Invalid},
    params::{Param, check, walk},
};
use core::fmt;

/// The query of a GET, signed and sent as the same bytes in the same order.
///
/// ```
/// use tc3_core::{ParamValue, Query};
///
/// let zones = [ParamValue::Text("ap-guangzhou-1"), ParamValue::Text("ap-guangzhou-2")];
/// let filter = [("Name", ParamValue::Text("zone")), ("Values", ParamValue::List(&zones))];
/// let params = [("Limit", ParamValue::Int(10)), ("Filters", ParamValue::List(&[ParamValue::Object(&filter)]))];
/// assert_eq!(
///     Query::params(&params)?.to_string(),
///     "Limit=10&Filters.0.Name=zone&Filters.0.Values.0=ap-guangzhou-1\
///      &Filters.0.Values.1=ap-guangzhou-2",
/// );
/// # Ok::<(), tc3_core::Invalid>(())
/// ```
#[derive(Clone, Copy)]
pub struct Query<'a>(Source<'a>);

#[derive(Clone, Copy)]
enum Source<'a> {
    Encoded(&'a str),
    // The encoder is a function pointer: a firmware without parameters does not link it. Saves up to 928 B on a
    // Cortex-M0.
    Params(&'a [Param<'a>], fn(&[Param<'_>], &mut dyn Sink)),
}

impl<'a> Query<'a> {
    /// No query.
    pub const EMPTY: Self = Self(Source::Encoded(""));

    /// Parameters, flattened and percent-encoded (RFC 3986) in the given order.
    ///
    /// # Errors
    /// [`Invalid::Item`] for an empty name, and for nesting deeper than
    /// [`MAX_DEPTH`](crate::MAX_DEPTH).
    pub fn params(params: &'a [Param<'a>]) -> Result<Self, Invalid> {
        check(params)?;
        Ok(Self(Source::Params(params, encode_params)))
    }

    /// A query that is encoded already. It is signed and sent as it is.
    ///
    /// # Errors
    /// [`Invalid::Byte`] with [`Field::Query`] for a byte that is not allowed in a query, and for a `%` without
    /// two hex digits. An HTTP library would encode such bytes after they were signed.
    pub const fn encoded(query: &'a str) -> Result<Self, Invalid> {
        match (check_optional(query, Field::Query, &QUERY), check_escapes(query)) {
            (Ok(()), Ok(())) => Ok(Self(Source::Encoded(query))),
            (Err(invalid), _) | (_, Err(invalid)) => Err(invalid),
        }
    }
}

const fn check_escapes(query: &str) -> Result<(), Invalid> {
    let (mut rest, mut at) = (query.as_bytes(), 0usize);
    while let [byte, tail @ ..] = rest {
        let escaped = matches!(tail, [a, b, ..] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit());
        if *byte == b'%' && !escaped {
            return Err(Invalid::Byte { field: Field::Query, at, byte: b'%' });
        }
        (rest, at) = (tail, at.saturating_add(1));
    }
    Ok(())
}

impl Query<'_> {
    /// The length including the `?`, in bytes; 0 for an empty query.
    pub(crate) fn len_with_mark(&self) -> usize {
        let len = count(self);
        len.saturating_add(len.min(1))
    }
}

impl Encode for Query<'_> {
    fn encode_to<S: Sink>(&self, out: &mut S) {
        match self.0 {
            Source::Encoded(query) => out.put(query.as_bytes()),
            Source::Params(params, encode) => encode(params, out),
        }
    }
}

fn encode_params(params: &[Param<'_>], out: &mut dyn Sink) {
    let mut separator: &[u8] = b"";
    walk(params, &mut |name, value| {
        out.put(separator);
        name.encode_to(&mut Percent(out));
        out.put(b"=");
        value.encode_to(&mut Percent(out));
        separator = b"&";
    });
}

impl fmt::Display for Query<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        display(self, f)
    }
}

impl fmt::Debug for Query<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Query({self})")
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Query<'_> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "Query({})", defmt::Display2Format(self));
    }
}
