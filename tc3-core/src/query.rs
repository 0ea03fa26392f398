//! The query of a GET: spelled from parameters, or taken as it is.

use crate::{
    encode::{Encode, Sink, count, display},
    error::{Field, Invalid},
    params::{Param, check, walk},
    text::{QUERY, check_bytes},
};
use core::fmt;

/// What stands after the `?`: signed and sent as the same bytes, in the same order.
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
    /// The encoder goes with the parameters, so that a firmware that has none does not link it.
    Params(&'a [Param<'a>], fn(&[Param<'_>], &mut dyn Sink)),
}

impl<'a> Query<'a> {
    /// No query.
    pub const EMPTY: Self = Self(Source::Encoded(""));

    /// Parameters, to be flattened and percent-encoded (RFC 3986) in the order given.
    ///
    /// # Errors
    /// [`Invalid::Item`] for an empty name, and for nesting deeper than
    /// [`MAX_DEPTH`](crate::MAX_DEPTH).
    pub fn params(params: &'a [Param<'a>]) -> Result<Self, Invalid> {
        check(params)?;
        Ok(Self(Source::Params(params, spell_params)))
    }

    /// A query that is encoded already. It is signed as it is, byte for byte.
    ///
    /// # Errors
    /// [`Invalid::Byte`] with [`Field::Query`] for a byte that is not legal in a query and for a
    /// `%` without two hex digits, because an HTTP library would encode it after it was signed.
    pub const fn encoded(query: &'a str) -> Result<Self, Invalid> {
        match (check_bytes(query, Field::Query, &QUERY), check_escapes(query)) {
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
    /// The length with the `?` that comes before it; 0 where there is nothing to ask.
    pub(crate) fn len_with_mark(&self) -> usize {
        let len = count(self);
        len.saturating_add(len.min(1))
    }
}

impl Encode for Query<'_> {
    fn encode_to<S: Sink>(&self, out: &mut S) {
        match self.0 {
            Source::Encoded(query) => out.put(query.as_bytes()),
            Source::Params(params, spell) => spell(params, out),
        }
    }
}

fn spell_params(params: &[Param<'_>], out: &mut dyn Sink) {
    let mut separator: &[u8] = b"";
    walk(params, &mut |name, value| {
        out.put(separator);
        name.encode_to(&mut Percent(out));
        out.put(b"=");
        value.encode_to(&mut Percent(out));
        separator = b"&";
    });
}

/// Percent-encodes what goes through: everything but `A-Za-z0-9-._~`, in upper-case hex.
pub(crate) struct Percent<'o>(pub(crate) &'o mut dyn Sink);

impl Sink for Percent<'_> {
    fn put(&mut self, bytes: &[u8]) {
        // By hand: `split_inclusive` has a panic in it that opt-level s leaves in an image.
        let mut rest = bytes;
        loop {
            let plain = rest.iter().position(|byte| !is_unreserved(*byte)).unwrap_or(rest.len());
            let (run, others) = rest.split_at_checked(plain).unwrap_or_default();
            self.0.put(run);
            let [byte, others @ ..] = others else { return };
            self.0.put(&[b'%', upper(*byte >> 4), upper(*byte & 15)]);
            rest = others;
        }
    }
}

/// A hex digit, without a branch. `base16ct` divides by the length of its chunks when it is not inlined,
/// which leaves a panic in a small image.
const fn upper(nibble: u8) -> u8 {
    let is_letter = nibble.wrapping_add(6) >> 4;
    nibble.wrapping_add(b'0').wrapping_add(is_letter.wrapping_mul(b'A' - b'9' - 1))
}

const fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
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
