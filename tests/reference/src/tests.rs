//! The comparison of the two signers can fail.

use crate::rows::{Row, Rows, difference, without_allocating};
use crate::source::{Source, seeded};
use crate::{multipart::Form, tc3, tc3::Content, v1};
use core::num::NonZeroU64;
use tc3_core::Invalid;

/// The first difference in the signed ones of 40 requests. An error need not affect each request.
fn first_difference<D>(
    draw: fn(&[u8]) -> D,
    rows: impl Fn(&D) -> Result<Vec<Row>, Invalid>,
) -> Option<String> {
    (0..40).find_map(|seed| difference(&rows(&draw(&seeded(seed))).ok()?))
}

/// Plants each error in either signer, then changes a byte of each value of the first signed request.
fn check<D: Clone>(draw: fn(&[u8]) -> D, rows: Rows<D>, errors: &[fn(&mut D)]) {
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
    let rows = |seed| rows(&draw(&seeded(seed)), &draw(&seeded(seed)));
    let mut rows = (0..).find_map(|seed| rows(seed).ok()).expect("a request is signed");
    for at in 0..rows.len() {
        rows[at].naive[0] ^= 1;
        let found = difference(&rows).unwrap_or_default();
        assert!(found.starts_with(rows[at].what), "{}: {found:?}", rows[at].what);
        rows[at].naive[0] ^= 1;
    }
}

#[test]
#[should_panic(expected = "allocations of a String")]
fn an_allocation_is_counted() {
    without_allocating("a String", || drop(core::hint::black_box(String::from("allocated"))));
}

#[test]
fn an_error_in_either_signer_is_found_and_each_value_is_compared() {
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
    check(tc3::drawn, tc3::rows, &errors);
    let errors: [fn(&mut v1::Drawn); 5] = [
        |drawn| drawn.draft.key.push('!'),
        |drawn| drawn.draft.time ^= 1,
        |drawn| drawn.nonce |= NonZeroU64::new(1 << 63).expect("it is not 0"),
        |drawn| drawn.fields.clear(),
        |drawn| drawn.draft.trace = Some("another".to_owned()),
    ];
    check(v1::drawn, v1::rows, &errors);
}
