//! The comparison of the two signers can fail.

use crate::multipart::Form;
use crate::rows::{Row, difference, without_allocating};
use crate::source::{Source, seeded};
use crate::tc3::Content;
use crate::{tc3, v1};
use core::num::NonZeroU64;
use tc3_core::Invalid;

type Rows<D> = fn(&D, &D) -> Result<Vec<Row>, Invalid>;

/// The first difference in the signed ones of 40 requests. An error need not affect each request.
fn first_difference<D>(
    draw: fn(&[u8]) -> D,
    rows: impl Fn(&D) -> Result<Vec<Row>, Invalid>,
) -> Option<String> {
    (0..40).find_map(|seed| difference(&rows(&draw(&seeded(seed))).ok()?))
}

/// Plants each error in either signer.
fn assert_errors_are_found<D: Clone>(draw: fn(&[u8]) -> D, rows: Rows<D>, errors: &[fn(&mut D)]) {
    assert_eq!(first_difference(draw, |drawn| rows(drawn, drawn)), None);
    for (index, plant) in errors.iter().enumerate() {
        let wrong = |drawn: &D| {
            let mut wrong = drawn.clone();
            plant(&mut wrong);
            wrong
        };
        let in_core = first_difference(draw, |drawn| rows(&wrong(drawn), drawn));
        assert_ne!(in_core, None, "error {index} in tc3-core is not found");
        let in_naive = first_difference(draw, |drawn| rows(drawn, &wrong(drawn)));
        assert_ne!(in_naive, None, "error {index} in the naive signer is not found");
    }
}

/// Changes one byte of each value of the first signed request.
fn assert_each_value_is_compared<D>(draw: fn(&[u8]) -> D, rows: Rows<D>, values: &[&str]) {
    let rows = |seed| rows(&draw(&seeded(seed)), &draw(&seeded(seed)));
    let mut rows = (0..).find_map(|seed| rows(seed).ok()).expect("a request is signed");
    let compared: Vec<_> = rows.iter().map(|row| row.what).collect();
    assert_eq!(compared, values);
    for at in 0..rows.len() {
        let before = rows[at].naive.clone();
        rows[at].naive[0] ^= 1;
        let found = difference(&rows).unwrap_or_default();
        assert!(found.starts_with(&format!("{} differs", values[at])), "{}: {found:?}", values[at]);
        rows[at].naive = before;
    }
}

#[test]
#[should_panic(expected = "allocations of a String")]
fn an_allocation_is_counted() {
    without_allocating("a String", || drop(core::hint::black_box(String::from("allocated"))));
}

#[test]
fn an_error_in_either_tc3_signer_is_found_and_each_value_is_compared() {
    let errors: [fn(&mut tc3::Drawn); 8] = [
        |drawn| drawn.draft.key.push('!'),
        |drawn| drawn.draft.time ^= 1,
        |drawn| drawn.draft.service.insert(0, 'x'),
        |drawn| drawn.draft.host.family = (drawn.draft.host.family + 2) % 7,
        |drawn| drawn.draft.path = "//".to_owned(),
        |drawn| drawn.sign[0] ^= true,
        |drawn| drawn.draft.token = Some("another".to_owned()),
        |drawn| match &mut drawn.content {
            Content::Body(_, body, _) => body.push(b' '),
            content => *content = Content::Form(Form::new(&mut Source::new(b""))),
        },
    ];
    assert_errors_are_found(tc3::drawn, tc3::rows, &errors);
    let values = [
        "canonical request",
        "string to sign",
        "Authorization",
        "target",
        "request as sent",
        "request that is not signed",
        "a day's key",
        "prepared request",
        "empty cache",
        "cached",
        "another request cached",
        "cached again",
    ];
    assert_each_value_is_compared(tc3::drawn, tc3::rows, &values);
}

#[test]
fn an_error_in_either_v1_signer_is_found_and_each_value_is_compared() {
    let errors: [fn(&mut v1::Drawn); 6] = [
        |drawn| drawn.draft.key.push('!'),
        |drawn| drawn.draft.time ^= 1,
        |drawn| drawn.nonce |= NonZeroU64::new(1 << 63).expect("it is not 0"),
        |drawn| {
            drawn.method =
                if drawn.is_post() { tc3_core::v1::Method::Get } else { tc3_core::v1::Method::Post }
        },
        |drawn| drawn.fields.clear(),
        |drawn| drawn.draft.trace = Some("another".to_owned()),
    ];
    assert_errors_are_found(v1::drawn, v1::rows, &errors);
    let values = [
        "string to sign",
        "signature",
        "target",
        "encoded parameters",
        "parameters without the token",
        "request as sent",
    ];
    assert_each_value_is_compared(v1::drawn, v1::rows, &values);
}
