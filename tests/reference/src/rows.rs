//! Compares what `tc3-core` computes with what the naive signer computes, and counts what it allocates.

use crate::draft::Draft;
use core::fmt::{self, Debug, Display, Write};
use tc3_core::{Encode, Encoded, Invalid};

/// Panics if `run` allocates.
pub fn without_allocating<R>(what: &str, run: impl FnOnce() -> R) -> R {
    let mut result = None;
    let allocations = allocation_counter::measure(|| result = Some(run())).count_total;
    assert_eq!(allocations, 0, "allocations of {what}");
    result.expect("it ran")
}

/// Formats an error by `Display` and `Debug`, without allocating, and writes it nowhere.
pub fn format_error(error: &(impl Debug + Display)) {
    struct Void;
    impl Write for Void {
        fn write_str(&mut self, string: &str) -> fmt::Result {
            core::hint::black_box(string);
            Ok(())
        }
    }
    without_allocating("formatting", || write!(Void, "{error} {error:?}")).expect("it can be formatted");
}

/// Asserts that a call is refused by this sentence, without allocating.
#[track_caller]
pub fn refused<T, E: Debug + Display>(sentence: &str, call: impl FnOnce() -> Result<T, E>) {
    let error = without_allocating(sentence, || call().map(drop)).expect_err(sentence);
    assert_eq!(error.to_string(), sentence);
    format_error(&error);
}

/// A value by both signers, and its name.
pub(crate) struct Row {
    pub(crate) what: &'static str,
    pub(crate) core: Vec<u8>,
    pub(crate) naive: Vec<u8>,
}

impl Row {
    pub(crate) fn new(what: &'static str, core: impl Into<Vec<u8>>, naive: impl Into<Vec<u8>>) -> Self {
        Self { what, core: core.into(), naive: naive.into() }
    }
}

/// The first value that differs, by both signers.
pub(crate) fn difference(rows: &[Row]) -> Option<String> {
    let Row { what, core, naive } = rows.iter().find(|row| row.core != row.naive)?;
    Some(format!("{what} differs\n core: {}\nnaive: {}", core.escape_ascii(), naive.escape_ascii()))
}

/// Every value by tc3-core for one request, and by the naive signer for another.
pub(crate) type Rows<D> = fn(&D, &D) -> Result<Vec<Row>, Invalid>;

/// The length of the secret key, or `None` if the request is refused, for a valid reason. Panics if a value differs.
pub(crate) fn agree<D: Debug>(drawn: &D, draft: &Draft, is_invalid: bool, rows: Rows<D>) -> Option<usize> {
    match rows(drawn, drawn) {
        Ok(rows) => {
            assert!(!is_invalid, "accepted an invalid request: {drawn:?}");
            difference(&rows).map_or(Some(draft.key.len()), |difference| panic!("{difference}"))
        }
        Err(refused) => {
            assert!(is_invalid || draft.may_be_refused(), "refused without a reason: {refused}");
            format_error(&refused);
            None
        }
    }
}

/// Encodes into a buffer of the right length, and into one of any length up to one byte more.
///
/// "[`BufferTooSmall`](tc3_core::BufferTooSmall) with the exact length needed; `out` is then all zeros."
pub(crate) fn encoded<T: Encode>(value: &Encoded<T>, size: usize) -> String {
    const FILL: u8 = 0xa5;
    let expected = value.to_string();
    let needed = expected.len();
    assert_eq!(value.len(), needed, "the length of {expected:?}");
    for given in [size % (needed + 2), needed] {
        let mut out = vec![FILL; given];
        let result =
            without_allocating("encoding", || value.encode_str(&mut out).map(|written| written == expected));
        match result {
            Ok(is_equal) => {
                assert!(is_equal, "{out:?} is not the encoding of {expected:?}");
                assert!(
                    out[needed..].iter().all(|byte| *byte == FILL),
                    "a write past the end of {expected:?}"
                );
            }
            Err(error) => {
                assert_eq!((error.needed, error.given), (needed, given), "of {expected:?}");
                assert!(given < needed, "{given} bytes are enough for {expected:?}");
                assert!(out.iter().all(|byte| *byte == 0), "{given} bytes are not cleared: {out:?}");
            }
        }
    }
    expected
}
